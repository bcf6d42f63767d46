package language

import (
	"bytes"
	"fmt"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/schema"
)

// Images returns the images that a stack pins unless it says otherwise, in the order of the language. It parses no more of that than their field: a verb
// that prints them takes as long as to start the program.
func Images() ([]string, error) {
	const name, begins, ends = "stack/stack.cue", "\n\timages: {\n", "\n\t}\n"
	text, err := schema.Files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read default images: %w", err)
	}
	_, rest, _ := bytes.Cut(text, []byte(begins))
	products, _, found := bytes.Cut(rest, []byte(ends))
	if !found {
		return nil, fmt.Errorf("read default images: schema/%s has none", name)
	}
	file, err := parser.ParseFile("schema/"+name, products)
	if err != nil {
		return nil, fmt.Errorf("read default images: %w", err)
	}
	var images []string
	repository := ""
	ast.Walk(file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		switch text, ok := defaultText(field.Value); label(field) {
		case "repository":
			repository = text
		case "tag":
			if ok {
				images = append(images, repository+":"+text)
			}
		}
		return true
	}, nil)
	return images, nil
}

func label(field *ast.Field) string {
	name, _, _ := ast.LabelName(field.Label)
	return name
}

// defaultText returns the text that a value is by default: *"text" | other.
func defaultText(value ast.Expr) (string, bool) {
	choice, ok := value.(*ast.BinaryExpr)
	if !ok || choice.Op != token.OR {
		return "", false
	}
	marked, ok := choice.X.(*ast.UnaryExpr)
	if !ok || marked.Op != token.MUL {
		return "", false
	}
	literal, ok := marked.X.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}
