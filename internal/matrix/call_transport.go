package matrix

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

const rtcFoci = "org.matrix.msc4143.rtc_foci"

// CallTransport is an address at which clients ask for a place in a call.
type CallTransport struct {
	// URL is the address; nil if the entry has none.
	URL *model.Node
	// SFU is the address of LiveKit itself, which Synapse hands out since 1.161; nil if the entry has none.
	SFU *model.Node
	At  diag.Position
}

// SynapseTransports returns the addresses that Synapse itself hands out for calls over LiveKit.
func SynapseTransports(c *model.Configuration) []CallTransport {
	return livekitTransports(c.At("matrix_rtc", "transports"))
}

// livekitTransports returns the addresses in a list of transports.
func livekitTransports(list *model.Node) []CallTransport {
	var found []CallTransport
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil
	}
	for _, item := range list.Items {
		if item.Kind == model.Map && (item.Get("type").Is("livekit") || item.Get("type") == nil) {
			found = append(found, CallTransport{URL: item.Get("livekit_service_url"), SFU: item.Get("url"), At: item.KeyPosition("livekit_service_url")})
		}
	}
	return found
}

// WellKnownTransports returns the addresses in the well-known documents of clients: that of Synapse, and those of files.
func WellKnownTransports(d *model.Deployment) []CallTransport {
	found := livekitTransports(d.Synapse.At("extra_well_known_client_content", rtcFoci))
	for _, doc := range d.Documents {
		if doc.Root != nil && doc.Kind == model.KindWellKnownClient && container.IsMounted(d, doc) {
			found = append(found, livekitTransports(doc.Root.Get(rtcFoci))...)
		}
	}
	return found
}

// TellsTransports reports whether anything that is visible tells clients where calls are, other than Synapse's own list.
func TellsTransports(d *model.Deployment) bool {
	if d.Synapse.At("extra_well_known_client_content", rtcFoci).IsSet() {
		return true
	}
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		switch {
		case doc.Root == nil:
			return false
		case doc.Kind == model.KindWellKnownClient:
			return doc.Root.Get(rtcFoci).IsSet()
		}
		return doc.Root.Kind == model.String && strings.Contains(doc.Root.Text, rtcFoci)
	})
}

// HasCalls reports whether the deployment is to have calls by MatrixRTC. LiveKit alone may be for something else.
func HasCalls(d *model.Deployment) bool {
	active := func(s *model.Service) bool { return !s.Inactive }
	return slices.ContainsFunc(d.Of("lk-jwt"), active) || d.Synapse.At("matrix_rtc").IsSet() ||
		d.Synapse.At("experimental_features", "msc4143_enabled").True() || len(WellKnownTransports(d)) > 0
}
