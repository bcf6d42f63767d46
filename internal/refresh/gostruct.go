package refresh

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// goSettings lists the settings that a struct stands for, by the names that its tags give them in YAML.
type goSettings struct {
	*goSource
	list List
	// tag is that which names the settings: yaml or json.
	tag string
	// within are the types being walked, so that one that holds itself ends.
	within []ast.Node
	// outer is what a struct sets of the fields of one that is embedded in it.
	outer map[string]goDecl
}

// ReadGo returns the settings of a struct. folder says where a package lies, "" for one that is not looked at: what has its type may be anything.
// defaults is the variable of the package that holds what the program takes by default, or ""; then the methods SetDefaults say so.
func ReadGo(folder func(importPath string) (string, error), importPath, name, defaults string) (List, error) {
	s := &goSettings{goSource: &goSource{folder: folder, packages: map[string]*goPackage{}}, list: List{}, tag: "yaml"}
	p, err := s.open(importPath)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fmt.Errorf("%s is not to be found", importPath)
	}
	return s.read(p, name, defaults)
}

// ReadGoFile returns the members of a struct of one file that is read from JSON. What its types of other packages hold is not known.
func ReadGoFile(text []byte, name string) (List, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read file of Go: %w", err)
	}
	nowhere := func(string) (string, error) { return "", nil }
	s := &goSettings{goSource: &goSource{folder: nowhere, packages: map[string]*goPackage{}}, list: List{}, tag: "json"}
	p := &goPackage{types: map[string]goDecl{}, values: map[string]goDecl{}, functions: map[string]goDecl{}}
	p.declare(file, false)
	return s.read(p, name, "")
}

func (s *goSettings) read(p *goPackage, name, defaults string) (List, error) {
	if p.types[name].node == nil {
		return nil, fmt.Errorf("there is no type %s", name)
	}
	if err := s.typ(p.types[name], name, "", p.values[defaults]); err != nil {
		return nil, err
	}
	if len(s.list) == 0 {
		return nil, fmt.Errorf("%s has no settings", name)
	}
	return s.list, nil
}

// typ lists what is below a path whose value has the type. name is that of the type, "" for one without. usual is the value by default, if it is known.
func (s *goSettings) typ(t goDecl, name, path string, usual goDecl) error {
	if slices.Contains(s.within, t.node) || t.generated {
		return nil
	}
	s.within = append(s.within, t.node)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	switch node := t.node.(type) {
	case *ast.StructType:
		return s.fields(t, node, name, path, usual)
	case *ast.StarExpr:
		return s.follow(t, node.X, path, usual)
	case *ast.ArrayType:
		return s.follow(t, node.Elt, path+"[]", goDecl{})
	case *ast.MapType:
		kind, _, _, err := s.kind(t, node.Value)
		if err != nil {
			return err
		}
		at := strings.TrimPrefix(path+".*", ".")
		s.list["key "+at] = kind
		return s.follow(t, node.Value, at, goDecl{})
	}
	return nil
}

// follow lists what is below a path whose type an expression names.
func (s *goSettings) follow(t goDecl, expr ast.Expr, path string, usual goDecl) error {
	inner, name, err := s.resolve(t, expr)
	if err != nil || inner.node == nil || isText(inner, name) {
		return err
	}
	return s.typ(inner, name, path, usual)
}

// resolve returns the type that an expression names, or itself.
func (s *goSettings) resolve(t goDecl, expr ast.Expr) (goDecl, string, error) {
	switch e := expr.(type) {
	case *ast.Ident:
		return t.in.types[e.Name], e.Name, nil
	case *ast.SelectorExpr:
		file, ok := e.X.(*ast.Ident)
		if !ok {
			return goDecl{}, "", nil
		}
		p, _, err := s.imported(t.file, file.Name)
		if err != nil || p == nil {
			return goDecl{}, "", err
		}
		return p.types[e.Sel.Name], e.Sel.Name, nil
	}
	return goDecl{expr, t.file, t.in, t.generated}, "", nil
}

// isText reports whether a type reads itself from text.
func isText(t goDecl, name string) bool {
	if t.in == nil || name == "" {
		return false
	}
	return t.in.functions[name+".UnmarshalText"].node != nil || t.in.functions[name+".UnmarshalYAML"].node != nil
}

// fields lists the fields of a struct. A value by default that is known field by field says what each has; else the type's own SetDefaults does.
func (s *goSettings) fields(t goDecl, node *ast.StructType, name, path string, usual goDecl) error {
	set := s.setDefaults(t, name)
	if set == nil {
		set = map[string]goDecl{}
	}
	maps.Copy(set, s.outer)
	s.outer = nil
	for _, field := range node.Fields.List {
		tag := reflect.StructTag("")
		if field.Tag != nil {
			tag = reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		}
		key, options, _ := strings.Cut(tag.Get(s.tag), ",")
		isInline := strings.Contains(options, "inline") || s.tag == "json" && len(field.Names) == 0 && key == ""
		if key == "-" || tag.Get("file") == "-" || len(field.Names) == 0 && !isInline && key == "" {
			continue
		}
		if isInline {
			s.outer = maps.Clone(set)
			if err := s.follow(t, field.Type, path, s.member(usual, embedded(field.Type))); err != nil {
				return err
			}
			continue
		}
		for _, name := range field.Names {
			if !name.IsExported() {
				continue
			}
			value := s.member(usual, name.Name)
			if own, ok := set[name.Name]; ok && value.node == nil {
				value = own
			}
			if err := s.field(t, field.Type, cmp.Or(key, strings.ToLower(name.Name)), path, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// embedded returns the name that an embedded field has.
func embedded(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return embedded(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func (s *goSettings) field(t goDecl, expr ast.Expr, key, path string, usual goDecl) error {
	kind, scalar, items, err := s.kind(t, expr)
	if err != nil {
		return err
	}
	at := strings.TrimPrefix(path+"."+key, ".")
	value := kind
	if said, ok := s.value(usual, 0); ok && (scalar || items) {
		if text, err := json.Marshal(said.plain()); err == nil && len(text) <= maxDefault {
			value += " " + string(text)
		}
	}
	s.list["key "+at] = value
	return s.follow(t, expr, at, usual)
}

// kind returns the type of a setting in the words of JSON schema, and whether it is a scalar, or a list of scalars.
func (s *goSettings) kind(t goDecl, expr ast.Expr) (kind string, scalar, items bool, err error) {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return s.kind(t, e.X)
	case *ast.ArrayType:
		_, scalar, _, err := s.kind(t, e.Elt)
		return "array", false, scalar, err
	case *ast.MapType, *ast.StructType:
		return "object", false, false, nil
	case *ast.Ident:
		if kind := builtin(e.Name); kind != "" {
			return kind, true, false, nil
		}
	case *ast.SelectorExpr:
		if e.Sel.Name == "Duration" {
			return "duration", true, false, nil
		}
	}
	inner, name, err := s.resolve(t, expr)
	if err != nil || inner.node == nil || inner.node == ast.Node(expr) || inner.generated {
		return "any", false, false, err
	}
	if isText(inner, name) {
		return "any", true, false, nil
	}
	next, _ := inner.node.(ast.Expr)
	return s.kind(inner, next)
}

func builtin(name string) string {
	switch name {
	case "string":
		return "string"
	case "bool":
		return "boolean"
	case "float32", "float64":
		return "number"
	case "any":
		return "any"
	}
	if strings.HasPrefix(name, "int") || strings.HasPrefix(name, "uint") {
		return "integer"
	}
	return ""
}
