package compile

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// decoder turns concrete CUE values into document trees.
type decoder struct {
	sources *sources
	// project is the name of the stack, for keys that are derived; "" leaves keys as they are.
	project string
}

// inKeys stands for the name of the stack in keys that are derived. CUE never forgets the name of a field, and those of labels have the stack's in them: of
// ten thousand stacks they would take 50 MB.
const inKeys = "{stack}"

// node returns the tree of a concrete value, with the fields in the order in which they are written.
func (d decoder) node(value cue.Value) *model.Node {
	value, _ = value.Default()
	n := &model.Node{Position: d.position(valuePos(value))}
	switch value.Kind() {
	case cue.StructKind:
		n.Kind = model.Map
		d.fields(n, value)
	case cue.ListKind:
		n.Kind = model.List
		items, _ := value.List()
		for items.Next() {
			n.Items = append(n.Items, d.node(items.Value()))
		}
	case cue.NullKind:
		n.Kind, n.Text = model.Null, "null"
	case cue.StringKind:
		n.Kind = model.String
		n.Text, _ = value.String()
	case cue.BytesKind: // text in single quotes
		n.Kind = model.String
		text, _ := value.Bytes()
		n.Text = string(text)
	case cue.BoolKind:
		n.Kind, n.Text = model.Bool, literal(value)
	case cue.IntKind:
		n.Kind, n.Text = model.Int, literal(value)
	default:
		n.Kind, n.Text = model.Float, float(value)
	}
	return n
}

// valuePos returns where the value stands, not its key, as far as it stands in one place.
func valuePos(value cue.Value) token.Pos {
	if field, ok := value.Source().(*ast.Field); ok {
		return field.Value.Pos()
	}
	return value.Pos()
}

// float returns a number with a point and without an exponent: YAML 1.1 takes 1E-8 for text.
func float(value cue.Value) string {
	f, _ := value.Float64()
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

func literal(value cue.Value) string {
	text, err := value.MarshalJSON()
	if err != nil {
		return ""
	}
	return string(text)
}

func (d decoder) fields(n *model.Node, value cue.Value) {
	add := func(key string, v cue.Value) {
		if d.project != "" {
			key = strings.Replace(key, inKeys, d.project, 1)
		}
		f := model.Field{Key: key, Value: d.node(v), Comment: comment(v), Position: d.position(v.Pos())}
		f.Value.Replaceable, f.Value.More = isDefault(v), furtherItems(v)
		n.Fields = append(n.Fields, f)
	}
	if keys, all := literalKeys(value.Source()); all {
		for _, key := range keys {
			add(key, value.LookupPath(cue.MakePath(cue.Str(key))))
		}
	} else {
		for it, _ := value.Fields(); it.Next(); {
			add(it.Selector().Unquoted(), it.Value())
		}
	}
	slices.SortStableFunc(n.Fields, func(a, b model.Field) int { return a.Position.Compare(b.Position) })
}

// literalKeys returns the keys of a struct that was written in one place, and whether these are all it has. To ask CUE for the fields takes longer than
// to evaluate them: it works out an order, and here they are sorted by their places anyway.
func literalKeys(source ast.Node) (keys []string, all bool) {
	if field, ok := source.(*ast.Field); ok {
		source = field.Value
	}
	literal, ok := source.(*ast.StructLit)
	if !ok {
		return nil, false
	}
	for _, decl := range literal.Elts {
		field, ok := decl.(*ast.Field)
		if !ok || field.Constraint != token.ILLEGAL || field.Alias != nil {
			return nil, false
		}
		key, isIdent, err := ast.LabelName(field.Label)
		if err != nil || isIdent && (key[0] == '_' || key[0] == '#') || slices.Contains(keys, key) {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

func isDefault(value cue.Value) bool {
	return slices.ContainsFunc(value.Attributes(cue.FieldAttr), func(a cue.Attribute) bool { return a.Name() == "default" })
}

// furtherItems returns what the schema says with @more("field") of a list that it derives: which field of a stack has further items for it.
func furtherItems(value cue.Value) string {
	for _, a := range value.Attributes(cue.FieldAttr) {
		if text, err := a.String(0); err == nil && a.Name() == "more" {
			return text
		}
	}
	return ""
}

// comment returns the comment above the field, where it was derived or where the operator wrote it.
func comment(value cue.Value) string {
	var lines []string
	for _, group := range value.Doc() {
		if text := strings.TrimSpace(group.Text()); !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

// position is the place in the operator's file, else the one in the schema.
func (d decoder) position(pos token.Pos) diag.Position {
	if !pos.IsValid() {
		return diag.Position{}
	}
	p := pos.Position()
	if _, written := d.sources.text[p.Filename]; written {
		return d.sources.position(pos)
	}
	return diag.Position{File: p.Filename, Line: p.Line, Column: p.Column}
}

// Derived reports whether a position lies in the schema, which derives the value, and not in the operator's files.
func Derived(p diag.Position) bool { return strings.HasPrefix(p.File, schemaFolder) }
