package rules_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// An edit replaces a text that occurs once in a file of a good deployment, its base.
type edit struct {
	line             int
	base, file       string
	before, after    string
	want             []string
	replaces, judged bool
}

// parseEdits reads a table of edits. Each is a paragraph: "@ base file", or "@ file" where the base is known, the lines to replace after "- ",
// the lines in their place after "+ " (none: an empty line remains), and the rules that find it after "= ", or where they find it: "rule:line:column".
// Other paragraphs are comments, their lines start with "#".
func parseEdits(t *testing.T, name, table string) (edits []edit) {
	t.Helper()
	var e *edit
	for i, line := range strings.Split(table, "\n") {
		mark, text, _ := strings.Cut(line, " ")
		fields := strings.Fields(text)
		switch {
		case mark == "" && text == "" || strings.HasPrefix(mark, "#"):
			e = nil
		case mark == "@" && e == nil && (len(fields) == 1 || len(fields) == 2):
			base := strings.Join(fields[:len(fields)-1], "")
			edits = append(edits, edit{line: i + 1, base: base, file: fields[len(fields)-1]})
			e = &edits[len(edits)-1]
		case mark == "-" && e != nil && !e.replaces && !e.judged:
			e.before += text + "\n"
		case mark == "+" && e != nil && !e.judged:
			e.after += text + "\n"
			e.replaces = true
		case mark == "=" && e != nil && len(fields) > 0:
			e.want = slices.Sorted(slices.Values(fields))
			e.judged = true
		default:
			t.Fatalf("%s:%d: %q is no part of an edit", name, i+1, line)
		}
	}
	return edits
}

// apply edits the file among the files.
func (e edit) apply(files map[string]string) error {
	text, ok := files[e.file]
	before := strings.TrimSuffix(e.before, "\n")
	if n := strings.Count(text, before); !ok || before == "" || n != 1 {
		return fmt.Errorf("line %d: %q occurs %d times in %s", e.line, before, n, e.file)
	}
	files[e.file] = strings.Replace(text, before, strings.TrimSuffix(e.after, "\n"), 1)
	return nil
}

// findings lints the files.
func findings(t *testing.T, files map[string]string) []diag.Finding {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return lintFiles(t, fsys)
}

// silent fails for each finding that is more than advice.
func silent(t *testing.T, files map[string]string) {
	t.Helper()
	for _, f := range findings(t, files) {
		if f.Severity >= diag.Warning {
			t.Errorf("%s:%d:%d: %s: %s [%s]", f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule)
		}
	}
}

// TestMutations breaks one side of a fact that several files of a good deployment share, one at a time, and expects the rule of that fact
// and no other.
func TestMutations(t *testing.T) {
	for _, name := range []string{"mutations.txt", "mutations_ess.txt"} {
		table := filepath.Join("testdata", name)
		text, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		mutations(t, table, parseEdits(t, table, string(text)))
	}
}

func mutations(t *testing.T, table string, edits []edit) {
	if len(edits) < 30 {
		t.Errorf("%d mutations, want at least 30", len(edits))
	}
	bases := map[string]map[string]string{}
	known := map[string]map[string]bool{}
	for _, e := range edits {
		if bases[e.base] == nil {
			bases[e.base] = good(t, e.base)
			silent(t, bases[e.base])
			known[e.base] = map[string]bool{}
			for _, f := range findings(t, bases[e.base]) {
				known[e.base][essence(f)] = true
			}
		}
		t.Run(fmt.Sprintf("%s/%d", e.base, e.line), func(t *testing.T) {
			t.Parallel()
			if !e.judged {
				t.Fatalf("%s:%d: no rule is expected", table, e.line)
			}
			files := maps.Clone(bases[e.base])
			if err := e.apply(files); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
			var rules, all []string
			for _, f := range findings(t, files) {
				if known[e.base][essence(f)] {
					continue
				}
				rules = append(rules, f.Rule)
				if strings.Contains(e.want[0], ":") {
					rules[len(rules)-1] += fmt.Sprintf(":%d:%d", f.Line, f.Column)
				}
				all = append(all, fmt.Sprintf("%s:%d:%d: %s: %s [%s]", f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule))
			}
			slices.Sort(rules)
			if rules = slices.Compact(rules); !slices.Equal(rules, e.want) {
				t.Errorf("%s:%d: got %q, want %q\n%s\n%s", table, e.line, rules, e.want, e.before+e.after, strings.Join(all, "\n"))
			}
		})
	}
}

// essence is what a finding keeps when lines are added above it.
func essence(f diag.Finding) string { return f.Rule + " " + f.File + " " + f.Message }
