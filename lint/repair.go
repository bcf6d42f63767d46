package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// renameInPlace returns the fix for a key with a new name, if that is one of the same map, means the same, and is
// known to the version, or nil.
func renameInPlace(tables *formats, doc *model.Document, version model.Version, path string, f model.Field, old *format.Key) *diag.Fix {
	where := parent(path)
	name, here := strings.CutPrefix(old.Renamed, joined(general(where), ""))
	if !here || strings.ContainsAny(name, ".[") {
		return nil
	}
	for _, s := range tables.sections(doc, doc.Root) {
		if s.path != where || s.node.Field(f.Key) == nil || s.node.Field(name) != nil {
			continue
		}
		if key := s.keys.Key(name); key != nil && key.Inherits(old, f.Value) && (key.Since == "" || version.AtLeast(key.Since)) {
			return diag.Rename(f.Position, f.Key, name)
		}
	}
	return nil
}

// rewrite returns the fix that writes another text in the place of one.
func rewrite(n *model.Node, text string) *diag.Fix {
	if n.Unknown || n.Text == "" {
		return nil
	}
	return diag.Rewrite(n.Position, n.Text, text)
}

// respellValue returns the fix for a value that is a misspelt one of those that may stand there, or nil.
func respellValue(n *model.Node, allowed []string) *diag.Fix {
	if meant := suggest.Meant(n.Text, allowed); meant != "" {
		return rewrite(n, meant)
	}
	return nil
}

// rewriteLabel returns the fix that gives a label of a service another value. In a list, a label is one text: name=value.
func rewriteLabel(s *model.Service, value *model.Node, text string) *diag.Fix {
	for _, label := range s.Labels {
		if label.Value != nil && label.Value.Position == value.Position && label.Position == value.Position {
			whole := *value
			whole.Text = label.Name + "=" + value.Text
			fix := rewrite(&whole, label.Name+"="+text)
			fix.Does = "write " + text
			return fix
		}
	}
	return rewrite(value, text)
}
