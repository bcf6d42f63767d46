package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// matrixPathNotRouted: MAS and Synapse own many paths, and a rule that lists a few of them forgets the others.
func matrixPathNotRouted() lint.Rule {
	return lint.Rule{
		Name:      "matrix-path-not-routed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "traefik, mas, synapse",
		Title:     "a path of MAS or Synapse is routed elsewhere",
		Why: "MAS needs all of its paths on the host of public_base, and Synapse those below /_matrix on its own. What a rule leaves out ends " +
			"in a 404 or in another service.",
		Sees: "404 page not found where a page of MAS should be, a blank account page, or M_UNRECOGNIZED",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"M_UNRECOGNIZED"},
			"Traefik 3.7.13":  {"404 page not found"},
		},
		Before: example.Routed("", example.AccountRouter("Host(`auth.example.org`) && (PathPrefix(`/login`) || PathPrefix(`/authorize`) || PathPrefix(`/oauth2`))")),
		After:  example.Routed("", example.AccountRouter("Host(`auth.example.org`)")),
		Source: []string{
			"element-hq/matrix-authentication-service docs/setup/reverse-proxy.md",
			"https://github.com/element-hq/matrix-authentication-service/issues/3735",
			"https://github.com/element-hq/matrix-authentication-service/issues/3614",
			"element-hq/synapse docs/reverse_proxy.md",
		},
		Check: checkMatrixPath,
	}
}

func checkMatrixPath(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil {
		return
	}
	report = lint.GuessingProxy(d, report)
	if d.MAS != nil && d.MAS.Service != nil {
		if host, path, known := matrix.HostAndPath(d.MAS.At("http", "public_base")); known {
			reportLostPaths(d, host, "mas", "MAS", below(path, masPaths(d.MAS)), report)
		}
	}
	if d.Synapse != nil && d.Synapse.Service != nil {
		for _, host := range matrix.HomeserverHosts(d) {
			reportLostPaths(d, host, "synapse", "Synapse", synapsePaths(d, host), report)
		}
	}
}

// below returns paths below that of a URL. The documents that are found by the host alone are left out, if it has a path.
func below(path string, paths []string) []string {
	prefix := strings.TrimSuffix(path, "/")
	if prefix == "" {
		return paths
	}
	var all []string
	for _, path := range paths {
		if !strings.HasPrefix(path, "/.well-known/") {
			all = append(all, prefix+path)
		}
	}
	return all
}

// masPaths returns a path for each page and call of the resources that MAS serves.
func masPaths(c *model.Configuration) []string {
	listeners, whole := matrix.MASListeners(c)
	if !whole {
		return nil
	}
	var all []string
	for _, resource := range []matrix.Calls{matrix.HumanCalls, matrix.OAuthCalls, matrix.DiscoveryCalls, matrix.GraphQLCalls, matrix.AssetCalls} {
		if slices.ContainsFunc(listeners, func(l matrix.Listener) bool { return l.Serves[string(resource)] }) {
			all = append(all, matrix.TextsOf(resource)...)
		}
	}
	return all
}

// synapsePaths returns a path for each kind of call that clients make to Synapse, and other servers if they are sent to this host.
func synapsePaths(d *model.Deployment, host string) []string {
	calls := []matrix.Calls{matrix.ClientCalls}
	if how := matrix.DelegationOf(d.Synapse); how == matrix.Delegated || how == matrix.DelegatedByMSC3861 {
		calls = append(calls, matrix.MetadataCalls)
		if _, _, on := matrix.QRLogin(d.Synapse); on {
			calls = append(calls, matrix.RendezvousCalls)
		}
	}
	if isFederationHost(d, host) {
		calls = append(calls, matrix.FederationCalls)
	}
	if sso := d.Synapse.At("oidc_providers"); sso != nil && len(sso.Items) > 0 {
		calls = append(calls, matrix.CallbackCalls)
	}
	return matrix.TextsOf(calls...)
}

// isFederationHost reports whether other servers are sent to port 443 of a host.
func isFederationHost(d *model.Deployment, host string) bool {
	if !matrix.ServesFederation(d.Synapse) || matrix.FederationIsClosed(d) {
		return false
	}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindWellKnownServer && doc.Root.Get("m.server").Is(host+":443") {
			return true
		}
	}
	return matrix.PythonTrue(d.Synapse.At("serve_server_wellknown")) == model.Yes && d.Synapse.At("server_name").Is(host)
}

// reportLostPaths reports the paths of a host that do not reach the product, while others do.
func reportLostPaths(d *model.Deployment, host, product, name string, paths []string, report func(diag.Finding)) {
	var lost []string
	var taker, right *model.Route
	for _, path := range paths {
		switch what, r := matrix.FateOf(d, matrix.Get(host, path)); {
		case r != nil && r.ReachesProduct(product):
			if _, known := r.ArrivesAs(path); known { // whether it arrives as it should is for the rule on the public base
				right = r
			}
		case what == matrix.FateNobody, what == matrix.FateService, what == matrix.FateFiles && !strings.HasPrefix(path, "/.well-known/"):
			lost = append(lost, strings.TrimSuffix(path, "/x"))
			if taker == nil {
				taker = r
			}
		}
	}
	if right == nil || len(lost) == 0 {
		return
	}
	f := diag.Finding{
		Position: matrix.RulePosition(right),
		Message:  fmt.Sprintf("%s does not get all of its paths on %s: %s", name, host, shortList(lost)),
		Hint:     "give " + name + " the whole host, or add the paths",
	}
	if product == "mas" {
		f.Hint = "give MAS a host of its own, with no path in the rule"
	}
	if taker != nil {
		f.Related = []diag.Related{{Position: matrix.RulePosition(taker), Message: "this takes " + lost[0]}}
	}
	report(f)
}

// shortList returns the first few items of a list.
func shortList(items []string) string {
	if len(items) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:3], ", "), len(items)-3)
	}
	return strings.Join(items, ", ")
}
