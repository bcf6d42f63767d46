package lint

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// synapseEndpointUnreachable: MAS makes users and devices in Synapse, from inside its container.
func synapseEndpointUnreachable() Rule {
	return Rule{
		Name:      "synapse-endpoint-unreachable",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, compose",
		Title:     "MAS cannot reach Synapse",
		Why:       "MAS makes users and devices in Synapse, and every login ends in an error page when it does not reach it.",
		Sees:      "There was a problem communicating with the homeserver, or relative URL without a base: \"synapse\"",
		Before:    endpointExample("http://mas:8080/", "http://synapse:80/"),
		After:     endpointExample("http://mas:8080/", "http://synapse:8008/"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/matrix-synapse/src/modern.rs",
			"https://github.com/element-hq/matrix-authentication-service/issues/3735",
			"https://github.com/element-hq/matrix-authentication-service/issues/4555",
			"https://github.com/element-hq/matrix-authentication-service/issues/4830",
		},
		Check: checkSynapseEndpoint,
	}
}

func checkSynapseEndpoint(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.MAS, d.Synapse)
	if !isSet(d.MAS.At("matrix")) {
		return
	}
	node := d.MAS.At("matrix", "endpoint")
	f := diag.Finding{Position: d.MAS.Nearest("matrix", "endpoint"), Hint: "write it as http://synapse:8008/, with the name of the service of Synapse"}
	text, known := node.Literal()
	switch {
	case isSet(node) && (!known || model.IsPlaceholder(text)):
		return
	case !isSet(node) && (d.MAS.Partial || !isOwnNetwork(d.MAS.Service)):
		return
	case !isSet(node):
		f.Message = "every login fails: without matrix.endpoint, MAS looks for Synapse in its own container, at localhost:8008"
		report(f)
		return
	}
	a, ok := parseAddress(text)
	switch {
	case !ok && !strings.Contains(text, ":"):
		f.Message = fmt.Sprintf("MAS does not start: matrix.endpoint %q is no URL", text)
		report(f)
		return
	case !ok:
		f.Message = fmt.Sprintf("every login fails: matrix.endpoint %q has neither http:// nor https://", text)
		report(f)
		return
	case !a.ended:
		f.Message = fmt.Sprintf("every login fails: without a slash at its end, MAS leaves out the last part of the path of %s", text)
		f.Hint = "write " + text + "/"
		report(f)
		return
	}
	e := endpoint{from: d.MAS, to: d.Synapse, name: "Synapse", product: "synapse", needs: []string{"client"}}
	e.listeners, e.whole = synapseListeners(d.Synapse)
	if problem, hint := e.problem(d, a); problem != "" {
		f.Message = fmt.Sprintf("every login fails: MAS looks for Synapse at %s, and %s", text, problem)
		f.Hint = hint
		report(f)
		return
	}
	checkProxiedSynapse(d, a, f, report)
}

// checkProxiedSynapse checks that the proxy, if MAS asks Synapse through it, has the paths by which MAS makes users and devices.
func checkProxiedSynapse(d *model.Deployment, a address, f diag.Finding, report func(diag.Finding)) {
	if d.Proxy == nil || a.scheme != "https" || !isPublicHost(a.host) || !isNamed(d, a.host) || delegationOf(d.Synapse) != delegated {
		return
	}
	path := strings.TrimSuffix("/"+a.path, "/") + "/_synapse/mas/query_user"
	what, r := fateOf(d, get(a.host, path))
	if what != fateNobody && (what != fateService || r.ReachesProduct("synapse")) {
		return
	}
	f.Message = fmt.Sprintf("every login fails: MAS asks Synapse through the proxy, which does not lead %s on %s there", path, a.host)
	if r != nil {
		f.Related = []diag.Related{{Position: rulePosition(r), Message: "this takes it"}}
	}
	guessingProxy(d, report)(f)
}
