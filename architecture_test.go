// Package matrixgen holds the test of its rooms; the program is in cmd/matrixgen.
package matrixgen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"os"
)

const module = "github.com/matrixgen/matrixgen/"

// rooms says which rooms of ours each room may import. docs/architecture.md draws it.
var rooms = map[string][]string{
	"cmd/matrixgen":       {"internal/cli"},
	"cmd/refresh":         {"internal/format", "internal/refresh", "internal/upstream"},
	"internal/refresh":    {"internal/format", "internal/model"},
	"internal/cli":        {"internal/adopt", "internal/workspace", "internal/compile", "internal/format", "internal/outdir", "internal/provenance", "internal/git", "internal/explain", "internal/fix", "internal/change", "internal/review", "internal/graph", "internal/diag", "internal/language", "internal/model", "internal/secret", "internal/release", "internal/starter", "internal/suggest", "internal/facts", "internal/sensitive", "internal/terminal", "lint", "lint/rules", "internal/upgrade", "internal/upstream", "internal/verify", "internal/idp"},
	"internal/workspace":  {"internal/adopt", "internal/compile", "internal/container", "internal/matrix", "internal/sensitive", "internal/read", "internal/link", "internal/emit", "internal/outdir", "internal/provenance", "internal/git", "internal/change", "internal/review", "internal/graph", "internal/format", "internal/diag", "internal/model", "internal/secret", "internal/suggest", "lint", "lint/rules", "internal/fix", "internal/move", "internal/upgrade", "internal/verify"},
	"internal/idp":        {"internal/model"},
	"internal/verify":     {"internal/container", "internal/diag", "internal/matrix", "internal/model", "internal/placeholder"},
	"internal/compile":    {"schema", "internal/format", "internal/model", "internal/diag", "internal/suggest"},
	"internal/read":       {"internal/nginx", "internal/model", "internal/placeholder", "internal/diag"},
	"internal/nginx":      {"internal/diag"},
	"internal/route":      {"internal/nginx", "internal/model", "internal/placeholder", "internal/diag", "internal/suggest"},
	"internal/secret":     {"internal/sops", "internal/model", "internal/diag", "internal/suggest"},
	"internal/sops":       {},
	"internal/graph":      {"internal/container", "internal/matrix", "internal/route", "internal/model", "internal/placeholder"},
	"internal/link":       {"internal/diag", "internal/read", "internal/route", "internal/graph", "internal/model"},
	"internal/format":     {"schema", "internal/model", "internal/diag", "internal/suggest"},
	"internal/language":   {"schema"},
	"internal/upstream":   {"schema", "internal/format", "internal/model"},
	"internal/explain":    {"internal/compile", "internal/diag", "internal/format", "internal/language", "internal/link", "internal/model", "internal/secret", "internal/suggest", "lint"},
	"internal/docs":       {"internal/language", "internal/model", "internal/secret"},
	"internal/emit":       {"internal/model"},
	"internal/provenance": {"schema", "internal/format", "internal/model", "internal/diag", "internal/terminal"},
	"internal/model":      {"internal/diag"},
	"internal/outdir":     {},
	"internal/git":        {},
	"internal/change":     {"internal/format", "internal/model", "internal/diag"},
	"internal/review":     {"internal/change", "internal/format", "internal/markup", "internal/move", "internal/terminal"},
	"internal/move":       {"internal/matrix", "internal/model"},
	"internal/upgrade":    {"internal/container", "internal/diag", "internal/format", "internal/markup", "internal/model", "internal/route", "internal/terminal", "internal/upstream"},
	"internal/markup":     {"internal/terminal"},
	"internal/diag":       {"internal/terminal"},
	"internal/terminal":   {},
	"internal/release":    {},
	"internal/starter":    {"ci", "internal/release"},
	"ci":                  {},
	"internal/fix":        {"internal/diag"},
	"internal/suggest":    {},
	"internal/adopt":      {"internal/change", "internal/container", "internal/diag", "internal/format", "internal/markup", "internal/matrix", "internal/model", "internal/nginx", "internal/read", "internal/route", "internal/sensitive", "internal/terminal"},
	"schema":              {},
	"internal/proofs":     {},

	"internal/placeholder": {"internal/model"},

	"internal/container":    {"internal/diag", "internal/model"},
	"internal/facts":        {"internal/container", "internal/diag", "internal/format", "internal/model", "internal/placeholder"},
	"internal/minijinja":    {},
	"internal/matrix":       {"internal/container", "internal/diag", "internal/minijinja", "internal/model", "internal/placeholder", "internal/route", "internal/suggest"},
	"internal/sensitive":    {"internal/container", "internal/diag", "internal/facts", "internal/model", "internal/placeholder", "internal/suggest"},
	"lint":                  {"internal/diag", "internal/facts", "internal/format", "internal/matrix", "internal/model", "internal/release", "internal/sensitive", "internal/suggest"},
	"lint/rules":            {"internal/container", "internal/diag", "internal/facts", "internal/format", "internal/matrix", "internal/model", "internal/placeholder", "internal/route", "internal/sensitive", "internal/suggest", "internal/upstream", "lint", "lint/internal/advice", "lint/internal/example"},
	"lint/internal/example": {},
	"lint/internal/advice":  {"internal/diag", "internal/facts", "internal/model", "internal/placeholder", "internal/sensitive"},
}

// doors says which room alone may import a foreign module.
var doors = map[string][]string{
	"cuelang.org/go":        {"internal/compile", "internal/format", "internal/language", "internal/provenance"},
	"github.com/spf13":      {"internal/cli"},
	"gopkg.in/yaml.v3":      {"internal/emit", "internal/read", "internal/refresh", "internal/secret", "internal/sops"},
	"github.com/getsops":    {"internal/secret", "internal/sops"},
	"filippo.io/age":        {"internal/secret"},
	"golang.org/x/term":     {"internal/cli"},
	"github.com/fatih":      {"internal/diag", "internal/review", "internal/upgrade"},
	"github.com/mattn":      {"internal/terminal"},
	"github.com/traefik":    {"internal/route"},
	"github.com/owenrumney": {"internal/diag"},
	"github.com/agext":      {"internal/suggest", "internal/format"},
	"github.com/sergi":      {"internal/outdir"},
	"github.com/oklog":      {"internal/starter"},
}

// TestRooms walks the imports of the program and fails on an arrow that is not drawn above.
func TestRooms(t *testing.T) {
	seen := map[string]bool{}
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "conformance" || entry.Name() == "bench" || strings.HasPrefix(entry.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		room := path.Dir(file)
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s is in a room that nobody knows", file)
		}
		seen[room] = true
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range syntax.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(imported, module); ok {
				if !slices.Contains(allowed, ours) {
					t.Errorf("%s imports %s", file, ours)
				}
				continue
			}
			if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
				continue // the standard library
			}
			if !mayOpen(room, imported) {
				t.Errorf("%s imports %s, which is behind another door", file, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("room %s is empty", room)
		}
	}
}

func mayOpen(room, imported string) bool {
	for prefix, allowed := range doors {
		if strings.HasPrefix(imported, prefix) {
			return slices.Contains(allowed, room)
		}
	}
	return false
}

// TestStart fails on a regular expression that is compiled when the program starts, whatever the verb: all of them together cost two milliseconds.
func TestStart(t *testing.T) {
	for room := range rooms {
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(room), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			places := token.NewFileSet()
			syntax, err := parser.ParseFile(places, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range compiledAtStart(syntax) {
				t.Errorf("%s: a regular expression is compiled when the program starts: wrap it in sync.OnceValue", places.Position(at))
			}
		}
	}
}

// compiledAtStart returns where regular expressions are compiled outside of any function.
func compiledAtStart(syntax *ast.File) []token.Pos {
	var found []token.Pos
	for _, declaration := range syntax.Decls {
		variables, ok := declaration.(*ast.GenDecl)
		if !ok {
			continue
		}
		ast.Inspect(variables, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "MustCompile" {
				found = append(found, call.Pos())
			}
			_, function := n.(*ast.FuncLit)
			return !function
		})
	}
	return found
}
