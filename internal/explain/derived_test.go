package explain_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// TestDerivedKeys holds what the syntax of the schema says of keys against where the values of whole stacks come from: the shipped ones, of which one has
// everything, and for the proof all that upstream's programs judge.
func TestDerivedKeys(t *testing.T) {
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	seen, said := 0, syntaxSays{}
	roots := []string{"../.."}
	if proofs.Whole {
		roots = append(roots, "../../conformance")
	}
	for _, root := range roots {
		files := os.DirFS(root)
		stacks, err := fs.Glob(files, "stacks/*/stack.cue")
		if err != nil || len(stacks) == 0 {
			t.Fatal(stacks, err)
		}
		for _, name := range stacks {
			name = strings.TrimSuffix(strings.TrimPrefix(name, "stacks/"), "/stack.cue")
			stack, _, err := workspace.Load(compiler, files, name)
			if err != nil || stack == nil {
				continue // it is there to be refused
			}
			t.Run(name, func(t *testing.T) { seen += said.hold(t, stack) })
		}
	}
	if seen < 500 {
		t.Errorf("only %d values were looked at", seen)
	}
}

// syntaxSays is what the syntax of the schema says of the keys of a format, by the format's name, each worked out once.
type syntaxSays map[string]map[string]language.Derived

func (s syntaxSays) of(t *testing.T, format string) map[string]language.Derived {
	t.Helper()
	if s[format] == nil {
		derived, err := language.DerivedKeys(format)
		if err != nil {
			t.Fatal(err)
		}
		s[format] = derived
	}
	return s[format]
}

func (s syntaxSays) hold(t *testing.T, stack *workspace.Stack) (seen int) {
	t.Helper()
	trace, err := stack.Trace()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := stack.Lines()
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range stack.Deployment.Documents {
		if !slices.Contains([]string{"synapse.#Config", "synapse.#LogConfig", "mas.#Config", "element.#Config", "pocketid.#Client"}, doc.Upstream) {
			continue
		}
		derived := s.of(t, doc.Upstream)
		for _, line := range lines[doc.Name] {
			if line.Role != model.Content || len(line.Paths) == 0 {
				continue
			}
			at := generalPath(line.Paths[len(line.Paths)-1])
			key, ok := derived[at]
			if !ok || strings.HasSuffix(at, "_file") { // which file of secrets it is, is no field's to say
				continue
			}
			seen++
			var from []string
			for _, field := range trace.Explain(doc.Name, line).From {
				if field.State != provenance.Folder && !strings.HasPrefix(field.Path, "override.") {
					from = append(from, field.Path)
				}
			}
			// What the syntax does not follow is what a field is by default: hosts.mas, and not serverName.
			fields := slices.Concat(key.Fields, derived[at[:max(0, strings.LastIndex(at, "."))]].Fields)
			said := slices.ContainsFunc(from, func(path string) bool { return covered(path, fields) })
			if len(from) > 0 && len(fields) > 0 && !said { // what the syntax does not tell is not said
				t.Errorf("%s: %s comes from %v, and the syntax says %v", doc.Name, at, from, key.Fields)
			}
		}
	}
	return seen
}

func generalPath(path []string) string {
	var b strings.Builder
	for i, part := range path {
		if _, err := strconv.Atoi(part); err == nil {
			if i < len(path)-1 {
				b.WriteString("[]")
			}
			continue
		}
		b.WriteString("." + part)
	}
	return strings.TrimPrefix(b.String(), ".")
}

func covered(path string, fields []string) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		if strings.Contains(f, "*") { // one of those that an operator names
			expression := strings.ReplaceAll(regexp.QuoteMeta(f), `\.\*`, `(?:\.[^.]+|\[\d+\])`)
			return regexp.MustCompile(`^`+expression+`(?:\.|$)`).MatchString(path) || regexp.MustCompile(`^`+regexp.QuoteMeta(path)+`\.`).MatchString(f)
		}
		return f == path || strings.HasPrefix(f, path+".") || strings.HasPrefix(path, f+".") || strings.HasPrefix(path, f+"[")
	})
}
