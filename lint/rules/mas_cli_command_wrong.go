package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// masCLICommandWrong: guides and scripts call mas-cli by commands that it never had, or for what it does not do.
func masCLICommandWrong() lint.Rule {
	return lint.Rule{
		Name:      "mas-cli-command-wrong",
		Severity:  diag.Error,
		Documents: "scripts, shell, compose",
		Title:     "mas-cli has no such command, or it does something else",
		Why: "A command that mas-cli does not have ends a migration halfway. doctor always says that it succeeded, config dump prints all " +
			"secrets, and a MAS that ran once refuses to take users over.",
		Sees: "unrecognized subcommand; The MAS database is not empty",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"unrecognized subcommand", "The MAS database is not empty"},
		},
		Before: `-- users.sh --
#!/bin/sh
docker compose exec mas mas-cli manage list-users
`,
		After: `-- users.sh --
#!/bin/sh
docker compose exec mas mas-cli manage list-admin-users
`,
		Repairs: "respells a command that is surely misspelt",
		Source: []string{
			"element-hq/matrix-authentication-service crates/cli/src/commands",
			"https://element-hq.github.io/matrix-authentication-service/reference/cli/",
			"https://github.com/element-hq/matrix-authentication-service/issues/4605",
		},
		Check: checkMASCLI,
	}
}

// doctorCall matches a call of mas-cli doctor.
var doctorCall = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bmas-cli\s+(?:\S+\s+)*doctor\b`) })

func checkMASCLI(d *model.Deployment, report func(diag.Finding)) {
	for _, line := range container.MasLines(d) {
		places, arguments := line.MasCalls(d)
		for i, words := range arguments {
			checkMASCall(d, line, places[i], words, report)
		}
	}
	for _, s := range d.Services {
		if s.Product != "mas" || !container.RunsImage(s) {
			continue
		}
		test := s.Node.At("healthcheck", "test")
		if words, _ := container.ShellWords(test); doctorCall().MatchString(strings.Join(words, " ")) {
			report(doctorAsGate(test.Position))
		} else if i := slices.IndexFunc(words, func(word string) bool { return path.Base(word) == "mas-cli" }); i >= 0 && i+1 < len(words) && words[0] == "CMD" {
			if verb, hint := matrix.UnknownVerb(words[i+1:]); verb != "" {
				report(unknownCommand(verb, hint, test.Position))
			}
		}
		words, known := container.ShellWords(s.Node.Get("command"))
		if !known || len(words) == 0 || container.IsProgram(words[0]) {
			continue
		}
		if verb, hint := matrix.UnknownVerb(words); verb != "" {
			f := unknownCommand(verb, hint, s.Node.Get("command").Position)
			wrong, right := matrix.MisspeltVerb(words)
			for _, word := range s.Node.Get("command").Items {
				if right != "" && word.Text == wrong {
					f.Fix = lint.Rewrite(word, right)
				}
			}
			report(f)
		}
	}
	checkMigrationOrder(d, report)
}

func unknownCommand(verb, hint string, at diag.Position) diag.Finding {
	return diag.Finding{Position: at, Message: "mas-cli has no command " + verb, Hint: hint}
}

// intoFile matches a redirection into a file.
var intoFile = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`>\s*\S`) })

// joinedCommands matches what makes the next command depend on this one.
var joinedCommands = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`&&|\|\|`) })

// condition matches a word before a condition.
var condition = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(?:if|while|until)\b`) })

// checkMASCall checks one call of mas-cli. That it is told to be silent, or to write into a file, is no mistake.
func checkMASCall(d *model.Deployment, line container.ShellLine, at int, words []string, report func(diag.Finding)) {
	if verb, hint := matrix.UnknownVerb(words); verb != "" {
		f := unknownCommand(verb, hint, line.Position(at))
		if wrong, right := matrix.MisspeltVerb(words); right != "" {
			if i := strings.Index(line.Text[at:]+" ", wrong+" "); i >= 0 && at+i+len(wrong) <= line.First {
				f.Fix = lint.Rewrite(&model.Node{Text: wrong, Position: line.Position(at + i)}, right)
			}
		}
		report(f)
		return
	}
	verbs, _ := matrix.MASVerbs(words)
	rest := line.Text[at:]
	switch {
	case strings.Join(verbs, " ") == "config dump":
		if !intoFile().MatchString(rest) {
			report(diag.Finding{
				Severity: diag.Warning,
				Position: line.Position(at),
				Message:  "config dump prints the configuration with all its secrets",
				Hint:     "use config check, which prints none, or write it to a file that only you can read",
			})
		}
	case len(verbs) > 0 && verbs[0] == "doctor":
		if d.Guide || joinedCommands().MatchString(rest) || condition().MatchString(line.Text[:at]) {
			report(doctorAsGate(line.Position(at)))
		}
	}
}

func doctorAsGate(at diag.Position) diag.Finding {
	return diag.Finding{
		Severity: diag.Warning,
		Position: at,
		Message:  "doctor always ends with success, whatever it finds, and may print the secret: it shows nothing to go on by",
		Hint:     "ask for /health of a listener that serves it, and read what doctor says before it is shown to anybody",
	}
}

// checkMigrationOrder reports what starts MAS before a guide takes the users over: MAS wants an empty database for that.
func checkMigrationOrder(d *model.Deployment, report func(diag.Finding)) {
	if !d.Guide {
		return
	}
	lines := container.ShellLines(d)
	last := slices.IndexFunc(lines, func(line container.ShellLine) bool { return matrix.Migrates(d, line) })
	if last < 0 {
		return
	}
	for _, line := range lines[:last] {
		if startsMAS(d, line) {
			report(diag.Finding{
				Severity: diag.Warning,
				Position: line.Begin(),
				Message:  fmt.Sprintf("this starts MAS before the users are taken over in line %d, which wants a MAS that never ran", lines[last].At.Line),
				Hint:     "run syn2mas check and migrate --dry-run, stop Synapse, run syn2mas migrate, and start MAS then",
				Related:  []diag.Related{{Position: lines[last].Begin(), Message: "the users are taken over here"}},
			})
		}
	}
}

// composeStart matches a command of Compose that starts services.
var composeStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\bdocker[ -]compose\s(?:.*\s)?(?:up|start|restart)\b(.*)`)
})

// startsMAS reports whether a command of Compose starts MAS: by its name, or with all services.
func startsMAS(d *model.Deployment, line container.ShellLine) bool {
	if !strings.Contains(line.Text, "compose") {
		return false
	}
	match := composeStart().FindStringSubmatch(line.Text)
	if match == nil || strings.Contains(line.Text, "--no-start") {
		return false
	}
	named := 0
	for _, word := range strings.Fields(match[1]) {
		if strings.ContainsAny(word, "|;&>#") {
			break
		}
		if strings.HasPrefix(word, "-") {
			continue
		}
		named++
		if s := d.Service(word); s != nil && s.Product == "mas" {
			return true
		}
	}
	return named == 0 && len(d.Of("mas")) > 0 && strings.Contains(line.Text, "up")
}
