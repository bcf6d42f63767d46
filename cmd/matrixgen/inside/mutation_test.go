package inside

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/cli"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

// TestMutationsByOverride takes the edits of generated files that lint reports, and makes the same of the stack by an override. Nothing that is wrong in
// files is to be had from a stack without a word: the override is refused, or lint says the same of what it gives. A part of the proof is one edit of each file.
func TestMutationsByOverride(t *testing.T) {
	table, err := os.ReadFile("../../../lint/rules/testdata/mutations.txt")
	if err != nil {
		t.Fatal(err)
	}
	overrides := map[string]string{"docker-compose.yml": "compose", "mas-config.yaml": "mas", "synapse-config.yaml": "synapse", "element-config.json": "element"}
	compilers := &compile.Pool{}
	for _, stack := range []string{"home", "bowline", "club"} {
		if said := lintOverride(t, compilers, stack, []byte(`{"synapse": {"max_avatar_size": "2M"}}`)); found().MatchString(said) {
			t.Fatalf("%s is wrong with an override that is right: %s", stack, said)
		}
	}
	var tried []override
	for _, paragraph := range strings.Split(string(table), "\n\n") {
		m := mutation().FindStringSubmatch(paragraph)
		if m == nil || overrides[m[2]] == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../../../out", m[1], m[2]))
		if err != nil {
			continue // a base that is no stack
		}
		before, after := lines(m[3], "-"), lines(m[4], "+")
		edited := strings.Replace(string(text), before, after, 1)
		change, changes := difference(parsed(t, string(text)), parsed(t, edited))
		if edited == string(text) || !changes {
			continue // what is taken away no override takes away
		}
		raw, err := json.Marshal(map[string]any{overrides[m[2]]: change})
		if err != nil {
			t.Fatal(err)
		}
		tried = append(tried, override{stack: m[1], file: m[2], raw: raw, instead: paragraph})
	}
	if len(tried) < 40 {
		t.Errorf("only %d edits can be made by an override", len(tried))
	}
	for i, o := range proofs.Of(tried, func(o override) string { return o.stack + "/" + o.file }) {
		t.Run(fmt.Sprintf("%s/%s/%d", o.stack, o.file, i+1), func(t *testing.T) {
			if said := lintOverride(t, compilers, o.stack, o.raw); !found().MatchString(said) {
				t.Errorf("the override %s is taken without a word; in %s it is: %s", o.raw, o.file, o.instead)
			}
		})
	}
}

// override is what a stack says instead of an edit of a file that it gives.
type override struct {
	stack, file string
	raw         []byte
	instead     string
}

// found matches a finding in a stack.
func found() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^stacks/[^ ]*:\d+:\d+: (error|warning|info): `)
}

// lintOverride checks a shipped stack with an override, and returns what was said.
func lintOverride(t *testing.T, compilers *compile.Pool, stack string, override []byte) string {
	t.Helper()
	root := t.TempDir()
	folder := filepath.Join(root, "stacks", stack)
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("../../../stacks", stack))); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("package %s\n\noverride: %s\n", stack, override)
	if err := os.WriteFile(filepath.Join(folder, "mutation.cue"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cli.RunWith(context.Background(), compilers, []string{"-C", root, "lint", "--color", "never"}, cli.Streams{Out: &out, Err: &out})
	return out.String()
}

func mutation() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^@ (home|bowline|club) (\S+)\n((?:- .*\n|-\n)+)((?:\+ .*\n|\+\n)+)= \S`)
}

// lines returns what stands behind the marks.
func lines(block, mark string) string {
	var all []string
	for line := range strings.Lines(strings.TrimSuffix(block, "\n")) {
		all = append(all, strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), mark), " "))
	}
	return strings.Join(all, "\n")
}

func parsed(t *testing.T, text string) any {
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return nil
	}
	return value
}

// difference returns what an override has to say so that one value becomes the other: what is new or has changed. Lists of as many items change item by item.
func difference(before, after any) (any, bool) {
	switch b := after.(type) {
	case map[string]any:
		a, ok := before.(map[string]any)
		if !ok {
			return after, true
		}
		changed := map[string]any{}
		for key, value := range b {
			if one, differs := difference(a[key], value); differs {
				changed[key] = one
			}
		}
		return changed, len(changed) > 0
	case []any:
		a, ok := before.([]any)
		if !ok || len(a) != len(b) {
			return after, true
		}
		items, any := make([]interface{}, len(b)), false
		for i := range b {
			one, differs := difference(a[i], b[i])
			if items[i] = b[i]; differs {
				items[i], any = one, true
			}
		}
		return items, any
	}
	return after, fmt.Sprint(before) != fmt.Sprint(after)
}
