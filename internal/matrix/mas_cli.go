package matrix

import (
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/suggest"
)

// masCommands returns the commands of mas-cli with what may follow each; nil stands for those that take anything.
func masCommands() map[string][]string {
	return map[string][]string{
		"config":    {"dump", "check", "generate", "sync"},
		"database":  {"migrate"},
		"server":    nil,
		"worker":    nil,
		"doctor":    nil,
		"debug":     nil,
		"help":      nil,
		"templates": {"check"},
		"syn2mas":   {"check", "migrate"},
		"manage": {"add-email", "verify-email", "set-password", "promote-admin", "demote-admin", "list-admin-users", "issue-compatibility-token",
			"issue-user-registration-token", "provision-all-users", "kill-sessions", "lock-user", "unlock-user", "register-user"},
	}
}

// MASVerbs returns the words of a call of mas-cli that say what it does: at most two, without options. They are not known if one of them is
// put in elsewhere.
func MASVerbs(words []string) (verbs []string, known bool) {
	for i := 0; i < len(words) && len(verbs) < 2; i++ {
		switch word := words[i]; {
		case strings.HasPrefix(word, "#"):
			return verbs, true
		case word == "-c" || word == "--config":
			i++
		case word == "-h" || word == "--help" || word == "-V" || word == "--version":
			return nil, false
		case strings.HasPrefix(word, "-"):
			if len(verbs) > 0 && verbs[0] != "syn2mas" {
				return verbs, true
			}
			if word == "--synapse-config" || word == "--synapse-database-uri" {
				i++
			}
		case strings.ContainsAny(word, "$<>{}[]…") || strings.Contains(word, "..."):
			return verbs, false
		default:
			verbs = append(verbs, word)
		}
	}
	return verbs, true
}

// UnknownVerb returns what mas-cli does not know of the words that say what it does, and what was meant. It is "" if it knows them.
func UnknownVerb(words []string) (verb, hint string) {
	verbs, _ := MASVerbs(words)
	if len(verbs) == 0 {
		return "", ""
	}
	commands := masCommands()
	below, exists := commands[verbs[0]]
	var names []string
	for name := range commands {
		names = append(names, name)
	}
	slices.Sort(names)
	switch {
	case !exists:
		return verbs[0], meant(verbs[0], "", names)
	case below == nil || len(verbs) < 2 || verbs[1] == "help" || slices.Contains(below, verbs[1]):
		return "", ""
	}
	return verbs[0] + " " + verbs[1], meant(verbs[1], verbs[0]+" ", below)
}

// MisspeltVerb returns the word of a call that mas-cli does not know, and the one that it was surely meant to be, or "".
func MisspeltVerb(words []string) (wrong, right string) {
	verbs, _ := MASVerbs(words)
	commands := masCommands()
	if below := commands[verbs[0]]; len(verbs) == 2 && below != nil {
		return verbs[1], suggest.Meant(verbs[1], below)
	}
	return verbs[0], suggest.Meant(verbs[0], slices.Collect(maps.Keys(commands)))
}

// meant returns what to call instead.
func meant(verb, before string, names []string) string {
	switch {
	case strings.HasPrefix(verb, "import"):
		return "syn2mas migrate takes the users over from the database of Synapse"
	case strings.HasPrefix(verb, "list"):
		return "the admin API of MAS lists users and their links; manage list-admin-users lists administrators"
	case strings.Contains(verb, "token"):
		return "manage issue-compatibility-token makes a token for an account"
	case verb == "status":
		return "database migrate brings the database up to date; doctor checks the rest"
	}
	if near := suggest.Nearest(verb, names); near != "" {
		return "it is mas-cli " + before + near
	}
	return "it has mas-cli " + before + strings.Join(names, ", ")
}
