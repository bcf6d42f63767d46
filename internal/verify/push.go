package verify

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// pushPath is where a push gateway is asked. https://spec.matrix.org/latest/push-gateway-api/
const pushPath = "/_matrix/push/v1/notify"

// push returns the probe of each address at which Sygnal is asked to wake apps.
func (s *site) push() []Probe {
	var probes []Probe
	for _, p := range s.gateways() {
		address := p.to(pushPath)
		probes = append(probes, Probe{Name: "push-gateway", Group: Push, About: address, At: p.at, After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome { return askGateway(ctx, n, address) }})
	}
	return probes
}

// gateways returns the hosts of Sygnal, each once.
func (s *site) gateways() []place { return s.hostsOf(pushPath, "sygnal") }

// hooks returns the hosts at which Hookshot is written to, each once.
func (s *site) hooks() []place { return s.hostsOf("/webhook/", "matrix-hookshot") }

// askGateway asks to wake nobody, which Sygnal refuses in its own words.
// element-hq/sygnal sygnal/http.py
func askGateway(ctx context.Context, n *session, address string) outcome {
	const nobody = "no telephone is woken by your gateway: "
	a, err := n.do(ctx, question{method: http.MethodPost, url: address, body: "{}", header: map[string]string{"Content-Type": "application/json"}})
	switch {
	case err != nil:
		return wrong(problem{message: nobody + address + ": " + why(err), hint: "look at the container of Sygnal and its log"})
	case a.status == http.StatusBadRequest && strings.Contains(string(a.body), "notification"):
		return pass()
	}
	return wrong(problem{message: fmt.Sprintf("%s%s answers %s", nobody, address, a.said()), hint: "look whether Sygnal is healthy, and whether the proxy sends the path to it as it is, from everywhere"})
}
