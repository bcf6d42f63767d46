// Package proofs says how much a test looks at that asks the same of very many things. It is no part of the program.
//
// `make test` looks at a part, the same one each time, in which each kind of thing is. `make proofs` sets the build tag proofs, and looks at all;
// the target names the rooms that have such tests.
package proofs

import (
	"flag"
	"strings"
)

// Of returns what a test looks at: everything, or the first of each kind. Everything, too, if somebody asks for a part of a test by its name, or has
// what is wanted written.
func Of[T any](all []T, kind func(T) string) []T {
	if Whole || Named() {
		return all
	}
	var part []T
	known := map[string]bool{}
	for _, one := range all {
		if k := kind(one); !known[k] {
			known[k] = true
			part = append(part, one)
		}
	}
	return part
}

// Named reports whether the test runs with -run TEST/PART, or with -update.
func Named() bool {
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		return true
	}
	run := flag.Lookup("test.run")
	return run != nil && strings.Contains(run.Value.String(), "/")
}
