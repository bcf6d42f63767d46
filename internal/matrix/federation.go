package matrix

import "github.com/matrixgen/matrixgen/internal/model"

// ServesFederation reports whether a listener of Synapse has the resource.
func ServesFederation(synapse *model.Configuration) bool {
	listeners, _ := SynapseListeners(synapse)
	for _, l := range listeners {
		if l.Serves["federation"] {
			return true
		}
	}
	return false
}

// FederationIsClosed reports whether no other server may talk to this one.
func FederationIsClosed(d *model.Deployment) bool {
	list := d.Synapse.At("federation_domain_whitelist")
	return list != nil && (list.Unknown || list.Kind == model.List && len(list.Items) == 0)
}
