package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestRulesStandAlone holds that no rule uses what is declared in the file of another: what several rules need is knowledge, and has a room
// of its own. A file that begins with the name of a rule is a part of that rule.
func TestRulesStandAlone(t *testing.T) {
	owner := ownerOf(t)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	declared := map[string]string{} // name -> file
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") || entry.Name() == "rules.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = file
		for _, name := range declaredIn(file) {
			declared[name] = entry.Name()
		}
	}
	for name, file := range files {
		for _, used := range file.Unresolved {
			if from := declared[used.Name]; from != "" && owner(from) != owner(name) {
				t.Errorf("%s uses %s, which is declared in %s", name, used.Name, from)
			}
		}
	}
}

// ownerOf returns the rule that a file belongs to: the longest whose name the file begins with.
func ownerOf(t *testing.T) func(file string) string {
	return func(file string) string {
		owner := ""
		for _, rule := range allRules() {
			name := strings.ReplaceAll(rule.Name, "-", "_")
			if rest, ok := strings.CutPrefix(file, name); ok && (rest[0] == '.' || rest[0] == '_') && len(name) > len(owner) {
				owner = name
			}
		}
		if owner == "" {
			t.Errorf("%s is named after no rule", file)
		}
		return owner
	}
}

// declaredIn returns the names of the functions, types, variables and constants that a file declares.
func declaredIn(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}
