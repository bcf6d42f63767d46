package link

import (
	"iter"

	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/route"
)

// Tree links the deployments of Matrix in a tree, and what lies beside them. It returns each as soon as nothing that is still to be read decides about
// it: in an order of their own, so that no more of them are held than others need.
func Tree(tree *read.Tree) iter.Seq[*model.Deployment] {
	return func(yield func(*model.Deployment) bool) {
		t := &treeLinker{tree: tree, routes: route.NewLinker(tree.MayRun), joined: joined{}}
		for f := range tree.Deployments() {
			if d := t.early(f); d != nil && !yield(d) {
				return
			}
		}
		t.routes.SawAll()
		for _, w := range t.waiting {
			if w.d != nil {
				t.joined.share(w.d) // others may be behind its proxy
			}
		}
		for i, w := range t.waiting {
			t.waiting[i] = waiting{}
			if d := t.late(w); d != nil && !yield(d) {
				return
			}
		}
	}
}

// treeLinker links the deployments of a tree one after another.
type treeLinker struct {
	tree    *read.Tree
	routes  *route.Linker
	joined  joined
	waiting []waiting
}

// waiting is a deployment that others decide about.
type waiting struct {
	found *read.Found
	d     *model.Deployment // nil where it was let go
}

// early links a deployment when it is read, or returns nil if it has to wait, or is not to be returned at all.
func (t *treeLinker) early(f *read.Found) *model.Deployment {
	d := f.Relate()
	t.joined.add(d)
	names, whole := t.tree.MayJoin()
	if f.Place != read.Aside && t.tree.HasMatrix() && whole && !mayShare(d, names) {
		if t.routes.Link(d) {
			graph.Fill(d)
			return d
		}
	} else {
		t.routes.Meet(d)
	}
	switch {
	case f.IsHeld() || t.routes.Needs(d):
		t.waiting = append(t.waiting, waiting{f, d})
	case f.Place != read.Aside:
		f.LetGo()
		t.waiting = append(t.waiting, waiting{found: f})
	}
	return nil
}

// late links a deployment that waited, and returns nil if it is not to be returned.
func (t *treeLinker) late(w waiting) *model.Deployment {
	if !t.tree.HasMatrix() || w.found.Place == read.Aside && !t.routes.Needs(w.d) {
		return nil
	}
	if w.d == nil {
		w.d = w.found.Relate()
		t.joined.share(w.d)
	}
	t.routes.Link(w.d)
	graph.Fill(w.d)
	if w.found.Place == read.Aside {
		return nil
	}
	return w.d
}
