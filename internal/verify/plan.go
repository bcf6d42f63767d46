package verify

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Plan returns the probes that a deployment calls for; a probe stands behind those that it waits for.
func Plan(d *model.Deployment) []Probe {
	s := of(d)
	probes := s.hosts()
	for _, group := range [][]Probe{s.discovery(), s.signIn(), s.older(), s.trust(), s.closed(), s.federation(), s.qr(), s.calls(), s.turn(), s.push(), s.versions()} {
		probes = append(probes, group...)
	}
	return append(probes, s.gaps()...)
}

// gaps returns what cannot be asked, since the files do not say whom: that is no pass.
func (s *site) gaps() []Probe {
	var probes []Probe
	gap := func(name string, group Group, about string, at diag.Position, reason string) {
		probes = append(probes, Probe{Name: name, Group: group, About: about, At: at, ask: func(context.Context, *session) outcome { return unasked("%s", reason) }})
	}
	if s.d.Synapse != nil && !s.home.known() {
		gap(clientVersions, Discovery, "Synapse", at(s.d.Synapse, "public_baseurl"), "the files do not say where clients reach Synapse, by an address with https://")
	}
	if s.d.MAS != nil && s.runsMAS() && !s.mas.known() {
		gap(masDiscovery, Discovery, "MAS", at(s.d.MAS, "http", "public_base"), "the files do not say where people reach MAS")
	}
	if s.mas.known() {
		for i, node := range matrix.EnabledProviders(s.d) {
			if !slices.ContainsFunc(s.providers, func(p provider) bool { return p.node == node }) {
				gap(authorization, SignIn, fmt.Sprintf("provider %d", i+1), node.Position, "the id of this provider is not known, or no ULID")
			}
		}
	}
	return probes
}

// IsServer reports whether a deployment is one of Matrix, whose public addresses can be asked.
func IsServer(d *model.Deployment) bool {
	s := of(d)
	return s.home.known() || s.mas.known()
}

// hosts returns the probes of all hosts of the public, each once.
func (s *site) hosts() []Probe {
	var probes []Probe
	origins, named := map[string]bool{}, map[string]bool{}
	name := func(p place) {
		if host := strings.ToLower(p.Hostname()); !named[host] {
			named[host] = true
			probes = append(probes, resolves(p))
		}
	}
	add := func(p place, own bool) {
		if !p.known() || origins[strings.ToLower(p.Host)] {
			return
		}
		origins[strings.ToLower(p.Host)] = true
		name(p)
		probes = append(probes, names(p, own)...)
	}
	add(s.home, true)
	add(s.mas, true)
	for _, e := range s.elements {
		add(e.place, true)
	}
	if s.apex != "" && (s.home.known() || s.federates()) {
		add(place{&url.URL{Scheme: "https", Host: s.apex}, s.nameAt}, s.isOwn(s.apex))
	}
	add(s.delegate(), true)
	for _, p := range s.providers {
		if p.discovers() {
			at := publicURL(p.issuer, p.issuerAt)
			add(at, s.isOwn(at.Hostname()))
		}
		if text, known := literal(p.node.Get("authorization_endpoint")); known { // of one that has no discovery document
			if at := publicURL(text, p.node.KeyPosition("authorization_endpoint")); at.known() {
				at.Path = ""
				add(at, s.isOwn(at.Hostname()))
			}
		}
	}
	for _, p := range slices.Concat(s.tokenServices(), s.callServers(), s.gateways(), s.pages(), s.callPages(), s.hooks()) {
		add(p, s.isOwn(p.Hostname()))
	}
	if s.d.Synapse != nil {
		for _, r := range s.relays() {
			host, _, _ := net.SplitHostPort(r.address)
			name(place{&url.URL{Scheme: "https", Host: host}, r.node.Position})
		}
	}
	return probes
}

// isOwn reports whether the proxy of the deployment answers for a host: how another one is served is not for us to say.
func (s *site) isOwn(host string) bool { return s.d.Proxy != nil && matrix.IsNamed(s.d, host) }
