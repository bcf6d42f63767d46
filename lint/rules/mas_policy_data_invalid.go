package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masPolicyData: the policy compares names as they stand there, and says nothing of one that can never be equal.
func masPolicyData() lint.Rule {
	return lint.Rule{
		Name:      "mas-policy-data-invalid",
		Severity:  diag.Error,
		Documents: "mas",
		Title:     "an entry of MAS's policy never matches",
		Why: "The policy lets users in admin_users and clients in admin_clients ask for admin rights. It compares them as texts: users are known " +
			"by the part before the colon, without @, and clients by their ULID in capitals.",
		Sees: "an admin who is refused the scope urn:mas:admin or urn:synapse:admin:*: The authorization request was denied by the policy enforced by this service",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"The authorization request was denied by the policy enforced by this service"},
		},
		Before: example.MAS("policy:\n  data:\n    admin_users: [\"@alice:example.org\"]\n"),
		After:  example.MAS("policy:\n  data:\n    admin_users: [alice]\n"),
		Source: []string{
			"element-hq/matrix-authentication-service policies/authorization_grant/authorization_grant.rego",
			"element-hq/matrix-authentication-service docs/reference/configuration.md",
		},
		Check: checkPolicyData,
	}
}

func checkPolicyData(d *model.Deployment, report func(diag.Finding)) {
	if d.MAS.At("policy", "wasm_module").IsSet() {
		return // another policy may read them in another way
	}
	data := d.MAS.At("policy", "data")
	for _, user := range data.ItemsAt("admin_users") {
		text, known := user.Literal()
		if known && strings.ContainsAny(text, "@:") && !placeholder.In(text) {
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "@"), ":")
			name, _, _ = strings.Cut(name, "@")
			report(diag.Finding{
				Position: user.Position,
				Message:  fmt.Sprintf("%s never becomes an admin: MAS knows users by the part before the colon, without @", text),
				Hint:     "write " + name,
			})
		}
	}
	for _, client := range data.ItemsAt("admin_clients") {
		problem, known := matrix.UlidProblem(client)
		f := diag.Finding{
			Position: client.Position,
			Message:  "this client never gets admin rights: MAS knows clients by their client_id, a ULID, and this one " + problem,
			Hint:     "write the client_id that the client has in MAS",
		}
		switch {
		case !known:
		case problem != "":
			report(f)
		case client.Text != matrix.CanonicalULID(client.Text):
			f.Message = "this client never gets admin rights: MAS writes the ids of clients in capitals, and compares them as texts"
			f.Hint = "write " + matrix.CanonicalULID(client.Text)
			report(f)
		}
	}
}
