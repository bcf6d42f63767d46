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

// redirectURIMismatch: Pocket ID returns a login only to where its client says, and compares letter by letter.
func redirectURIMismatch() lint.Rule {
	return lint.Rule{
		Name:      "redirect-uri-mismatch",
		Severity:  diag.Error,
		Documents: "mas, pocket-id-client, authelia, authentik, keycloak",
		Title:     "the callback URL of MAS is not registered",
		Why: "The identity provider refuses every login, because the address that MAS wants the user back at is none of its client: a slash " +
			"too many, another path, or the ULID of another provider.",
		Sees: "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls. Pocket ID before 2.13: invalid callback URL, it might be necessary for an admin to fix this",
		Quotes: map[string][]string{
			"Pocket ID 2.12.0": {"invalid callback URL, it might be necessary for an admin to fix this"},
			"Pocket ID 2.14.0": {"The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls."},
		},
		Before: example.MAS(example.Provider) + `-- pocket-id-client.json --
{
  "id": "mas",
  "name": "Matrix",
  "callbackURLs": ["https://auth.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA/"],
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
		Repairs: "writes the callback URL of MAS in the place of another one below its /upstream/callback/",
		Source: []string{
			"element-hq/matrix-authentication-service crates/router/src/endpoints.rs",
			"pocket-id/pocket-id backend/internal/utils/callback_url_util.go",
			"https://github.com/pocket-id/pocket-id/issues/1510",
			"https://github.com/pocket-id/pocket-id/issues/458",
		},
		Check: checkRedirectURI,
	}
}

func checkRedirectURI(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS)
	reportForeignRedirects(d, report)
	for _, c := range matrix.IDPClients(d) {
		callback, isULID, known := matrix.CallbackURL(d, c.Provider)
		if !known {
			continue
		}
		item, match := c.Match(callback, isULID)
		f := diag.Finding{Related: []diag.Related{{Position: c.Provider.Get("id").Position, Message: "the provider of MAS"}}}
		_, whole := c.Callbacks()
		switch {
		case match == matrix.MatchesByPattern:
			f.Severity = diag.Warning
			f.Position = item.Position
			f.Message = fmt.Sprintf("only the pattern %s lets logins back to MAS, and it lets them go elsewhere too", item.Text)
			f.Hint = "register " + callback
		case match == matrix.MatchesExactly || !whole:
			continue
		default:
			f.Position = c.Position("callbackURLs")
			f.Message = fmt.Sprintf("the identity provider refuses every login: MAS wants them back at %s, which its client does not have", callback)
			f.Hint = "register exactly that URL"
			if !isULID {
				f.Message = "the identity provider refuses every login: its client has no callback of MAS, which end in /upstream/callback/ and a ULID"
				f.Hint = "give the provider a ULID, and register " + strings.TrimSuffix(callback, matrix.AnyULID) + " with it"
			}
			if near := c.Nearest(d); near != nil {
				f.Position = near.Position
				f.Message = strings.Replace(f.Message, "which its client does not have", "and its client has this", 1)
				if isULID && strings.Contains(near.Text, "/upstream/callback/") {
					f.Fix = lint.Rewrite(near, callback)
				}
			}
		}
		report(f)
	}
}
