package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// explainer turns what CUE says about a wrong stack, or wrong settings, into findings: one per cause, at the literal that the operator wrote.
type explainer struct {
	sources  *sources
	language cue.Value // #Stack or #Settings
	written  cue.Value // the operator's files alone
	stack    cue.Value // both
	// needed is the field without which the rest means nothing, or "".
	needed string
}

// project returns the name of the project that Compose makes of a stack that is valid.
func (e *explainer) project() string {
	name, _ := e.stack.LookupPath(cue.MakePath(cue.Str("name"))).String()
	return name
}

// findings explains why the stack does not fit its language. CUE reports every arm of a disjunction and every consequence of a wrong value;
// what lies at one place of the operator's files is one cause, and what has no place there is a consequence, unless nothing else is wrong.
func (e *explainer) findings(err error) []diag.Finding {
	var found, missing []diag.Finding
	seen := map[diag.Position]bool{}
	for _, problem := range errors.Errors(err) {
		path := stackPath(problem.Path())
		format, args := problem.Msg()
		places := e.places(problem)
		switch {
		case format == "field is required but not present":
			missing = append(missing, e.required(path))
		case len(places) == 0 && path.String() == "name" && !e.label(path).IsValid():
			found = append(found, diag.Finding{Position: e.top(), Message: "the name of the stack's folder is no compose project name", Hint: "set name, in lower-case letters, digits and -"})
		case len(places) == 0 && len(path) == 2 && path[0] == "hosts":
			missing = append(missing, diag.Finding{Position: e.nearest(path), Message: "a host has the name that another one has by default: set that one, too"})
		case len(places) == 0:
			if f, ok := e.incomplete(path); ok {
				missing = append(missing, f)
			}
		case format == "field not allowed":
			found = append(found, e.unknownField(path, places[0]))
		case strings.HasPrefix(format, "reference"):
			found = append(found, diag.Finding{Position: places[0], Message: fmt.Sprintf("%s: "+format, append([]any{path}, args...)...), Hint: "text stands in quotes"})
		case len(places) > 1:
			found = append(found, e.contradiction(path, places, format, args))
		case !seen[places[0]]:
			seen[places[0]] = true
			if lists := e.lists(path); len(lists) > 1 {
				f := e.contradiction(path, lists, format, args)
				f.Hint = "lists of several files do not add up: write all of it in one"
				found = append(found, f)
				continue
			}
			found = append(found, e.wrongValue(path, places[0]))
		}
	}
	unknown := e.unknownFields(nil, e.written)
	if e.written.Err() == nil && e.needed != "" && !e.written.LookupPath(cue.ParsePath(e.needed)).Exists() {
		found = append(unknown, e.required(fieldPath{e.needed})) // the rest follows from its absence
		if len(unknown) > 0 {
			found = unknown // one of which may be meant for it
		}
	} else {
		found = append(found, unknown...)
	}
	if len(found) == 0 {
		found = missing
	}
	if len(found) == 0 {
		found = []diag.Finding{{Position: e.top(), Message: fmt.Sprintf("%s does not fit together with the rest", stackPath(errors.Errors(err)[0].Path()))}}
	}
	for i := range found {
		found[i].Rule, found[i].Severity = "schema", diag.Error
	}
	return diag.Sort(found)
}

// stackPath returns the path as the operator writes it: hosts.synapse, federation.allow[0].
func stackPath(path []string) fieldPath {
	if len(path) > 0 && strings.HasPrefix(path[0], "#") {
		path = path[1:]
	}
	return path
}

type fieldPath []string

// String returns the path with dots, list indexes in brackets.
func (p fieldPath) String() string {
	if len(p) == 0 {
		return "the stack"
	}
	var b strings.Builder
	for i, part := range p {
		switch {
		case isIndex(part):
			b.WriteString("[" + part + "]")
		case i > 0:
			b.WriteString("." + part)
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}

// with returns the path of a field or item below.
func (p fieldPath) with(part string) fieldPath { return append(p[:len(p):len(p)], part) }

func isIndex(part string) bool { return part != "" && strings.Trim(part, "0123456789") == "" }

// selectors returns the path for a look-up in a CUE value.
func (p fieldPath) selectors() cue.Path {
	var selectors []cue.Selector
	for _, part := range p {
		if index, err := strconv.Atoi(part); err == nil && isIndex(part) {
			selectors = append(selectors, cue.Index(index))
			continue
		}
		selectors = append(selectors, cue.Str(strings.Trim(part, `"`)))
	}
	return cue.MakePath(selectors...)
}

// places returns the positions of a CUE error that lie in the operator's files, in order.
func (e *explainer) places(problem errors.Error) []diag.Position {
	var places []diag.Position
	for _, pos := range errors.Positions(problem) {
		if p := e.sources.position(pos); p.File != "" && !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, diag.Position.Compare)
	return places
}

// top is the place for what is said nowhere: the start of the stack's first file.
func (e *explainer) top() diag.Position { return e.sources.position(e.sources.files[0].Pos()) }

// wrongValue says what stands there, and what the language wants there.
func (e *explainer) wrongValue(path fieldPath, at diag.Position) diag.Finding {
	message := fmt.Sprintf("%s cannot be %s", path, e.source(path))
	if want := e.expected(path); want != "" {
		message = fmt.Sprintf("%s is %s, want %s", path, e.source(path), want)
	}
	return diag.Finding{Position: at, Message: message}
}

// source returns the operator's value as he wrote it, shortened to one line. What stands among the secrets may be one, and is not repeated.
func (e *explainer) source(path fieldPath) string {
	if path[0] == "secrets" {
		return "something else"
	}
	value := e.written.LookupPath(path.selectors())
	switch value.IncompleteKind() {
	case cue.StructKind:
		return "a struct"
	case cue.ListKind:
		if n, err := value.Len().Int64(); err == nil && n == 0 {
			return "an empty list"
		}
		return "a list"
	}
	text, err := format.Node(value.Syntax(cue.Raw()))
	if err != nil || !value.Exists() {
		return "something else"
	}
	line, _, cut := strings.Cut(string(text), "\n")
	if cut || len(line) > 80 {
		return "this"
	}
	return line
}

// expected returns what the language wants at the path: the @expect attribute of the field, or of the nearest field above it that has one.
func (e *explainer) expected(path fieldPath) string {
	for n := len(path); n > 0; n-- {
		if isIndex(path[n-1]) {
			continue
		}
		for _, field := range declarations(path[:n], e.stack, e.language) {
			for _, attribute := range field.Attributes(cue.FieldAttr) {
				if text, err := attribute.String(0); err == nil && attribute.Name() == "expect" {
					return text
				}
			}
			if n == len(path) && field.IncompleteKind() == cue.StructKind {
				return "fields in braces"
			}
		}
	}
	return ""
}

// required says that a field has no default and is not there.
func (e *explainer) required(path fieldPath) diag.Finding {
	f := diag.Finding{Position: e.nearest(path), Message: fmt.Sprintf("%s is missing", path)}
	if want := e.expected(path); want != "" {
		f.Message += ": " + want
	}
	return f
}

// nearest returns the place of the deepest field of the path that the operator wrote, or the top of his file.
func (e *explainer) nearest(path fieldPath) diag.Position {
	for n := len(path); n > 0; n-- {
		if label := e.label(path[:n]); label.IsValid() {
			return e.sources.position(label)
		}
	}
	return e.top()
}

// label returns the position of the key of a field in the operator's files.
func (e *explainer) label(path fieldPath) token.Pos {
	if len(path) == 0 {
		return token.NoPos
	}
	for _, file := range e.sources.files {
		if pos := labelIn(file.Decls, path); pos.IsValid() {
			return pos
		}
	}
	return token.NoPos
}

func labelIn(decls []ast.Decl, path fieldPath) token.Pos {
	for _, decl := range decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil || name != strings.Trim(path[0], `"`) {
			continue
		}
		if len(path) == 1 {
			return field.Label.Pos()
		}
		if pos := labelBelow(field.Value, path[1:]); pos.IsValid() {
			return pos
		}
	}
	return token.NoPos
}

// lists returns the places of the lists that the operator's files have at a path, in order. CUE says of lists that are not as long as each other only
// where one of them is.
func (e *explainer) lists(path fieldPath) []diag.Position {
	var places []diag.Position
	for _, file := range e.sources.files {
		each(file.Decls, path, func(value ast.Expr) {
			if list, ok := value.(*ast.ListLit); ok {
				places = append(places, e.sources.position(list.Pos()))
			}
		})
	}
	slices.SortFunc(places, diag.Position.Compare)
	return places
}

// each calls visit for the values of all fields at a path.
func each(decls []ast.Decl, path fieldPath, visit func(value ast.Expr)) {
	for _, decl := range decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil || name != strings.Trim(path[0], `"`) {
			continue
		}
		if len(path) == 1 {
			visit(field.Value)
		} else if body, ok := field.Value.(*ast.StructLit); ok {
			each(body.Elts, path[1:], visit)
		}
	}
}

// labelBelow is labelIn for the path of a field, or of an item of a list, below a value.
func labelBelow(value ast.Expr, path fieldPath) token.Pos {
	switch v := value.(type) {
	case *ast.StructLit:
		return labelIn(v.Elts, path)
	case *ast.ListLit:
		i, err := strconv.Atoi(path[0])
		switch {
		case err != nil || i < 0 || i >= len(v.Elts):
		case len(path) == 1:
			return v.Elts[i].Pos()
		default:
			return labelBelow(v.Elts[i], path[1:])
		}
	}
	return token.NoPos
}

// incomplete says that the operator gave a type where a value is needed. Other incomplete fields are consequences.
func (e *explainer) incomplete(path fieldPath) (diag.Finding, bool) {
	label := e.label(path)
	if !label.IsValid() {
		return diag.Finding{}, false
	}
	return e.wrongValue(path, e.sources.position(label)), true
}

// contradiction says that the operator's files disagree. The later place is the finding, the others are related.
func (e *explainer) contradiction(path fieldPath, places []diag.Position, format string, args []any) diag.Finding {
	last := len(places) - 1
	f := diag.Finding{Position: places[last], Message: fmt.Sprintf("%s has two values that disagree: keep one", path)}
	// Raw settings may hold secrets: those are not quoted.
	if format == "conflicting values %s and %s" && path[0] != "override" && path[0] != "extra" && path[0] != "secrets" {
		f.Message = fmt.Sprintf("%s has two values, %s and %s: keep one", path, args[0], args[1])
	}
	for _, place := range places[:last] {
		f.Related = append(f.Related, diag.Related{Position: place, Message: "the other value"})
	}
	return f
}
