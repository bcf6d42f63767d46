package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masClientID: MAS parses the id of a client as a ULID too.
func masClientID() lint.Rule {
	return lint.Rule{
		Name:      "mas-client-id-not-ulid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "the client_id of a client of MAS is no ULID",
		Why:       "MAS reads the ids of its own clients as ULIDs and does not start with any other, not even with the one in its documentation.",
		Sees:      "invalid length or invalid character, for a key below clients",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"invalid length"},
		},
		Before: example.MAS(`clients:
  - client_id: 000000000000000000000FIRST
    client_auth_method: none
    redirect_uris: [https://app.example.org/callback]
`),
		After: example.MAS(`clients:
  - client_id: 00000000000000000000F1RST0
    client_auth_method: none
    redirect_uris: [https://app.example.org/callback]
`),
		Source: []string{"element-hq/matrix-authentication-service crates/config/src/sections/clients.rs"},
		Check:  checkMASClientID,
	}
}

func checkMASClientID(d *model.Deployment, report func(diag.Finding)) {
	for _, client := range matrix.MASItems(d, "clients") {
		id := client.Get("client_id")
		if problem, known := matrix.UlidProblem(id); known && problem != "" {
			report(diag.Finding{
				Position: id.Position,
				Message:  fmt.Sprintf("MAS does not start: the client_id of this client is no ULID, it %s", problem),
				Hint:     "generate a ULID and give it to the client too; Element and Synapse need no entry here",
			})
		}
	}
}
