package container

import (
	"iter"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// variable is a place in a text at which Compose puts in the value of a variable.
type variable struct {
	Name string
	// Operator is what follows the name in braces: "", "-", ":-", "?", ":?", "+" or ":+".
	Operator string
	// Start and end are its place in the text, in bytes.
	Start, End int
	Braced     bool
}

var variableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`) })

// variableOperator matches what follows the name of a variable in braces.
var variableOperator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^:?[-+?]`) })

// Variables returns the variables of a text, as Compose reads it: $$ is a dollar sign, and so is a $ with nothing behind it that it
// understands. Those inside a default are left out. broken says that Compose refuses the text: ${} or ${1}.
func Variables(text string) (found []variable, broken bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '$' {
			continue
		}
		rest := text[i+1:]
		switch {
		case strings.HasPrefix(rest, "$"):
			i++
		case strings.HasPrefix(rest, "{"):
			end := closingBrace(rest)
			v := variable{Name: variableName().FindString(rest[1:]), Start: i, End: i + 1 + end, Braced: true}
			if end < 0 || v.Name == "" {
				return found, true
			}
			v.Operator = variableOperator().FindString(rest[1+len(v.Name) : end])
			if v.Operator == "" && 1+len(v.Name) != end-1 {
				return found, true
			}
			found = append(found, v)
			i = v.End - 1
		default:
			if n := variableName().FindString(rest); n != "" {
				found = append(found, variable{Name: n, Start: i, End: i + 1 + len(n)})
				i += len(n)
			}
		}
	}
	return found, false
}

// closingBrace returns the end of the braces that a text begins with, or -1.
func closingBrace(text string) int {
	depth := 0
	for i, r := range text {
		switch r {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// ComposeScalar is a text of a compose document, with the key that it stands below.
type ComposeScalar struct {
	Key  string
	Node *model.Node
	Text string
	// Program says that it is a command, an entrypoint or a healthcheck.
	Program bool
}

// ComposeScalars returns the texts of a compose document as they are written, before Compose replaces variables. Those below x- are only
// there to be used elsewhere.
func ComposeScalars(doc *model.Document) iter.Seq[ComposeScalar] {
	return func(yield func(ComposeScalar) bool) {
		var walk func(n *model.Node, key string, program bool) bool
		walk = func(n *model.Node, key string, program bool) bool {
			if n == nil {
				return true
			}
			for _, item := range n.Items {
				if !walk(item, key, program) {
					return false
				}
			}
			for _, f := range n.Fields {
				if !strings.HasPrefix(f.Key, "x-") && !walk(f.Value, f.Key, program || f.Key == "command" || f.Key == "entrypoint" || f.Key == "test") {
					return false
				}
			}
			return n.Kind != model.String || yield(ComposeScalar{key, n, writtenText(n), program})
		}
		walk(doc.Root, "", false)
	}
}

// writtenText returns a text of a compose document as it is written, before Compose replaces variables.
func writtenText(n *model.Node) string { return n.Text }
