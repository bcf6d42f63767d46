// Package proofs says how much a test looks at that asks the same of very many things. It is no part of the program.
//
// `make test` looks at a part, the same one each time, in which each kind of thing is. `make proofs` sets the build tag proofs, and looks at all;
// the target names the rooms that have such tests.
package proofs

// Of returns what a test looks at: everything, or the first of each kind.
func Of[T any](all []T, kind func(T) string) []T {
	if Whole {
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
