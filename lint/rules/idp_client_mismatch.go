package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// idpClientMismatch: what MAS says of itself to Pocket ID, and what Pocket ID knows of it.
func idpClientMismatch() lint.Rule {
	return lint.Rule{
		Name:      "idp-client-mismatch",
		Severity:  diag.Error,
		Documents: "mas, pocket-id-client",
		Title:     "MAS and its client at Pocket ID do not fit",
		Why: "A login comes back from the identity provider, and then MAS cannot exchange its code: the client has another id or secret, logs in " +
			"in another way, or asks for something that MAS does not do.",
		Sees: "invalid_client; an error page after the login; or You are not allowed to access this service",
		Quotes: map[string][]string{
			"Pocket ID 2.14.0": {"You are not allowed to access this service"},
		},
		Before: example.MAS(example.Provider) + clientExample(`"isPublic": true`),
		After:  example.MAS(example.Provider) + clientExample(`"isPublic": false`),
		Source: []string{
			"pocket-id/pocket-id backend/internal/dto/oidc_dto.go",
			"pocket-id/pocket-id backend/internal/controller/well_known_controller.go",
			"https://github.com/element-hq/matrix-authentication-service/issues/3716",
			"https://github.com/pocket-id/pocket-id/issues/1538",
		},
		Check: checkIDPClient,
	}
}

// clientExample returns a client of Pocket ID for exampleProvider, with one more key.
func clientExample(key string) string {
	return `-- pocket-id-client.json --
{
  "id": "mas",
  "name": "Matrix",
  "callbackURLs": ["https://auth.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA"],
  ` + key + `
}
`
}

func checkIDPClient(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS)
	reportForeignMethod(d, report)
	withClient := matrix.WithClient(d)
	for _, provider := range matrix.EnabledProviders(d) {
		if matrix.PocketIDOf(d, provider) != nil || withClient[provider] {
			reportClientMethod(provider, report)
		}
	}
	for _, c := range matrix.IDPClients(d) {
		reportIdentity(c, report)
		reportPublic(c, report)
		if push := c.Spec.Get("requiresPushedAuthorizationRequests"); push.True() {
			report(diag.Finding{
				Position: push.Position,
				Message:  "Pocket ID refuses every login: the client requires pushed requests, which MAS does not send",
				Hint:     "write false",
			})
		}
		if pkce := c.Provider.Get("pkce_method"); c.Spec.Get("pkceEnabled").True() && pkce.Is("never") {
			report(diag.Finding{
				Position: pkce.Position,
				Message:  "Pocket ID refuses every login: its client requires PKCE, and MAS is told never to use it",
				Hint:     "write auto, or delete the key",
				Related:  []diag.Related{{Position: c.Spec.Get("pkceEnabled").Position, Message: "the client requires it"}},
			})
		}
		if restricted := c.Spec.Get("isGroupRestricted"); restricted.True() && !hasGroups(c) {
			report(diag.Finding{
				Severity: groupSeverity(c),
				Position: restricted.Position,
				Message:  "nobody may log in: the client is restricted to groups, and none is named",
				Hint:     "write false, or allow groups in Pocket ID",
			})
		}
	}
}

// groupSeverity is a warning if the client says that it has no groups. Where it does not speak of them, as in the body of Pocket ID's API, the
// groups are allowed elsewhere.
func groupSeverity(c matrix.IDPClient) diag.Severity {
	for _, key := range []string{"allowedUserGroups", "userGroupIds", "userGroups"} {
		if c.Spec.Get(key) != nil {
			return diag.Warning
		}
	}
	return diag.Info
}

func hasGroups(c matrix.IDPClient) bool {
	return c.Doc.Excerpt || c.Doc.Template || slices.ContainsFunc([]string{"allowedUserGroups", "userGroupIds", "userGroups"}, func(key string) bool {
		groups := c.Spec.Get(key)
		return groups != nil && (groups.Unknown || len(groups.Items) > 0)
	})
}

// reportClientMethod reports a way to log in that Pocket ID does not have.
func reportClientMethod(provider *model.Node, report func(diag.Finding)) {
	method := provider.Get("token_endpoint_auth_method")
	text, known := method.Literal()
	if !known || !slices.Contains([]string{"client_secret_jwt", "private_key_jwt", "sign_in_with_apple"}, text) {
		return
	}
	report(diag.Finding{
		Position: method.Position,
		Message:  fmt.Sprintf("every login fails when MAS exchanges its code: Pocket ID does not know the method %s", text),
		Hint:     "write client_secret_basic",
	})
}

// reportIdentity reports another id or secret.
func reportIdentity(c matrix.IDPClient, report func(diag.Finding)) {
	for _, keys := range [][2]string{{"client_id", "id"}, {"client_secret", "secret"}, {"client_secret", "clientSecret"}} {
		own, other := c.Provider.Get(keys[0]), c.Spec.Get(keys[1])
		if !facts.Differ(own, other) || placeholder.In(own.Text) || placeholder.In(other.Text) {
			continue
		}
		f := diag.Finding{
			Position: own.Position,
			Message:  "Pocket ID does not know MAS: the secret here is not that of its client",
			Hint:     "take both from the same secret",
			Related:  []diag.Related{{Position: other.Position, Message: "the client"}},
		}
		if keys[1] == "id" {
			f.Message = fmt.Sprintf("Pocket ID does not know MAS: it calls itself %s, and its client has the id %s", own.Text, other.Text)
			f.Hint = "write " + other.Text
		}
		report(f)
	}
}

// reportPublic reports a client without a secret that is asked for one, or the other way round.
func reportPublic(c matrix.IDPClient, report func(diag.Finding)) {
	method, known := c.Provider.Get("token_endpoint_auth_method").Literal()
	public := c.Spec.Get("isPublic")
	if !known || public.IsSet() && !public.True() && !public.False() || !public.IsSet() && (c.Doc.Excerpt || c.Doc.Template) {
		return
	}
	f := diag.Finding{
		Position: c.Provider.Get("token_endpoint_auth_method").Position,
		Related:  []diag.Related{{Position: c.Position("isPublic"), Message: "the client"}},
	}
	switch {
	case public.True() && strings.HasPrefix(method, "client_secret_"):
		f.Message = fmt.Sprintf("every login fails: MAS proves itself by %s, and its client at Pocket ID is public, without a secret", method)
		f.Hint = "make the client confidential, or write none and no secret"
	case !public.True() && method == "none":
		f.Message = "every login fails: MAS shows no secret, and its client at Pocket ID has one"
		f.Hint = "write client_secret_basic with a secret, or make the client public"
	default:
		return
	}
	report(f)
}
