package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// unreplaced returns those placeholders of a document that no script of the deployment is seen to replace: a file can be rendered in place,
// once, before anything starts.
func unreplaced(d *model.Deployment, doc *model.Document, found []remainder) []remainder {
	return slices.DeleteFunc(found, func(r remainder) bool {
		return slices.ContainsFunc(d.Documents, func(script *model.Document) bool {
			return script.Kind == model.KindScript && script.Root != nil && replaces(script.Root.Text, r.what, path.Base(doc.Name))
		})
	})
}

// replaces reports whether a script puts something in the place of a text: by the command s of sed and perl, by a function that replaces, by a
// pattern for all placeholders between underscores, or, with references to variables, by envsubst on the file.
func replaces(script, what, file string) bool {
	if strings.HasPrefix(what, "${") && strings.Contains(script, "envsubst") && strings.Contains(script, file) {
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
