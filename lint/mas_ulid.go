package lint

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ulidDigits are the digits of a ULID in order: I, L, O and U are left out.
const ulidDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// masProviderID: MAS parses the id of a provider as a ULID, and builds the callback URL of what it parsed.
func masProviderID() Rule {
	return Rule{
		Name:      "mas-provider-id-not-ulid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "the id of an identity provider is no ULID",
		Why: "MAS does not start with an id that is no ULID. One in lower case, or with a first character above 7, is rewritten, and the " +
			"callback URL differs from what the file says.",
		Sees: "invalid length for key \"default.providers.0.id.upstream_oauth2\", or invalid character",
		Before: masExample(`upstream_oauth2:
  providers:
    - id: keycloak
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
`),
		After: masExample(`upstream_oauth2:
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

func checkMASProviderID(d *model.Deployment, report func(diag.Finding)) {
	for _, provider := range masItems(d, "upstream_oauth2", "providers") {
		id := provider.Get("id")
		problem, known := ulidProblem(id)
		switch {
		case !known:
		case problem != "":
			report(diag.Finding{
				Position: id.Position,
				Message:  fmt.Sprintf("MAS does not start: the id of this provider is no ULID, it %s", problem),
				Hint:     "generate a ULID once, for example 01HFVBY12TMNTYTBV8W921M5FA, keep it, and register the callback URL with it",
			})
		case id.Text != canonicalULID(id.Text):
			report(diag.Finding{
				Severity: diag.Warning,
				Position: id.Position,
				Message:  fmt.Sprintf("MAS reads this id as %s, so the callback URL ends in that and not in what stands here", canonicalULID(id.Text)),
				Hint:     "write " + canonicalULID(id.Text),
				Fix:      rewrite(id, canonicalULID(id.Text)),
			})
		}
	}
}

// masClientID: MAS parses the id of a client as a ULID too.
func masClientID() Rule {
	return Rule{
		Name:      "mas-client-id-not-ulid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "the client_id of a client of MAS is no ULID",
		Why:       "MAS reads the ids of its own clients as ULIDs and does not start with any other, not even with the one in its documentation.",
		Sees:      "invalid length or invalid character, for a key below clients",
		Before: masExample(`clients:
  - client_id: 000000000000000000000FIRST
    client_auth_method: none
    redirect_uris: [https://app.example.org/callback]
`),
		After: masExample(`clients:
  - client_id: 00000000000000000000F1RST0
    client_auth_method: none
    redirect_uris: [https://app.example.org/callback]
`),
		Source: []string{"element-hq/matrix-authentication-service crates/config/src/sections/clients.rs"},
		Check:  checkMASClientID,
	}
}

func checkMASClientID(d *model.Deployment, report func(diag.Finding)) {
	for _, client := range masItems(d, "clients") {
		id := client.Get("client_id")
		if problem, known := ulidProblem(id); known && problem != "" {
			report(diag.Finding{
				Position: id.Position,
				Message:  fmt.Sprintf("MAS does not start: the client_id of this client is no ULID, it %s", problem),
				Hint:     "generate a ULID and give it to the client too; Element and Synapse need no entry here",
			})
		}
	}
}

// ulidProblem returns what keeps MAS from reading an id as a ULID, or "" for nothing. It is not known if the id is not known, is no text or
// is a placeholder: those are not for the rules on ULIDs.
func ulidProblem(id *model.Node) (problem string, known bool) {
	text, known := id.Literal()
	if !known || id.Kind != model.String || model.IsPlaceholder(text) {
		return "", false
	}
	if n := len([]rune(text)); n != 26 {
		return fmt.Sprintf("has %d characters and not 26", n), true
	}
	for _, r := range text {
		if !strings.ContainsRune(ulidDigits+"abcdefghjkmnpqrstvwxyz", r) {
			return fmt.Sprintf("contains %q", r), true
		}
	}
	return "", true
}

// canonicalULID returns a ULID as MAS writes it. It has 128 bits, so that of the 5 of the first character 2 are lost.
func canonicalULID(text string) string {
	text = strings.ToUpper(text)
	return string(ulidDigits[strings.IndexByte(ulidDigits, text[0])%8]) + text[1:]
}
