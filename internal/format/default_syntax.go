package format

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// upstream returns what an attribute @upstream(default=VALUE) says. With words="…" these are shown instead of the value, or stand for one that
// upstream works out; since=VERSION and when="…" say when it holds. The first that holds counts.
func (b *builder) upstream(attribute *ast.Attribute, body string) Default {
	d := Default{}
	for _, part := range split(body) {
		name, text, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "default":
			d.Value, err = constant(text)
		case "words":
			d.Words, err = literal.Unquote(text)
		case "when":
			d.When, err = literal.Unquote(text)
		case "since":
			d.Since = text
		default:
			err = fmt.Errorf("%q is not known there", name)
		}
		if err != nil {
			b.fail(attribute, err.Error())
			return Default{}
		}
	}
	if d.Value == nil && d.Words == "" {
		b.fail(attribute, "a default has a value or words")
	}
	return d
}

// constant returns a value that is written in CUE, without anything to be worked out.
func constant(text string) (*model.Node, error) {
	expr, err := parser.ParseExpr("", text)
	if err != nil {
		return nil, err
	}
	return concrete(expr)
}

func concrete(e ast.Expr) (*model.Node, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		kinds := map[token.Token]model.Kind{
			token.NULL: model.Null, token.TRUE: model.Bool, token.FALSE: model.Bool, token.INT: model.Int, token.FLOAT: model.Float, token.STRING: model.String,
		}
		n := &model.Node{Kind: kinds[e.Kind], Text: e.Value}
		if e.Kind != token.STRING {
			return n, nil
		}
		var err error
		n.Text, err = literal.Unquote(e.Value)
		return n, err
	case *ast.ListLit:
		n := &model.Node{Kind: model.List}
		for _, item := range e.Elts {
			inner, err := concrete(item)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, inner)
		}
		return n, nil
	case *ast.StructLit:
		return concreteMap(e)
	}
	return nil, fmt.Errorf("a default is a value that is written out")
}

func concreteMap(e *ast.StructLit) (*model.Node, error) {
	n := &model.Node{Kind: model.Map}
	for _, decl := range e.Elts {
		field, ok := decl.(*ast.Field)
		if !ok {
			return nil, fmt.Errorf("only fields stand in a default")
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil {
			return nil, err
		}
		inner, err := concrete(field.Value)
		if err != nil {
			return nil, err
		}
		n.Fields = append(n.Fields, model.Field{Key: name, Value: inner})
	}
	return n, nil
}
