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
	if strings.HasPrefix(what, "${") && (strings.Contains(script, "envsubst") && strings.Contains(script, file) || replacesReferences(script, what)) {
		return true
	}
	if strings.HasPrefix(what, "__") && regexp.MustCompile(`__[\\([{$]`).MatchString(script) {
		return true
	}
	script = strings.ReplaceAll(script, `\`, "") // $ and braces have one in an expression
	if !strings.Contains(script, what) {
		return false
	}
	quoted := regexp.QuoteMeta(what)
	command := `\bs[|/#,@!~:][^|/#,@!~:\n]*` + quoted
	function := `(?:(?i:replace\w*|sub)\(|-replace )[^\n]*` + quoted
	table := `(?is:\breplace\w*\(.*)["']` + quoted + `["'] ?[:,]|["']` + quoted + `["'] ?[:,](?is:.*\breplace\w*\()`
	return regexp.MustCompile(`(?m)^[ \t]*(?:[^#\s][^\n]*?)?(?:` + command + `|` + function + `)|` + table).MatchString(script)
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
