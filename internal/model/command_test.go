package model

import (
	"slices"
	"testing"
)

// TestOptionValues: the -c of a shell is not that of the program that it starts.
func TestOptionValues(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  []string
	}{
		{[]string{"run", "-c", "/a.yaml", "--config=/b.yaml", "--config", "/c.yaml"}, []string{"/a.yaml", "/b.yaml", "/c.yaml"}},
		{[]string{"/bin/sh", "-c", "exec", "mas-cli", "-c", "/a.yaml"}, []string{"/a.yaml"}},
		{[]string{"run", "-c"}, nil},
	} {
		if got := OptionValues(test.words, "-c", "--config"); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.words, got, test.want)
		}
	}
}
