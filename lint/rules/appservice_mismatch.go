package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// appServiceMismatch: a bridge and what Synapse is told of it are two files, which have to say the same.
func appServiceMismatch() lint.Rule {
	return lint.Rule{
		Name:      "appservice-mismatch",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "bridges, appservices, synapse, compose",
		Title:     "a bridge disagrees with Synapse",
		Why: "The tokens by which a bridge and Synapse know each other stand in the bridge's file and in its registration. The bridge also has " +
			"to know the server name, and an address of Synapse.",
		Sees: "M_UNKNOWN_TOKEN, The as_token was not accepted or Incorrect access token in the log of the bridge, which stops",
		Quotes: map[string][]string{
			"mautrix-go 0.32.0": {"The as_token was not accepted"},
		},
		Before: bridgeFileExample("matrix.example.org"),
		After:  bridgeFileExample("example.org"),
		Source: []string{
			"https://docs.mau.fi/bridges/general/troubleshooting.html",
			"https://docs.mau.fi/bridges/go/setup.html",
			"https://github.com/mautrix/signal/issues/156",
			"mautrix/go appservice/http.go",
		},
		Check: checkBridge,
	}
}

func bridgeFileExample(domain string) string {
	return example.Synapse("") + `-- whatsapp/config.yaml --
homeserver:
  address: http://synapse:8008
  domain: ` + domain + `
appservice:
  address: http://whatsapp:29318
  hostname: 0.0.0.0
  port: 29318
  id: whatsapp
  as_token: __AS_TOKEN__
  hs_token: __HS_TOKEN__
bridge:
  permissions:
    example.org: user
`
}

func checkBridge(d *model.Deployment, report func(diag.Finding)) {
	for _, b := range matrix.Bridges(d) {
		checkBridgeDomain(d, b, report)
		checkBridgeAddress(d, b, report)
		if r := b.RegistrationOf(d); r != nil {
			checkBridgeTokens(b, r, report)
		}
	}
}

// checkBridgeDomain checks the server name, and that somebody of it may use the bridge.
func checkBridgeDomain(d *model.Deployment, b matrix.Bridge, report func(diag.Finding)) {
	domain, name := b.Root.At("homeserver", "domain"), d.Synapse.At("server_name")
	text, known := domain.Literal()
	server, knownToo := name.Literal()
	if !known || !knownToo || placeholder.In(text) || placeholder.In(server) {
		return
	}
	if text != server && !placeholder.MayBeSameHost(d, text, server) {
		lint.Guessing(report, d.Synapse)(diag.Finding{
			Position: domain.Position,
			Message:  fmt.Sprintf("the bridge does not start: it takes %s for the server name, and that is %s", text, server),
			Hint:     "write the server name, which is what stands behind the colon in user names, and not the host of Synapse",
			Related:  []diag.Related{{Position: name.Position, Message: "the server name"}},
		})
		return
	}
	permissions := b.Root.At("bridge", "permissions")
	var sample *model.Field
	for i, f := range permissions.Entries() {
		if f.Key == "*" || f.Key == server || strings.HasSuffix(f.Key, ":"+server) || placeholder.In(f.Key) {
			return
		}
		if f.Key == "example.com" || strings.HasSuffix(f.Key, ":example.com") {
			sample = &permissions.Fields[i]
		}
	}
	if sample != nil && !permissions.Unknown {
		report(diag.Finding{
			Position: sample.Position,
			Message:  "nobody of " + server + " may use the bridge: its permissions are those of the example",
			Hint:     fmt.Sprintf("write %s: user, and the full name of whoever is to be admin", server),
		})
	}
}

// checkBridgeAddress checks that the bridge reaches Synapse.
func checkBridgeAddress(d *model.Deployment, b matrix.Bridge, report func(diag.Finding)) {
	address := b.Root.At("homeserver", "address")
	text, known := address.Literal()
	a, ok := container.ParseAddress(text)
	if !known || !ok || placeholder.In(text) || b.Service == nil || d.Synapse == nil || container.HasForeignNetwork(d, b.Service) {
		return
	}
	e := matrix.Endpoint{From: &model.Configuration{Service: b.Service}, To: d.Synapse, Name: "Synapse", Product: "synapse", Needs: []string{"client"}}
	e.Listeners, e.Whole = matrix.SynapseListeners(d.Synapse)
	if problem, hint := e.Problem(d, a); problem != "" {
		report(diag.Finding{Position: address.Position, Message: fmt.Sprintf("the bridge does not reach Synapse at %s: %s", text, problem), Hint: hint})
	}
}

// checkBridgeTokens checks what the bridge's file and the registration have to have in common.
func checkBridgeTokens(b matrix.Bridge, r *matrix.Registration, report func(diag.Finding)) {
	own := b.Root.Get("appservice")
	for _, token := range [][2]string{
		{"as_token", "Synapse refuses the bridge: as_token has to be the same here and in its registration"},
		{"hs_token", "the bridge refuses what Synapse sends: hs_token has to be the same here and in its registration"},
	} {
		key, message := token[0], token[1]
		a, other := own.Get(key), r.Root.Get(key)
		if text, known := a.Literal(); a == nil || other == nil || known && (text == "" || text == "generate" || strings.Contains(text, " ")) {
			continue // the bridge is to fill it in
		}
		advice.CompareSecrets(&sensitive.Secret{At: a.Position, Inline: a, Value: a}, &sensitive.Secret{At: other.Position, Inline: other, Value: other}, diag.Finding{
			Position: a.Position,
			Message:  message,
			Hint:     "copy both tokens from the registration, and restart Synapse and the bridge",
			Related:  []diag.Related{{Position: other.Position, Message: "that of the registration"}},
		}, report)
	}
	id, other := own.Get("id"), r.Root.Get("id")
	if model.Compare(id, other) == model.No && !hasReference(id) && !hasReference(other) {
		report(diag.Finding{
			Position: id.Position,
			Message:  "the bridge does not start: Synapse knows it by the id " + other.Text,
			Hint:     "write the id of the registration",
			Related:  []diag.Related{{Position: other.Position, Message: "that of the registration"}},
		})
	}
}

func hasReference(n *model.Node) bool { return placeholder.In(n.Text) }
