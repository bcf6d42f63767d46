package compile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	quoting "cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Source returns the file of a stack that says these fields, as a person would write it. The head stands above all as a comment, the comment of a field
// above the field, and what tell says of a value behind it.
func Source(pkg, head string, fields *model.Node, tell func(*model.Node) string) ([]byte, error) {
	w := sourceWriter{tell: tell}
	w.comment(head, "")
	if head != "" {
		w.text.WriteString("\n")
	}
	fmt.Fprintf(&w.text, "package %s\n\n", pkg)
	for _, f := range fields.Fields {
		w.field(f)
	}
	text, err := format.Source(w.text.Bytes())
	if err != nil {
		return nil, fmt.Errorf("write a stack: %w", err)
	}
	return text, nil
}

type sourceWriter struct {
	text bytes.Buffer
	tell func(*model.Node) string
}

func (w *sourceWriter) comment(text, indent string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(&w.text, "%s%s\n", indent, strings.TrimRight("// "+line, " "))
	}
}

// field writes a field on lines of its own. A map with a single field needs no braces, unless that has a comment: it would stand above the outer one.
func (w *sourceWriter) field(f model.Field) {
	w.comment(f.Comment, "")
	for f.Value.Kind == model.Map && len(f.Value.Fields) == 1 && f.Value.Fields[0].Comment == "" {
		fmt.Fprintf(&w.text, "%s: ", label(f.Key))
		f = f.Value.Fields[0]
	}
	fmt.Fprintf(&w.text, "%s: ", label(f.Key))
	w.value(f.Value)
	if told := w.told(f.Value); told != "" {
		fmt.Fprintf(&w.text, " // %s", told)
	}
	w.text.WriteString("\n")
}

// told says of a value on one line where it comes from.
func (w *sourceWriter) told(n *model.Node) string {
	if w.tell == nil || n.Kind == model.Map && len(n.Fields) > 0 || n.Kind == model.List && hasMaps(n) {
		return ""
	}
	return w.tell(n)
}

func (w *sourceWriter) value(n *model.Node) {
	switch n.Kind {
	case model.Map:
		if len(n.Fields) == 0 {
			w.text.WriteString("{}")
			return
		}
		w.text.WriteString("{\n")
		for _, f := range n.Fields {
			w.field(f)
		}
		w.text.WriteString("}")
	case model.List:
		w.list(n)
	case model.String:
		w.text.WriteString(quoting.String.WithOptionalTabIndent(1).Quote(n.Text))
	case model.Null:
		w.text.WriteString("null")
	default:
		w.text.WriteString(n.Text)
	}
}

// list writes a list: of scalars in one line, else an item on lines of its own.
func (w *sourceWriter) list(n *model.Node) {
	open, end, stop := "[", ", ", "]"
	if hasMaps(n) {
		open, end, stop = "[\n", ",\n", "]"
	}
	w.text.WriteString(open)
	for i, item := range n.Items {
		w.value(item)
		if i < len(n.Items)-1 || hasMaps(n) {
			w.text.WriteString(end)
		}
	}
	w.text.WriteString(stop)
}

func hasMaps(n *model.Node) bool {
	for _, item := range n.Items {
		if item.Kind == model.Map && len(item.Fields) > 0 || item.Kind == model.List && hasMaps(item) || item.Kind == model.String && strings.Contains(item.Text, "\n") {
			return true
		}
	}
	return false
}

// label returns a key as CUE wants it: in quotes unless it is an identifier that means nothing else.
func label(key string) string {
	if ast.IsValidIdent(key) && !strings.HasPrefix(key, "_") && !strings.HasPrefix(key, "#") {
		return key
	}
	return quoting.Label.Quote(key)
}

// PathAt returns the keys of the innermost field of a stack's file that a place lies in.
func PathAt(text []byte, p diag.Position) []string {
	file, err := parser.ParseFile("", text)
	if err != nil {
		return nil
	}
	var found, above []string
	ast.Walk(file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		begin, end := field.Pos().Position(), field.End().Position()
		if p.Line < begin.Line || p.Line > end.Line || p.Line == begin.Line && p.Column < begin.Column || p.Line == end.Line && p.Column > end.Column {
			return false
		}
		if name, _, err := ast.LabelName(field.Label); err == nil {
			above = append(above, name)
			found = slices.Clone(above)
		}
		return true
	}, nil)
	return found
}
