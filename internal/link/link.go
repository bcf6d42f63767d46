// Package link makes deployments of the documents that were compiled or read. It is the only place that does: whoever has a [model.Deployment] has
// one whose services, routes and pictures are there. docs/architecture.md says in which order, and what holds afterwards.
package link

import (
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
	return linked
}

// Deployment links the documents of a deployment that stands alone.
func Deployment(files *model.Files) *model.Deployment { return Deployments(files)[0] }
