package rules

import (
	"crypto/sha256"
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masProviderID: MAS parses the id of a provider as a ULID, and builds the callback URL of what it parsed.
func masProviderID() lint.Rule {
	return lint.Rule{
		Name:      "mas-provider-id-not-ulid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "the id of an identity provider is no ULID",
		Why: "MAS does not start with an id that is no ULID. One in lower case, or with a first character above 7, is rewritten, and the " +
			"callback URL differs from what the file says.",
		Sees: "invalid length for key \"default.providers.0.id.upstream_oauth2\", or invalid character",
		Quotes: map[string][]string{
			"MAS 1.22.0": {`invalid length for key "default.providers.0.id.upstream_oauth2"`},
		},
		Before: example.MAS(`upstream_oauth2:
  providers:
    - id: keycloak
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
`),
		After: example.MAS(`upstream_oauth2:
  providers:
    - id: 01HFVBY12TMNTYTBV8W921M5FA
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
`),
		Repairs: "writes a ULID as MAS reads it",
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/upstream_oauth2.rs",
			"https://github.com/spantaleev/matrix-docker-ansible-deploy/issues/4744",
			"https://github.com/element-hq/matrix-authentication-service/issues/2126",
		},
		Check: checkMASProviderID,
	}
}

// ulidFor returns a ULID for a provider: the same for the same files, so that two runs say the same, and another one for each server, since people copy what
// a hint shows.
func ulidFor(d *model.Deployment, provider *model.Node) string {
	const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	sum := sha256.New()
	for _, n := range []*model.Node{d.MAS.At("matrix", "homeserver"), d.MAS.At("http", "public_base"), provider.Get("issuer"), provider.Get("client_id"), provider.Get("id")} {
		text, _ := n.Literal()
		fmt.Fprintf(sum, "%q", text)
	}
	ulid := []byte("01") // a time of this century
	for _, b := range sum.Sum(nil)[:24] {
		ulid = append(ulid, crockford[b%32])
	}
	return string(ulid)
}

func checkMASProviderID(d *model.Deployment, report func(diag.Finding)) {
	for _, provider := range matrix.MASItems(d, "upstream_oauth2", "providers") {
		id := provider.Get("id")
		problem, known := matrix.UlidProblem(id)
		switch {
		case !known:
		case problem != "":
			report(diag.Finding{
				Position: id.Position,
				Message:  fmt.Sprintf("MAS does not start: the id of this provider is no ULID, it %s", problem),
				Hint:     fmt.Sprintf("write a ULID, such as %s, keep it, and register the callback URL with it", ulidFor(d, provider)),
			})
		case id.Text != matrix.CanonicalULID(id.Text):
			report(diag.Finding{
				Severity: diag.Warning,
				Position: id.Position,
				Message:  fmt.Sprintf("MAS reads this id as %s, so the callback URL ends in that and not in what stands here", matrix.CanonicalULID(id.Text)),
				Hint:     "write " + matrix.CanonicalULID(id.Text),
				Fix:      lint.Rewrite(id, matrix.CanonicalULID(id.Text)),
			})
		}
	}
}
