package verify

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// qr returns the probes of the sign-in by a QR code: MAS grants to devices, and Synapse has the place where two devices meet.
func (s *site) qr() []Probe {
	pos, name, on := matrix.QRLogin(s.d.Synapse)
	if !on || !s.home.known() || !s.mas.known() || !s.delegated {
		return nil
	}
	device := s.mas.to("/oauth2/device")
	probes := []Probe{{Name: "device-grant", Group: QR, About: device, At: at(s.d.MAS, "oauth", "device_code_grant_enabled"), After: []string{key(masDiscovery, s.masDiscoveryURL())},
		ask: func(ctx context.Context, n *session) outcome { return s.askDevice(ctx, n, device) }}}
	if name == "msc4108_enabled" {
		meet := s.home.to("/_matrix/client/unstable/org.matrix.msc4108/rendezvous")
		probes = append(probes, Probe{Name: "rendezvous", Group: QR, About: meet, At: pos, After: []string{key(clientVersions, s.home.to("/_matrix/client/versions"))},
			ask: func(ctx context.Context, n *session) outcome { return s.askRendezvous(ctx, n, meet) }})
	}
	return probes
}

func (s *site) askDevice(ctx context.Context, n *session, address string) outcome {
	a, err := n.do(ctx, question{method: http.MethodPost, url: address, body: "client_id=matrixgen-verify", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
	nobody := "nobody signs in by a QR code: "
	switch {
	case err != nil:
		return wrong(problem{message: nobody + address + ": " + why(err), hint: "look at the log of MAS"})
	case a.errcode() == "invalid_client":
		return s.askGrant(ctx, n)
	}
	return wrong(problem{message: nobody + address + " answers " + a.said() + ", and not that the client is unknown", hint: "look whether MAS's listener has the resource oauth, and at its log", rule: "qr-login-incomplete"})
}

// askGrant looks whether MAS says that devices may have a grant.
func (s *site) askGrant(ctx context.Context, n *session) outcome {
	a, err := n.get(ctx, s.masDiscoveryURL())
	if err != nil || text(a.object(), "device_authorization_endpoint") != "" {
		return pass()
	}
	return wrong(problem{message: "nobody signs in by a QR code: MAS does not name its endpoint for devices", hint: "MAS runs with another configuration: restart it", rule: "qr-login-incomplete"})
}

func (s *site) askRendezvous(ctx context.Context, n *session, address string) outcome {
	a, err := n.do(ctx, question{method: http.MethodPost, url: address, header: map[string]string{"Content-Type": "text/plain"}})
	nobody := "nobody signs in by a QR code: "
	switch {
	case err != nil:
		return wrong(problem{message: nobody + address + ": " + why(err), hint: "look at the log of Synapse"})
	case a.status != http.StatusCreated:
		return wrong(problem{message: nobody + address + " answers " + a.said(), hint: "Synapse runs with another configuration, or the path is not routed to it", rule: "qr-login-incomplete"})
	}
	to, err := url.Parse(text(a.object(), "url"))
	switch {
	case err != nil || to.Host != s.home.Host:
		return wrong(problem{message: fmt.Sprintf("%sSynapse lets the devices meet at %s, which is not %s", nobody, quoted(text(a.object(), "url")), s.home.Host), hint: "it follows from public_baseurl", rule: "qr-login-incomplete"})
	case !strings.Contains(strings.ToLower(strings.Join(a.header.Values("Access-Control-Expose-Headers"), ",")), "etag"):
		return wrong(problem{message: nobody + "the header ETag of " + address + " is not exposed to scripts", hint: "Synapse sends Access-Control-Expose-Headers itself: let the proxy neither replace nor remove it", rule: "cors-header-wrong"})
	}
	return pass()
}

// calls returns the probes of calls over LiveKit.
func (s *site) calls() []Probe {
	if !s.home.known() || !matrix.HasCalls(s.d) {
		return nil
	}
	var probes []Probe
	if matrix.SynapseTransports(s.d.Synapse) != nil {
		address := s.home.to("/_matrix/client/unstable/org.matrix.msc4143/rtc/transports")
		probes = append(probes, Probe{Name: "rtc-transports", Group: Calls, About: address, At: at(s.d.Synapse, "matrix_rtc"), After: []string{key(clientVersions, s.home.to("/_matrix/client/versions"))},
			ask: func(ctx context.Context, n *session) outcome { return s.askTransports(ctx, n, address) }})
	}
	for _, p := range s.tokenServices() {
		probes = append(probes, Probe{Name: "call-tokens", Group: Calls, About: p.String(), At: p.at, After: reaches(p.String()), ask: func(ctx context.Context, n *session) outcome { return s.askTokens(ctx, n, p) }})
	}
	for _, p := range s.callServers() {
		address := p.to("/")
		probes = append(probes, Probe{Name: "call-server", Group: Calls, About: address, At: p.at, After: reaches(address), ask: func(ctx context.Context, n *session) outcome { return askLiveKit(ctx, n, address) }})
	}
	for _, p := range s.callPages() {
		address := p.to("/config.json")
		probes = append(probes, Probe{Name: "call-page", Group: Calls, About: address, At: p.at, After: reaches(address), ask: func(ctx context.Context, n *session) outcome { return s.askCallPage(ctx, n, address) }})
	}
	return probes
}

// tokenServices returns where clients ask for a place in a call, each once.
func (s *site) tokenServices() []place {
	var found []place
	for _, t := range append(matrix.SynapseTransports(s.d.Synapse), matrix.WellKnownTransports(s.d)...) {
		if text, known := literal(t.URL); known {
			found = addPlace(found, publicURL(text, t.At))
		}
	}
	return found
}

// callServers returns where LiveKit is for clients, each once.
func (s *site) callServers() []place {
	var found []place
	add := func(n *model.Node) {
		if text, known := literal(n); known {
			found = addPlace(found, publicURL("https://"+strings.TrimPrefix(strings.TrimPrefix(text, "wss://"), "https://"), n.Position))
		}
	}
	for _, service := range s.d.Of("lk-jwt") {
		add(service.Env("LIVEKIT_URL"))
	}
	for _, t := range matrix.SynapseTransports(s.d.Synapse) {
		add(t.SFU)
	}
	return found
}

func addPlace(to []place, p place) []place {
	if !p.known() {
		return to
	}
	for _, other := range to {
		if other.String() == p.String() {
			return to
		}
	}
	return append(to, p)
}

func (s *site) askTransports(ctx context.Context, n *session, address string) outcome {
	a, err := n.do(ctx, question{method: http.MethodGet, url: address})
	switch {
	case err != nil:
		return wrong(problem{message: "nobody can begin a call: " + address + ": " + why(err), hint: "look at the log of Synapse"})
	case a.status == http.StatusUnauthorized:
		return pass()
	}
	return wrong(problem{message: fmt.Sprintf("nobody can begin a call: %s answers %s, and does not ask for a token", address, a.said()), hint: "Synapse runs with another configuration: experimental_features needs msc4143_enabled, and a restart", rule: "rtc-transport-incomplete"})
}

// askTokens asks the token service for nothing, which it refuses; that it is it that does shows that the route leads there. Older clients ask by another
// path than newer ones.
func (s *site) askTokens(ctx context.Context, n *session, p place) outcome {
	paths := []string{"/sfu/get"} // what every version has
	if service := matrix.OnlyService(s.d, "lk-jwt"); service != nil && service.Image.Version().Known() {
		paths = matrix.TokenCalls(service)
	}
	var lost []string
	reason := ""
	for _, path := range paths {
		a, err := n.do(ctx, question{method: http.MethodPost, url: p.to(path), body: "{}", header: map[string]string{"Content-Type": "application/json"}})
		switch {
		case err != nil:
			return wrong(problem{message: "nobody can join a call: " + p.to(path) + ": " + why(err), hint: "look at the container of lk-jwt-service and its log"})
		case a.status != http.StatusBadRequest || !strings.HasPrefix(a.errcode(), "M_"):
			if lost = append(lost, path); reason == "" {
				reason = a.said()
			}
		case !a.isCORS():
			return wrong(problem{message: fmt.Sprintf("nobody can join a call in a browser: %s has Access-Control-Allow-Origin not exactly once with *", p.to(path)), hint: "lk-jwt-service sends the header itself: let the proxy neither add nor remove it", rule: "cors-header-wrong"})
		}
	}
	if len(lost) == 0 {
		return pass()
	}
	who := "nobody can join a call"
	if len(lost) < len(paths) {
		who = "some clients cannot join a call"
	}
	return wrong(problem{message: fmt.Sprintf("%s: below %s, %s is answered with %s, and not by lk-jwt-service", who, p, strings.Join(lost, ", "), reason),
		hint: "look whether lk-jwt-service is healthy, and whether the proxy sends these paths to it, without what stands before", rule: "lk-jwt-mismatch"})
}

func askLiveKit(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: "nobody can join a call: LiveKit at " + address + ": " + why(err), hint: "look at its container and its log"})
	case a.status == http.StatusOK && strings.TrimSpace(string(a.body)) == "OK":
		return pass()
	case a.status == http.StatusNotAcceptable:
		return wrong(problem{message: "calls may fail: LiveKit at " + address + " says that it is not ready", hint: "look at its log", severity: diag.Warning})
	}
	return wrong(problem{message: fmt.Sprintf("nobody can join a call: %s answers %s, and not as LiveKit does", address, a.said()), hint: "look whether LiveKit is healthy, and whether the proxy sends the path to it, without what stands before", rule: "lk-jwt-mismatch"})
}
