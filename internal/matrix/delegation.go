package matrix

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Delegation is how Synapse leaves logins to MAS.
type Delegation int

const (
	DelegationUnknown Delegation = iota
	NotDelegated
	// delegated is by matrix_authentication_service, since 1.136.
	Delegated
	// delegatedByMSC3861 is by experimental_features.msc3861, until 1.156.
	DelegatedByMSC3861
)

// DelegationOf returns how Synapse leaves logins to MAS, by its file alone: an image that is too old or too new for it is not looked at.
func DelegationOf(synapse *model.Configuration) Delegation {
	if synapse == nil {
		return DelegationUnknown
	}
	stable := synapse.At("matrix_authentication_service")
	legacy := synapse.At("experimental_features", "msc3861")
	on, old := stable.Get("enabled").Bool(false), legacy.Get("enabled").Bool(false)
	switch {
	case on == model.Yes:
		return Delegated
	case on == model.CannotTell || stable != nil && stable.Unknown:
		return DelegationUnknown
	case old == model.Yes:
		return DelegatedByMSC3861
	case old == model.CannotTell || legacy != nil && legacy.Unknown:
		return DelegationUnknown
	case synapse.Partial:
		return DelegationUnknown
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
