package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// RenameInPlace returns the fix for a key with a new name, if that is one of the same map, means the same, and is
// known to the version, or nil.
func RenameInPlace(tables *facts.Formats, doc *model.Document, version model.Version, path string, f model.Field, old *format.Key) *diag.Fix {
	where := facts.ParentPath(path)
	name, here := strings.CutPrefix(old.Renamed, facts.JoinedPath(facts.GeneralPath(where), ""))
	if !here || strings.ContainsAny(name, ".[") {
		return nil
	}
	for _, s := range tables.Sections(doc, doc.Root) {
		if s.Path != where || s.Node.Field(f.Key) == nil || s.Node.Field(name) != nil {
			continue
		}
		if key := s.Keys.Key(name); key != nil && key.Inherits(old, f.Value) && (key.Since == "" || version.AtLeast(key.Since)) {
			return diag.Rename(f.Position, f.Key, name)
		}
	}
	return nil
}

// Rewrite returns the fix that writes another text in the place of one.
func Rewrite(n *model.Node, text string) *diag.Fix {
	if n.Unknown || n.Text == "" {
		return nil
	}
	return diag.Rewrite(n.Position, n.Text, text)
}

// RespellValue returns the fix for a value that is a misspelt one of those that may stand there, or nil.
func RespellValue(n *model.Node, allowed []string) *diag.Fix {
	if meant := suggest.Meant(n.Text, allowed); meant != "" {
		return Rewrite(n, meant)
	}
	return nil
}

// RewriteLabel returns the fix that gives a label of a service another value. In a list, a label is one text: name=value.
func RewriteLabel(s *model.Service, value *model.Node, text string) *diag.Fix {
	for _, label := range s.Labels {
		if label.Value != nil && label.Value.Position == value.Position && label.Position == value.Position {
			whole := *value
			whole.Text = label.Name + "=" + value.Text
			fix := Rewrite(&whole, label.Name+"="+text)
			fix.Does = "write " + text
			return fix
		}
	}
	return Rewrite(value, text)
}
