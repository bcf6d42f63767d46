package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// shrinker leaves out of a stack what it compiles to the same without.
type shrinker struct {
	compile Compile
	want    *model.Files
	stack   *model.Node
	err     error
}

// Minimise leaves out of the stack what does not change what it compiles to. What is pinned stays: another default of the language must not move a
// server that was taken over.
func (r *Result) Minimise(compile Compile) error {
	s := &shrinker{compile: compile, want: r.Compiled, stack: r.Stack}
	var paths [][]string
	for _, leaf := range leaves(r.Stack) {
		if leaf[0] != "override" && leaf[0] != "extra" && !r.Old.pinned(leaf) {
			paths = append(paths, leaf)
		}
	}
	slices.SortStableFunc(paths, func(a, b []string) int { return len(a) - len(b) })
	s.shrink(bySection(paths))
	r.Stack = s.stack
	return s.err
}

// pinned reports whether a field stays although it says its default today.
func (o *Old) pinned(path []string) bool {
	dotted := strings.Join(path, ".")
	switch {
	case dotted == "serverName":
		return true
	case o.Generated:
		return false
	}
	return dotted == "name" || path[0] == "volumes" || path[0] == "images" && (path[2] == "tag" || path[2] == "digest") || path[0] == "identityProviders" && path[len(path)-1] == "id"
}

// bySection puts the paths of one section beside each other: they go together or stay together more often than others.
func bySection(paths [][]string) [][]string {
	var order []string
	for _, p := range paths {
		if !slices.Contains(order, p[0]) {
			order = append(order, p[0])
		}
	}
	slices.SortStableFunc(paths, func(a, b []string) int { return slices.Index(order, a[0]) - slices.Index(order, b[0]) })
	return paths
}

// shrink leaves out as many of the fields as it can: all at once, or else each half by itself.
func (s *shrinker) shrink(paths [][]string) {
	if len(paths) == 0 || s.err != nil {
		return
	}
	smaller := s.stack
	for _, p := range paths {
		smaller = without(smaller, p...)
	}
	files, _, err := s.compile(smaller)
	if err != nil {
		s.err = err
		return
	}
	if files != nil && sameDocuments(s.want, files) {
		s.stack = smaller
		return
	}
	if len(paths) > 1 {
		s.shrink(paths[len(paths)/2:])
		s.shrink(paths[:len(paths)/2])
	}
}

// sameDocuments reports whether two stacks compile to the same, but for the order of what has none.
func sameDocuments(a, b *model.Files) bool {
	return slices.EqualFunc(a.Documents, b.Documents, func(x, y *model.Document) bool { return x.Name == y.Name && same(x.Root, y.Root, false) }) &&
		slices.EqualFunc(a.Slots, b.Slots, func(x, y model.Slot) bool { return x.Name == y.Name && x.Format == y.Format })
}
