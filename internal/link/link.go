// Package link makes deployments of the documents that were compiled or read. It is the only place that does: whoever has a [model.Deployment] has
// one whose services, routes and pictures are there. docs/architecture.md says in which order, and what holds afterwards.
package link

import (
	"io/fs"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/route"
)

// Deployments links the documents of deployments that lie side by side, in their order: one of them may have the proxy of all. The files stay as
// they are.
func Deployments(files ...*model.Files) []*model.Deployment {
	linked := make([]*model.Deployment, len(files))
	for i, f := range files {
		linked[i] = read.Relate(f)
	}
	join(linked)
	return linked
}

// Read reads the files of a tree, and links the deployments that [read.Deployments] finds there. To read them relates them, which is not done twice.
func Read(files fs.FS) ([]*model.Deployment, []diag.Finding, error) {
	found, findings, err := read.Find(files)
	if err != nil {
		return nil, nil, err
	}
	linked := make([]*model.Deployment, len(found))
	for i, f := range found {
		linked[i] = f.Relate()
	}
	join(linked)
	return linked, findings, nil
}

// join links what is related: first the networks that one has and others join, then the routes of a proxy that may be in another one.
func join(linked []*model.Deployment) {
	shared := joined{}
	for _, d := range linked {
		shared.add(d)
	}
	for _, d := range linked {
		shared.share(d)
	}
	route.Link(linked...)
	for _, d := range linked {
		graph.Fill(d)
	}
}

// Deployment links the documents of a deployment that stands alone.
func Deployment(files *model.Files) *model.Deployment { return Deployments(files)[0] }
