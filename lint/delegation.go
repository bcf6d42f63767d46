package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// delegation is how Synapse leaves logins to MAS.
type delegation int

const (
	delegationUnknown delegation = iota
	notDelegated
	// delegated is by matrix_authentication_service, since 1.136.
	delegated
	// delegatedByMSC3861 is by experimental_features.msc3861, until 1.156.
	delegatedByMSC3861
)

// delegationOf returns how Synapse leaves logins to MAS, by its file alone: an image that is too old or too new for it is not looked at.
func delegationOf(synapse *model.Configuration) delegation {
	if synapse == nil {
		return delegationUnknown
	}
	stable := synapse.At("matrix_authentication_service")
	legacy := synapse.At("experimental_features", "msc3861")
	on := stable.Get("enabled")
	switch {
	case on.True():
		return delegated
	case isSet(on) && !on.False() || stable != nil && stable.Unknown:
		return delegationUnknown
	case legacy.Get("enabled").True():
		return delegatedByMSC3861
	case isSet(legacy.Get("enabled")) && !legacy.Get("enabled").False() || legacy != nil && legacy.Unknown:
		return delegationUnknown
	case synapse.Partial:
		return delegationUnknown
	}
	return notDelegated
}

// delegationPosition returns where Synapse's file says that MAS has the logins, or where it should.
func delegationPosition(synapse *model.Configuration) diag.Position {
	return synapse.Nearest("matrix_authentication_service", "enabled")
}

// related reports whether two configurations belong together. Where services are known, both have to be read by one, and both or none of
// the services only start with a profile: what nothing mounts is a leftover, and may contradict what runs.
func related(d *model.Deployment, a, b *model.Configuration) bool {
	switch {
	case a == nil || b == nil:
		return false
	case len(d.Services) == 0, d.Guide: // a guide speaks of one deployment
		return true
	}
	return a.Service != nil && b.Service != nil && a.Service.Inactive == b.Service.Inactive
}

// guessing returns a report for what holds only if the services read the files that they seem to read: it says so, and makes no error of it.
func guessing(report func(diag.Finding), configurations ...*model.Configuration) func(diag.Finding) {
	for _, c := range configurations {
		if c != nil && c.Guessed {
			return unsure(report)
		}
	}
	return report
}

// guessingProxy is guessing for the files of the proxy.
func guessingProxy(d *model.Deployment, report func(diag.Finding)) func(diag.Finding) {
	if d.Proxy != nil && d.Proxy.Guessed {
		return unsure(report)
	}
	return report
}

func unsure(report func(diag.Finding)) func(diag.Finding) {
	return func(f diag.Finding) {
		if f.Severity == 0 || f.Severity == diag.Error {
			f.Severity = diag.Warning
		}
		f.Message += "; nothing shows for sure that the services read these files"
		report(f)
	}
}
