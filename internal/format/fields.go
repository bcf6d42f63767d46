package format

import (
	"cmp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// fields fills in the keys of a map from the body of a struct.
func (b *builder) fields(t *Type, body []ast.Decl) {
	for _, decl := range body {
		switch d := decl.(type) {
		case *ast.CommentGroup:
		case *ast.Ellipsis:
			t.Open = true
			if d.Type != nil {
				b.fail(d, "... stands alone")
			}
		case *ast.Field:
			b.field(t, d)
		default:
			b.fail(d, "only fields and ... stand in a struct")
		}
	}
	for _, key := range t.Keys {
		if key.twin == "" {
			continue
		}
		twin := t.Key(key.twin)
		if twin == nil || len(twin.Changes) == 0 {
			b.fail(body[0], key.Name+" changes as a key that has no @change")
			continue
		}
		key.Changes = twin.Changes
	}
}

func (b *builder) field(t *Type, field *ast.Field) {
	key := &Key{Doc: doc(field), Required: field.Constraint == token.NOT, Type: b.expr(field.Value)}
	b.annotate(key, field.Attrs)
	pattern, free := field.Label.(*ast.ListLit)
	if free && field.Constraint == token.ILLEGAL && len(pattern.Elts) == 1 {
		switch label := pattern.Elts[0].(type) {
		case *ast.UnaryExpr:
			key.Names = b.pattern(label)
		case *ast.Ident:
			free = label.Name == "string"
		default:
			free = false
		}
		if free {
			t.Free = append(t.Free, key)
			return
		}
	}
	name, identifier, err := ast.LabelName(field.Label)
	hidden := err != nil || identifier && strings.ContainsAny(name[:1], "_#")
	if hidden || field.Constraint == token.ILLEGAL || field.Alias != nil || slices.ContainsFunc(t.Keys, func(k *Key) bool { return k.Name == name }) {
		b.fail(field, "a field is written key?: T, key!: T, [string]: T or [=~\"...\"]: T, and each stands once")
	}
	key.Name = name
	t.Keys = append(t.Keys, key)
}

// annotate notes what the attributes of a field say about its key.
func (b *builder) annotate(key *Key, attributes []*ast.Attribute) *Key {
	for _, attribute := range attributes {
		name, body := attribute.Split()
		ok := body != ""
		switch name {
		case "since":
			key.Since = body
		case "removed":
			key.Removed = body
		case "deprecated":
			key.Deprecated = body
		case "renamed":
			key.Renamed = body
		case "change":
			if twin, found := strings.CutPrefix(body, "as="); found {
				key.twin = twin
				break
			}
			key.Changes = append(key.Changes, b.change(attribute, body))
		case "knows":
			key.knows = body
		case "upstream":
			key.Defaults = append(key.Defaults, b.upstream(attribute, body))
		case "by":
			key.Identity = body
		case "strict":
			key.Strict, ok = true, body == ""
		case "checked":
			key.Checked, ok = cmp.Or(body, "0.0.0"), true
		case "anycase":
			key.anyCase, ok = true, body == ""
		case "secret":
			key.Secret = true
			key.File, ok = strings.CutPrefix(body, "file=")
			ok = ok || body == ""
		case "file":
			key.Path = true
			key.ReplacesKey, body, key.Trim = strings.Cut(body, ",")
			ok = !key.Trim || strings.TrimSpace(body) == "trim"
		default:
			ok = false
		}
		if !ok {
			b.fail(attribute, attribute.Text+" is not an attribute of the subset")
		}
	}
	return key
}

// doc returns the comment above a field, as one line.
func doc(field *ast.Field) string {
	var words []string
	for _, group := range ast.Comments(field) {
		if group.Doc {
			words = append(words, strings.Fields(group.Text())...)
		}
	}
	return strings.Join(words, " ")
}
