package compile

import (
	"os"
	"slices"
	"testing"

	"cuelang.org/go/cue"
)

// TestLiteralKeysAreAll: where the syntax tells the fields of a value, CUE has these and no others.
func TestLiteralKeysAreAll(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	root := os.DirFS("../..")
	names, err := Stacks(root)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, name := range names {
		src, findings, err := readSources(root, name)
		if err != nil || len(findings) > 0 {
			t.Fatal(findings, err)
		}
		written, err := c.evaluate(src)
		if err != nil {
			t.Fatal(err)
		}
		stack := c.stack.Unify(written.FillPath(cue.MakePath(cue.Def("folder")), name))
		for _, all := range []cue.Value{written, c.outputs.FillPath(cue.MakePath(cue.Def("stack")), stack).LookupPath(cue.ParsePath("rows"))} {
			all.Walk(func(value cue.Value) bool {
				keys, known := literalKeys(value.Source())
				if value.Kind() != cue.StructKind || !known {
					return true
				}
				told++
				var fields []string
				for it, _ := value.Fields(); it.Next(); {
					fields = append(fields, it.Selector().Unquoted())
				}
				if slices.Sort(keys); !slices.Equal(keys, slices.Sorted(slices.Values(fields))) {
					t.Errorf("%s of %s has %q, and %q are written", value.Path(), name, fields, keys)
				}
				return true
			}, nil)
		}
	}
	if told < 200 {
		t.Errorf("the syntax tells the fields of %d values: that proves little", told)
	}
}
