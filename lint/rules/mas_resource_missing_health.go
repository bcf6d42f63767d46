package rules

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// probe is what asks MAS for /health.
type probe struct {
	at *model.Node
	// port is the one that is asked; "" if that is not known.
	port string
	// outside says that another container asks.
	outside bool
}

// healthProbes returns what asks MAS for /health: its own health check in the compose file, and Traefik's.
func healthProbes(s *model.Service) []probe {
	if s == nil {
		return nil
	}
	var probes []probe
	for _, label := range s.Labels {
		balancer, found := strings.CutSuffix(strings.ToLower(label.Name), ".healthcheck.path")
		if !found || !strings.HasSuffix(balancer, ".loadbalancer") || !label.Value.Is("/health") {
			continue
		}
		p := probe{at: label.Value, outside: true}
		for _, name := range []string{".healthcheck.port", ".server.port"} {
			if value := labelOf(s, balancer+name); value != nil {
				p.port, _ = value.Literal()
				break
			}
		}
		probes = append(probes, p)
	}
	test := s.Node.At("healthcheck", "test")
	if test == nil || container.HasOnlyItsProgram(s) { // what cannot be started asks nothing
		return probes
	}
	for _, item := range append([]*model.Node{test}, test.Items...) {
		if port, asks := asksHealth(item); asks {
			return append(probes, probe{at: item, port: port})
		}
	}
	return probes
}

// labelOf returns the value of a label, whose name is in lower case.
func labelOf(s *model.Service, name string) *model.Node {
	for _, label := range s.Labels {
		if strings.ToLower(label.Name) == name {
			return label.Value
		}
	}
	return nil
}

// asksHealth reports whether a command has a URL with the path /health, and which port that has.
func asksHealth(n *model.Node) (port string, asks bool) {
	text, known := n.Literal()
	if !known {
		return "", false
	}
	for _, word := range strings.Fields(text) {
		word = strings.Trim(word, `"'`)
		if !strings.HasSuffix(word, "/health") {
			continue
		}
		if u, err := url.Parse(word); err == nil && u.Hostname() != "" {
			if port = u.Port(); port == "" {
				port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
			}
		}
		return port, true
	}
	return "", false
}

// reportHealthPorts reports probes that ask a port of MAS at which health is not served to them. On what nothing listens is for another rule,
// if its own container asks.
func reportHealthPorts(d *model.Deployment, report func(diag.Finding)) {
	listeners, whole := matrix.MASListeners(d.MAS)
	if !whole {
		return
	}
	var serving []string
	for _, l := range listeners {
		if l.Serves["health"] {
			serving = append(serving, l.Port)
		}
	}
	for _, p := range healthProbes(d.MAS.Service) {
		i := slices.IndexFunc(listeners, func(l matrix.Listener) bool { return l.Port == p.port })
		f := diag.Finding{Severity: diag.Warning, Position: p.at.Position, Hint: "ask port " + strings.Join(serving, " or ")}
		switch {
		case p.port == "" || len(serving) == 0 || i < 0 && !p.outside:
			continue
		case i < 0:
			f.Message = fmt.Sprintf("MAS is asked for /health on port %s, where it does not listen", p.port)
		case !listeners[i].Serves["health"]:
			f.Message = fmt.Sprintf("MAS is asked for /health on port %s and answers 404: that port does not serve health", p.port)
			f.Related = []diag.Related{{Position: listeners[i].At, Message: "the listener that is asked"}}
		case listeners[i].Loopback && p.outside:
			f.Message = fmt.Sprintf("Traefik does not reach /health of MAS: port %s is for the container of MAS alone", p.port)
			f.Hint = "bind that listener to 0.0.0.0"
			f.Related = []diag.Related{{Position: listeners[i].At, Message: "the listener that is asked"}}
		default:
			continue
		}
		report(f)
	}
}
