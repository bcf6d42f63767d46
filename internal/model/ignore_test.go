package model_test

import (
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
)

func TestMatchPath(t *testing.T) {
	for pattern, names := range map[string]string{ // those with ! do not match
		"**":              "a a/b",
		"dev/**":          "dev/a dev/a/b !dev !a/dev/b",
		"**/mas.yaml":     "mas.yaml a/mas.yaml a/b/mas.yaml !a/mas.yaml/b",
		"a/**/b":          "a/b a/x/b a/x/y/b !a !b",
		"*.yaml":          "a.yaml !a/b.yaml !a.yml",
		"stacks/*/s?.cue": "stacks/a/s1.cue !stacks/a/b/s1.cue !stacks/a/s.cue",
		"[":               "![",
	} {
		for name := range strings.FieldsSeq(names) {
			name, not := strings.CutPrefix(name, "!")
			if got := model.MatchPath(strings.Split(pattern, "/"), strings.Split(name, "/")); got == not {
				t.Errorf("%s and %s: %v", pattern, name, got)
			}
		}
	}
}
