package provenance_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/workspace"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// built is a stack with everything that can be asked about it.
type built struct {
	deployment *model.Files
	written    *model.Node
	trace      *provenance.Trace
	lines      map[string][]model.Line
	findings   []diag.Finding
}

func load(t *testing.T) *provenance.Schema {
	t.Helper()
	schema, err := provenance.Load()
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// shippedStacks returns the text of the stacks of the repository, which are one file each.
func shippedStacks(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../stacks/*/stack.cue")
	if err != nil || len(files) < 3 {
		t.Fatalf("stacks %v, err %v", files, err)
	}
	var texts []string
	for _, file := range files {
		if strings.Contains(file, "everything") {
			continue // the others have room for what a field changes, and cost less
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// build follows a stack that is given as text. It returns nil if the stack is wrong.
func build(t *testing.T, schema *provenance.Schema, text string) *built {
	t.Helper()
	return follow(t, schema, compiled(t, text))
}

func follow(t *testing.T, schema *provenance.Schema, s stack) *built {
	t.Helper()
	if s.files == nil {
		return nil
	}
	trace, err := schema.Follow(s.files, s.written)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := emit.Lines(s.files)
	if err != nil {
		t.Fatal(err)
	}
	return &built{s.files, s.written, trace, lines, s.findings}
}

// mentions reports whether an answer names a field, one that it is part of, or a part of it.
func mentions(a provenance.Answer, field string) bool {
	if field == "target" {
		return true // it decides which files there are, which goes without saying
	}
	fields := slices.Concat(a.From, a.Because)
	for _, change := range a.Change {
		if change.Raw {
			fields = append(fields, change.Field)
		}
	}
	if a.Replaced != nil {
		fields = slices.Concat(fields, a.Replaced.From)
	}
	return slices.ContainsFunc(fields, func(f *provenance.Field) bool {
		path := strings.ReplaceAll(f.Path, "[", ".[")
		return path == field || strings.HasPrefix(path, field+".") || strings.HasPrefix(field, path+".")
	})
}

// keys returns what tells lines from others: the text, and the keys that lead to it. Indexes do not count, nor does a comma behind the value, which
// only says that another line follows.
func keys(lines []model.Line) []string {
	keys := make([]string, len(lines))
	for i, l := range lines {
		text := strings.TrimSuffix(l.Text, ",")
		for _, path := range l.Paths {
			if l.Role == model.Comment {
				path = path[:len(path)-1] // it stands above a key, which may have another name
			}
			text += "\x00"
			for _, part := range path {
				if strings.Trim(part, "0123456789") != "" {
					text += "/" + part
				}
			}
		}
		keys[i] = text
	}
	return keys
}

var everywhere = flag.Bool("everywhere", false, "change every field in every shipped stack, and not in one")

// changed are the alternatives that the proofs of fields try: all, or one for every fifth field of a stack at the top, which turns on what is off. What the
// schema derives is followed whole for each, so that the part meets every kind of CUE in it. Of these every second is adopted, too, and linted.
func changed() []alternative {
	all := proofs.Of(alternatives(), func(c alternative) string {
		first, _, _ := strings.Cut(c.field, ".")
		return first
	})
	if proofs.Whole || proofs.Named() {
		return all
	}
	var part []alternative
	for i := 0; i < len(all); i += 5 {
		part = append(part, all[i])
	}
	return part
}

// TestEveryField changes one field of a stack after the other, and looks at what a build then writes: each line that is another one now has to name the field,
// before the change and after it; adopt makes a stack of it that gives the same; and lint finds nothing wrong in the folder that it does not find in the stack.
// The lines that change are the judge, and not what is known of the schema.
func TestEveryField(t *testing.T) {
	schema := load(t)
	shipped := shippedStacks(t)
	known := map[string]*built{}
	for _, text := range shipped {
		known[text] = build(t, schema, text)
	}
	for n, c := range changed() {
		t.Run(c.field+" "+c.value, func(t *testing.T) {
			forget(t)
			total, taken := 0, false
			for i := range shipped {
				before := shipped[(n+i)%len(shipped)]
				old := known[before]
				if len(c.with) > 0 {
					for _, path := range slices.Sorted(maps.Keys(c.with)) { // a field stands after that in which it is
						before = set(t, before, path, c.with[path])
					}
					old = build(t, schema, before)
				}
				now := build(t, schema, set(t, before, c.field, c.value))
				if old == nil || now == nil {
					continue // it is no valid value there
				}
				if !taken && (n%2 == 0 || proofs.Whole || proofs.Named()) {
					taken = true
					if !notAdopted(c.field) {
						t.Run("adopted", func(t *testing.T) { adopted(t, now.deployment) })
					}
					t.Run("linted", func(t *testing.T) { linted(t, now) })
				}
				total += compare(t, c.field, old, now) + compare(t, c.field, now, old)
				if total > 0 && !*everywhere {
					break
				}
			}
			if total == 0 {
				t.Errorf("%s changes nothing", c.value)
			}
		})
	}
}

// linted checks the folder that a build writes as if strangers had written it. What is wrong there has to be a finding in the stack, too.
func linted(t *testing.T, b *built) {
	t.Helper()
	said := map[string]bool{}
	for _, f := range append(workspace.LintAll(rules.All(), []*model.Deployment{link.Deployment(b.deployment)}), b.findings...) {
		said[f.Rule] = true
	}
	found, _, err := read.Deployments(written(t, b.deployment))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range workspace.LintAll(rules.All(), link.Deployments(found...)) {
		if f.Severity == diag.Error && !said[f.Rule] {
			t.Errorf("nothing is said of the stack, and of its folder: %s:%d: %s [%s]", f.Position.File, f.Position.Line, f.Message, f.Rule)
		}
	}
}

// TestAlternativesAreComplete finds a field of the language that no alternative changes.
func TestAlternativesAreComplete(t *testing.T) {
	for _, field := range languageFields(t) {
		named := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(field), "NAME", "[^.]+") + "$")
		if !slices.ContainsFunc(alternatives(), func(c alternative) bool {
			name := field[strings.LastIndex(field, ".")+1:]
			return named.MatchString(c.field) || named.MatchString(c.field+"."+name) && strings.Contains(c.value, "{"+name+": ") // which comes with others
		}) {
			t.Errorf("nothing changes %s", field)
		}
	}
}

// compare asks for the lines that one stack has and the other has not, and returns how many there are. Of lines that cannot be told apart, as many
// have to mention the field as there are more of them.
func compare(t *testing.T, field string, a, b *built) int {
	total := 0
	for name, lines := range a.lines {
		more := map[string]int{}
		for _, key := range keys(lines) {
			more[key]++
		}
		for _, key := range keys(b.lines[name]) {
			more[key]--
		}
		wrong := map[string]string{}
		for i, key := range keys(lines) {
			if more[key] <= 0 {
				continue
			}
			total++
			if answer := a.trace.Explain(name, lines[i]); mentions(answer, field) {
				more[key]--
			} else {
				wrong[key] = fmt.Sprintf("%s:%d: %s", name, i+1, names(answer))
			}
		}
		for key, n := range more {
			if n > 0 {
				t.Errorf("%q does not mention %s: %s", key, field, wrong[key])
			}
		}
	}
	return total
}

func names(a provenance.Answer) string {
	var b strings.Builder
	for _, f := range slices.Concat(a.From, a.Because) {
		fmt.Fprintf(&b, "%s(%d) ", f.Path, f.State)
	}
	return b.String()
}
