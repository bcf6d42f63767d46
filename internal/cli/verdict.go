package cli

import (
	"cmp"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// whatIsWrong says what does not compile, or is "".
func whatIsWrong(seen workspace.Seen) string {
	switch {
	case seen.WrongSettings:
		return compile.SettingsFile + " is wrong"
	case seen.WrongStacks > 0:
		return plural(seen.WrongStacks, "stack") + " wrong"
	}
	return ""
}

// countBroken counts what cannot be read at all: stacks, and files that do not parse.
func countBroken(seen workspace.Seen) int {
	files := map[string]bool{}
	for _, f := range seen.Findings {
		if f.Rule == "syntax-error" || f.Rule == "element-json-invalid" {
			files[f.File] = true
		}
	}
	n := seen.WrongStacks + len(files)
	if seen.WrongSettings {
		n++
	}
	return n
}

// countFailing returns how many findings make lint fail.
func countFailing(seen workspace.Seen, flags *findingFlags) int {
	failOn := flags.failOn
	if !flags.changed("fail-on") {
		failOn = cmp.Or(seen.FailOn, failOn)
	}
	return diag.Count(flags.shown(seen.Findings), severity(failOn))
}
