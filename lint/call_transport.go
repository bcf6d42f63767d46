package lint

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

const rtcFoci = "org.matrix.msc4143.rtc_foci"

// callTransport is an address at which clients ask for a place in a call.
type callTransport struct {
	// url is the address; nil if the entry has none.
	url *model.Node
	at  diag.Position
}

// synapseTransports returns the addresses that Synapse itself hands out for calls over LiveKit.
func synapseTransports(c *model.Configuration) []callTransport {
	return livekitTransports(c.At("matrix_rtc", "transports"))
}

// livekitTransports returns the addresses in a list of transports.
func livekitTransports(list *model.Node) []callTransport {
	var found []callTransport
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil
	}
	for _, item := range list.Items {
		if item.Kind == model.Map && (item.Get("type").Is("livekit") || item.Get("type") == nil) {
			found = append(found, callTransport{url: item.Get("livekit_service_url"), at: keyPosition(item, "livekit_service_url")})
		}
	}
	return found
}

// wellKnownTransports returns the addresses in the well-known documents of clients: that of Synapse, and those of files.
func wellKnownTransports(d *model.Deployment) []callTransport {
	found := livekitTransports(d.Synapse.At("extra_well_known_client_content", rtcFoci))
	for _, doc := range d.Documents {
		if doc.Root != nil && doc.Kind == model.KindWellKnownClient && isMounted(d, doc) {
			found = append(found, livekitTransports(doc.Root.Get(rtcFoci))...)
		}
	}
	return found
}

// tellsTransports reports whether anything that is visible tells clients where calls are, other than Synapse's own list.
func tellsTransports(d *model.Deployment) bool {
	if isSet(d.Synapse.At("extra_well_known_client_content", rtcFoci)) {
		return true
	}
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		switch {
		case doc.Root == nil:
			return false
		case doc.Kind == model.KindWellKnownClient:
			return isSet(doc.Root.Get(rtcFoci))
		}
		return doc.Root.Kind == model.String && strings.Contains(doc.Root.Text, rtcFoci)
	})
}

// hasCalls reports whether the deployment is to have calls by MatrixRTC. LiveKit alone may be for something else.
func hasCalls(d *model.Deployment) bool {
	active := func(s *model.Service) bool { return !s.Inactive }
	return slices.ContainsFunc(d.Of("lk-jwt"), active) || isSet(d.Synapse.At("matrix_rtc")) ||
		d.Synapse.At("experimental_features", "msc4143_enabled").True() || len(wellKnownTransports(d)) > 0
}
