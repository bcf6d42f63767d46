package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// databaseShared: both MAS and Synapse have a table of users.
func databaseShared() Rule {
	return Rule{
		Name:      "database-shared",
		Severity:  diag.Error,
		Documents: "mas, synapse",
		Title:     "MAS and Synapse have the same database",
		Why:       "Both make tables of the same names, so that the one that starts second fails in its migrations.",
		Sees:      "relation \"users\" already exists",
		Before: masExample(`database:
  host: postgres
  username: matrix
  password_file: /run/secrets/database
  database: synapse
`) + delegatedExample(""),
		After: masExample("") + delegatedExample(""),
		Source: []string{
			"https://element-hq.github.io/matrix-authentication-service/setup/database.html",
			"https://github.com/element-hq/matrix-authentication-service/issues/3613",
		},
		Check: checkDatabaseShared,
	}
}

func checkDatabaseShared(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.MAS, d.Synapse)
	mas, synapse := masDatabase(d), synapseDatabase(d)
	if mas == nil || synapse == nil || !related(d, d.MAS, d.Synapse) || model.Compare(mas.name, synapse.name) != model.Equal {
		return
	}
	server := mas.server(d)
	if server == nil || server != synapse.server(d) {
		if model.Compare(mas.host, synapse.host) != model.Equal || portText(mas.port) != portText(synapse.port) {
			return
		}
	}
	name, known := mas.name.Literal()
	if !known {
		return
	}
	report(diag.Finding{
		Position: mas.name.Position,
		Message:  fmt.Sprintf("MAS and Synapse both keep their tables in the database %s, and the second of them does not start", name),
		Hint:     "make a database of its own for MAS",
		Related:  []diag.Related{{Position: synapse.name.Position, Message: "Synapse's database"}},
	})
}

// portText returns a port of a Postgres; what is not known is no other than itself.
func portText(n *model.Node) string {
	if !isSet(n) {
		return "5432"
	}
	return n.Text
}
