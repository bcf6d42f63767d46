package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// redirectURIUnused: what is registered for MAS at the identity provider and never used.
func redirectURIUnused() lint.Rule {
	return lint.Rule{
		Name:      "redirect-uri-unused",
		Severity:  diag.Warning,
		Documents: "mas, pocket-id-client",
		Title:     "a registered URL is none that MAS uses",
		Why: "MAS has one callback for each provider and sends nobody to a logout page. An entry that matches none looks as if the client " +
			"were complete, and hides the one that is missing.",
		Sees: "nothing",
		Before: example.MAS(example.Provider) + `-- pocket-id-client.json --
{
  "id": "mas",
  "name": "Matrix",
  "callbackURLs": [
    "https://auth.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA",
    "https://auth.example.org/oauth2/callback"
  ],
  "isPublic": false
}
`,
		After: example.MAS(example.Provider) + `-- pocket-id-client.json --
{
  "id": "mas",
  "name": "Matrix",
  "callbackURLs": ["https://auth.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA"],
  "isPublic": false
}
`,
		Source: []string{
			"element-hq/matrix-authentication-service crates/router/src/endpoints.rs",
			"https://element-hq.github.io/matrix-authentication-service/setup/sso.html",
		},
		Check: checkRedirectURIUnused,
	}
}

func checkRedirectURIUnused(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS)
	var callbacks []string
	unsure := d.MAS == nil || !matrix.ItemsAreWhole(d.MAS)
	for _, provider := range matrix.MASItems(d, "upstream_oauth2", "providers") {
		callback, isULID, known := matrix.CallbackURL(d, provider)
		unsure = unsure || !known
		if known && isULID {
			callbacks = append(callbacks, callback)
		} else if known {
			callbacks = append(callbacks, strings.TrimSuffix(callback, matrix.AnyULID)+"*")
		}
	}
	for _, c := range matrix.IDPClients(d) {
		reportLogout(d, c, report)
		reportBackchannel(c.Provider, report)
		if unsure {
			continue
		}
		for _, item := range c.OnHost(d) {
			if item != c.Blamed(d) && !isUsed(item.Text, callbacks) && !strings.Contains(item.Text, "/_synapse/client/oidc/callback") {
				report(diag.Finding{
					Position: item.Position,
					Message:  "MAS never returns to this URL: none of its providers has it",
					Hint:     "delete it at the identity provider",
				})
			}
		}
	}
	withClient := matrix.WithClient(d)
	for _, provider := range matrix.EnabledProviders(d) {
		if matrix.IsPocketID(d, provider) && !withClient[provider] {
			reportBackchannel(provider, report)
		}
	}
}

// isUsed says that a callback is that of a provider. Of one whose id is no ULID, it may be any.
func isUsed(registered string, callbacks []string) bool {
	for _, callback := range callbacks {
		prefix, isAny := strings.CutSuffix(callback, "*")
		if !isAny && matrix.MatchesCallback(registered, callback) {
			return true
		}
		rest, found := strings.CutPrefix(registered, prefix)
		problem, known := matrix.UlidProblem(&model.Node{Kind: model.String, Text: rest})
		if isAny && (found && known && problem == "" || matrix.MatchesCallback(registered, prefix+matrix.AnyULID)) {
			return true
		}
	}
	return false
}

// reportLogout reports addresses to return to after a logout: MAS never asks the identity provider for one. Those on another host may be
// another application's, if the client has callbacks of one.
func reportLogout(d *model.Deployment, c matrix.IDPClient, report func(diag.Finding)) {
	base, known := matrix.PublicBase(d)
	list := c.Spec.Get("logoutCallbackURLs")
	if !known || list == nil {
		return
	}
	all, whole := c.Callbacks()
	onlyMAS := whole && len(all) > 0 && len(c.OnHost(d)) == len(all)
	for _, item := range list.Items {
		text, known := item.Literal()
		if known && (onlyMAS || strings.Contains(strings.ToLower(text)+"/", "://"+base.Host+"/")) {
			report(diag.Finding{
				Severity: diag.Info,
				Position: item.Position,
				Message:  "MAS sends nobody to the logout of the identity provider, so this address is never used",
				Hint:     "delete it at the identity provider",
			})
		}
	}
}

// reportBackchannel reports a reaction to messages that Pocket ID does not send.
func reportBackchannel(provider *model.Node, report func(diag.Finding)) {
	action := provider.Get("on_backchannel_logout")
	text, known := action.Literal()
	if !known || text == "do_nothing" {
		return
	}
	report(diag.Finding{
		Severity: diag.Info,
		Position: action.Position,
		Message:  fmt.Sprintf("%s never happens: Pocket ID tells nobody about logouts", text),
		Hint:     "write do_nothing, or delete the key",
	})
}
