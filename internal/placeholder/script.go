package placeholder

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Replaces reports whether a document is a script that puts something in the place of a text in a file: by the command s of sed and perl, by a
// function that replaces, by a pattern for all placeholders of a form, or, with references to variables, by envsubst on the file.
func Replaces(doc *model.Document, what, file string) bool {
	if doc.Kind != model.KindScript || doc.Root == nil {
		return false
	}
	script := doc.Root.Text
	if !model.Once(doc, "may replace", func() bool { return mayReplace(script) }) {
		return false
	}
	if file != "" && rendersFile(script, file) {
		return true
	}
	if strings.HasPrefix(what, "${") && (strings.Contains(script, "envsubst") && strings.Contains(script, file) || replacesReferences(script, what)) {
		return true
	}
	if strings.HasPrefix(what, "__") && regexp.MustCompile(`__[\\([{$]`).MatchString(script) {
		return true
	}
	script = model.Once(doc, "without backslashes", func() string { return strings.ReplaceAll(script, `\`, "") }) // $ and braces have one in an expression
	if !strings.Contains(script, what) {
		return false
	}
	quoted := regexp.QuoteMeta(what)
	command := `\bs[|/#,@!~:][^|/#,@!~:\n]*` + quoted
	function := `(?:(?i:replace\w*|sub)\(|-replace )[^\n]*` + quoted
	table := `(?is:\breplace\w*\(.*)["']` + quoted + `["'] ?[:,]|["']` + quoted + `["'] ?[:,](?is:.*\breplace\w*\()`
	return regexp.MustCompile(`(?m)^[ \t]*(?:[^#\s][^\n]*?)?(?:` + command + `|` + function + `)|` + table).MatchString(script)
}

// replacing has the words that mayReplace looks for, all in one pass.
var replacing = sync.OnceValue(func() *matcher {
	var words []string
	for _, word := range []string{"envsubst", "eplace", "EPLACE", "sub(", "Sub(", "SUB(", "sed ", "perl ", "__(", "__[", "__{", "__$", `__\`,
		"gomplate", "consul-template", "dockerize", "confd", "ytt", "j2", "jinja", "mustache", "chezmoi", "yq", "jq", "dasel", "crudini"} {
		words = append(words, regexp.QuoteMeta(word))
	}
	return newMatcher("", words)
})

// mayReplace reports whether a script has some word of each way in which it may put something in the place of a text. Most have none, and an expression
// takes a hundred times as long.
func mayReplace(script string) bool {
	if replacing().may(script) {
		return true
	}
	for rest := script; ; { // the command s of sed and perl
		i := strings.IndexByte(rest, 's')
		if i < 0 || i+1 == len(rest) {
			return false
		}
		if strings.IndexByte("|/#,@!~:\\", rest[i+1]) >= 0 && (i == 0 || !isWordByte(rest[i-1])) {
			return true
		}
		rest = rest[i+1:]
	}
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// renders matches a program that fills in the file which it is given, and edits one that writes another, or changes it in its place.
var (
	renders = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:gomplate|consul-template|dockerize|confd|ytt|j2|jinja2?|mustache|chezmoi)\b`)
	})
	edits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(?:yq|jq|dasel|crudini)\b`) })
)

// commandReach is how many bytes an expression may take that stands between a program and the file which it is given.
const commandReach = 1_000

// rendersFile reports whether a script has a program make a file out of the one of that name: with values in it that are not in its text.
func rendersFile(script, file string) bool {
	for at := 0; ; {
		i := strings.Index(script[at:], file)
		if i < 0 {
			return false
		}
		after, _, _ := strings.Cut(script[at+i+len(file):], "\n")
		command := lastCommand(script[max(0, at+i-commandReach) : at+i])
		at += i + len(file)
		if renders().MatchString(command) || edits().MatchString(command) && (strings.Contains(command, " -i") || strings.Contains(after, ">")) {
			return true
		}
	}
}

// lastCommand returns the end of a text from where the last command begins. Line breaks in quotes, and behind a backslash, end none.
func lastCommand(text string) string {
	begin, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\\':
			i++
		case c == '\'':
			quote = c
		case c == '#' && strings.TrimSpace(text[strings.LastIndexByte(text[:i], '\n')+1:i]) == "": // a comment, up to the end of its line
			if end := strings.IndexByte(text[i:], '\n'); end > 0 {
				i += end
			}
			begin = i
		case c == '\n', c == ';', c == '|':
			begin = i + 1
		}
	}
	return text[begin:]
}

// allReferences matches an expression for references to variables, whose names may begin alike: \${SECRET_[^}]*}.
var allReferences = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\\?\$\\?\{\\?\(?(\w*?)(?:\[[^\]\n]*\]|\.|\\w)[*+]`)
})

// replacesReferences reports whether a script replaces whatever references it finds, and such a one among them.
func replacesReferences(script, what string) bool {
	if !strings.Contains(script, "sed ") && !strings.Contains(script, "sub(") && !strings.Contains(script, "perl ") && !strings.Contains(script, "replace") {
		return false
	}
	return slices.ContainsFunc(allReferences().FindAllStringSubmatch(script, -1), func(match []string) bool {
		return strings.HasPrefix(what, "${"+match[1])
	})
}
