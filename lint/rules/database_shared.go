package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// databaseShared: both MAS and Synapse have a table of users.
func databaseShared() lint.Rule {
	return lint.Rule{
		Name:      "database-shared",
		Severity:  diag.Error,
		Documents: "mas, synapse",
		Title:     "MAS and Synapse have the same database",
		Why:       "Both make tables of the same names, so that the one that starts second fails in its migrations.",
		Sees:      "relation \"users\" already exists",
		Quotes: map[string][]string{
			"PostgreSQL 15.18": {"relation \"users\" already exists"},
		},
		Before: example.MAS(`database:
  host: postgres
  username: matrix
  password_file: /run/secrets/database
  database: synapse
`) + example.Delegated(""),
		After: example.MAS("") + example.Delegated(""),
		Source: []string{
			"https://element-hq.github.io/matrix-authentication-service/setup/database.html",
			"https://github.com/element-hq/matrix-authentication-service/issues/3613",
		},
		Check: checkDatabaseShared,
	}
}

func checkDatabaseShared(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS, d.Synapse)
	mas, synapse := matrix.MASDatabase(d), matrix.SynapseDatabase(d)
	if mas == nil || synapse == nil || !matrix.Related(d, d.MAS, d.Synapse) || model.Compare(mas.Name, synapse.Name) != model.Yes {
		return
	}
	server := mas.Server(d)
	if server == nil || server != synapse.Server(d) {
		if model.Compare(mas.Host, synapse.Host) != model.Yes || portText(mas.Port) != portText(synapse.Port) {
			return
		}
	}
	name, known := mas.Name.Literal()
	if !known {
		return
	}
	report(diag.Finding{
		Position: mas.Name.Position,
		Message:  fmt.Sprintf("MAS and Synapse both keep their tables in the database %s, and the second of them does not start", name),
		Hint:     "make a database of its own for MAS",
		Related:  []diag.Related{{Position: synapse.Name.Position, Message: "Synapse's database"}},
	})
}

// portText returns a port of a Postgres; what is not known is no other than itself.
func portText(n *model.Node) string {
	if !n.IsSet() {
		return "5432"
	}
	return n.Text
}
