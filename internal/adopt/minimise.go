package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Sense knows what a stack says, with what the language makes of what it leaves out.
type Sense interface {
	// Keeps reports whether a smaller stack says the same. The same documents follow from it then.
	Keeps(smaller *model.Node) bool
	// Unsaid reports whether nothing stands in the place of a field that a smaller stack leaves out, and the documents make something of that.
	Unsaid(smaller *model.Node, path []string) bool
}

// shrinker leaves fields out of a stack, as long as that keeps what is to be kept.
type shrinker struct {
	keeps func(smaller *model.Node) bool
	stack *model.Node
}

// Minimise leaves out of the stack what it need not say. What is pinned stays: another default of the language must not move a server that was taken
// over. To compare what two stacks say costs a part of compiling them, so that only what shows in the documents alone is judged by these.
func (r *Result) Minimise(sense Sense, compile Compile) error {
	s := &shrinker{sense.Keeps, r.Stack}
	s.shrink(r.loose(s.stack))
	var err error
	s.keeps = func(smaller *model.Node) bool {
		if err != nil {
			return false
		}
		var files *model.Files
		files, _, err = compile(smaller)
		return files != nil && sameDocuments(r.Compiled, files)
	}
	s.shrink(slices.DeleteFunc(r.loose(s.stack), func(path []string) bool { return !sense.Unsaid(without(s.stack, path...), path) }))
	r.Stack = s.stack
	return err
}

// loose returns the paths of the fields that may be left out, those of a section beside each other: they go together or stay together more often than
// others.
func (r *Result) loose(stack *model.Node) [][]string {
	var paths [][]string
	for _, leaf := range leaves(stack) {
		if leaf[0] != "override" && leaf[0] != "extra" && !r.Old.pinned(leaf) {
			paths = append(paths, leaf)
		}
	}
	slices.SortStableFunc(paths, func(a, b []string) int { return len(a) - len(b) })
	return bySection(paths)
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
	if len(paths) == 0 {
		return
	}
	smaller := s.stack
	for _, p := range paths {
		smaller = without(smaller, p...)
	}
	if s.keeps(smaller) {
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
