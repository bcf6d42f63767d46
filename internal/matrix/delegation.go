package matrix

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// delegation is how Synapse leaves logins to MAS.
type delegation int

const (
	delegationUnknown delegation = iota
	NotDelegated
	// delegated is by matrix_authentication_service, since 1.136.
	Delegated
	// delegatedByMSC3861 is by experimental_features.msc3861, until 1.156.
	DelegatedByMSC3861
)

// DelegationOf returns how Synapse leaves logins to MAS, by its file alone: an image that is too old or too new for it is not looked at.
func DelegationOf(synapse *model.Configuration) delegation {
	if synapse == nil {
		return delegationUnknown
	}
	stable := synapse.At("matrix_authentication_service")
	legacy := synapse.At("experimental_features", "msc3861")
	on := stable.Get("enabled")
	switch {
	case on.True():
		return Delegated
	case on.IsSet() && !on.False() || stable != nil && stable.Unknown:
		return delegationUnknown
	case legacy.Get("enabled").True():
		return DelegatedByMSC3861
	case legacy.Get("enabled").IsSet() && !legacy.Get("enabled").False() || legacy != nil && legacy.Unknown:
		return delegationUnknown
	case synapse.Partial:
		return delegationUnknown
	}
	return NotDelegated
}

// DelegationPosition returns where Synapse's file says that MAS has the logins, or where it should.
func DelegationPosition(synapse *model.Configuration) diag.Position {
	return synapse.Nearest("matrix_authentication_service", "enabled")
}

// Related reports whether two configurations belong together. Where services are known, both have to be read by one, and both or none of
// the services only start with a profile: what nothing mounts is a leftover, and may contradict what runs.
func Related(d *model.Deployment, a, b *model.Configuration) bool {
	switch {
	case a == nil || b == nil:
		return false
	case len(d.Services) == 0, d.Guide: // a guide speaks of one deployment
		return true
	}
	return a.Service != nil && b.Service != nil && a.Service.Inactive == b.Service.Inactive
}
