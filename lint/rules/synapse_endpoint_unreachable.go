package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseEndpointUnreachable: MAS makes users and devices in Synapse, from inside its container.
func synapseEndpointUnreachable() lint.Rule {
	return lint.Rule{
		Name:      "synapse-endpoint-unreachable",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, compose",
		Title:     "MAS cannot reach Synapse",
		Why:       "MAS makes users and devices in Synapse, and every login ends in an error page when it does not reach it.",
		Sees:      "Homeserver connection error, in the log Failed to check localpart availability from Synapse; or relative URL without a base: \"synapse\"",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Homeserver connection error", "Failed to check localpart availability from Synapse", "relative URL without a base"},
		},
		Before: example.Endpoint("http://mas:8080/", "http://synapse:80/"),
		After:  example.Endpoint("http://mas:8080/", "http://synapse:8008/"),
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
	report = lint.Guessing(report, d.MAS, d.Synapse)
	if !d.MAS.At("matrix").IsSet() {
		return
	}
	node := d.MAS.At("matrix", "endpoint")
	f := diag.Finding{Position: d.MAS.Nearest("matrix", "endpoint"), Hint: "write it as http://synapse:8008/, with the name of the service of Synapse"}
	text, known := node.Literal()
	switch lacks := d.MAS.Lacks("matrix", "endpoint"); {
	case lacks == model.No && (!known || placeholder.In(text)):
		return
	case lacks == model.CannotTell || lacks == model.Yes && !container.IsOwnNetwork(d.MAS.Service):
		return
	case lacks == model.Yes:
		f.Message = "every login fails: without matrix.endpoint, MAS looks for Synapse in its own container, at localhost:8008"
		report(f)
		return
	}
	a, ok := container.ParseAddress(text)
	switch {
	case !ok && !strings.Contains(text, ":"):
		f.Message = fmt.Sprintf("MAS does not start: matrix.endpoint %q is no URL", text)
		report(f)
		return
	case !ok:
		f.Message = fmt.Sprintf("every login fails: matrix.endpoint %q has neither http:// nor https://", text)
		report(f)
		return
	case !a.Ended:
		f.Message = fmt.Sprintf("every login fails: without a slash at its end, MAS leaves out the last part of the path of %s", text)
		f.Hint = "write " + text + "/"
		report(f)
		return
	}
	e := matrix.Endpoint{From: d.MAS, To: d.Synapse, Name: "Synapse", Product: "synapse", Needs: []string{"client"}}
	e.Listeners, e.Whole = matrix.SynapseListeners(d.Synapse)
	if problem, hint := e.Problem(d, a); problem != "" {
		f.Message = fmt.Sprintf("every login fails: MAS looks for Synapse at %s, and %s", text, problem)
		f.Hint = hint
		report(f)
		return
	}
	checkProxiedSynapse(d, a, f, report)
}

// checkProxiedSynapse checks that the proxy, if MAS asks Synapse through it, has the paths by which MAS makes users and devices.
func checkProxiedSynapse(d *model.Deployment, a container.Address, f diag.Finding, report func(diag.Finding)) {
	if d.Proxy == nil || a.Scheme != "https" || !matrix.IsPublicHost(a.Host) || !matrix.IsNamed(d, a.Host) || matrix.DelegationOf(d.Synapse) != matrix.Delegated {
		return
	}
	path := strings.TrimSuffix("/"+a.Path, "/") + "/_synapse/mas/query_user"
	what, r := matrix.FateOf(d, matrix.Get(a.Host, path))
	if what != matrix.FateNobody && what != matrix.FateFiles && (what != matrix.FateService || r.ReachesProduct("synapse")) {
		return
	}
	f.Message = fmt.Sprintf("every login fails: MAS asks Synapse through the proxy, which does not lead %s on %s there", path, a.Host)
	if r != nil {
		f.Related = []diag.Related{{Position: matrix.RulePosition(r), Message: "this takes it"}}
	}
	lint.GuessingProxy(d, report)(f)
}
