package route

import (
	"cmp"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// AreTogether reports whether linked deployments that lie side by side are one server in several folders: one has the proxy of another, and none is
// behind a second one.
func AreTogether(deployments []*model.Deployment) bool {
	var front *model.Deployment
	for _, d := range deployments {
		switch {
		case d.Proxy == nil:
		case d.Proxy.Home == nil, front != nil && d.Proxy.Home != front:
			return false
		default:
			front = d.Proxy.Home
		}
	}
	return front != nil && slices.ContainsFunc(deployments, func(d *model.Deployment) bool { return d != front && d.Proxy != nil })
}

// Joined returns deployments that are together as if they were one. Networks stay theirs: a key may mean another one in each.
func Joined(parts []*model.Deployment) *model.Deployment {
	if len(parts) == 1 {
		return parts[0]
	}
	all := &model.Deployment{Files: model.Files{Name: "."}}
	for _, d := range parts {
		all.Documents = append(all.Documents, d.Documents...)
		all.Slots = append(all.Slots, d.Slots...)
		all.Services = append(all.Services, d.Services...)
		all.Routes = append(all.Routes, d.Routes...)
		all.Synapse, all.MAS, all.Element = cmp.Or(all.Synapse, d.Synapse), cmp.Or(all.MAS, d.MAS), cmp.Or(all.Element, d.Element)
		all.Proxy = cmp.Or(all.Proxy, d.Proxy)
	}
	return all
}
