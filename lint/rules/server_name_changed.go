package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// serverNameChanged: the server name is in every id and every signature, and nothing renames what has it.
func serverNameChanged() lint.Rule {
	return lint.Rule{
		Name:      "server-name-changed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "synapse, mas; against an earlier revision",
		Title:     "the server name is another one",
		Why: "Every user, room and key belongs to the old name. Synapse refuses its database under another one; with a new database it is a " +
			"new server, and nobody has an account there.",
		Sees: "Found users in database not native to <new name>! You cannot change a synapse server_name after it's been configured",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Found users in database not native to", "You cannot change a synapse server_name after it's been configured"},
		},
		Earlier: example.MAS("") + example.Synapse(""),
		Before:  example.MAS("matrix:\n  homeserver: example.com\n  endpoint: http://synapse:8008/\n  secret_file: /run/secrets/shared\n") + example.Synapse("server_name: example.com\n"),
		After:   example.MAS("") + example.Synapse("server_name: \"example.org\"\n"),
		Source: []string{
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#server_name",
			"element-hq/synapse synapse/storage/databases/main/__init__.py",
		},
		CheckChange: checkServerNameChanged,
	}
}

func checkServerNameChanged(before, after *model.Deployment, report func(diag.Finding)) {
	old, new := before.Synapse.At("server_name"), after.Synapse.At("server_name")
	oldMAS, newMAS := before.MAS.At("matrix", "homeserver"), after.MAS.At("matrix", "homeserver")
	from, to, changed := lint.Replaced(old, new)
	if _, toMAS, changedMAS := lint.Replaced(oldMAS, newMAS); changedMAS && !(changed && toMAS == to) {
		reportServerName(lint.Guessing(report, before.MAS, after.MAS), oldMAS, newMAS, "MAS knows its accounts by the old name")
	}
	if changed {
		reportServerName(lint.Guessing(report, before.Synapse, after.Synapse), old, new, fmt.Sprintf("all users, rooms and keys belong to %s", from))
	}
}

func reportServerName(report func(diag.Finding), old, new *model.Node, loss string) {
	report(diag.Finding{
		Position: new.Position, Subject: new.Text,
		Message: fmt.Sprintf("the server name %s becomes %s: %s", old.Text, new.Text, loss),
		Hint:    "keep the old name; for another one, start a new server",
		Related: lint.Was(old, old.Text),
	})
}
