package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masSynapseVersionMismatch: which ways MAS and Synapse have to talk to each other depends on both versions.
func masSynapseVersionMismatch() lint.Rule {
	return lint.Rule{
		Name:      "mas-synapse-version-mismatch",
		Severity:  diag.Error,
		Documents: "mas, synapse, compose",
		Title:     "MAS and Synapse do not speak the same way to each other",
		Why: "Synapse reads matrix_authentication_service since 1.136, and MAS speaks to it since 0.20, if matrix.kind says so. In any " +
			"other pair one asks what the other does not answer.",
		Sees: "MAS gets 404 on /_synapse/mas/*, or 401 Token is not active",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Token is not active"},
		},
		Before: example.Delegated("") + example.MAS(`matrix:
  kind: synapse_legacy
  homeserver: example.org
  endpoint: http://synapse:8008/
  secret_file: /run/secrets/shared
`),
		After: example.Delegated("") + example.MAS(`matrix:
  kind: synapse
  homeserver: example.org
  endpoint: http://synapse:8008/
  secret_file: /run/secrets/shared
`),
		Versions: "Synapse before 1.136, MAS before 1.0",
		Source: []string{
			"https://github.com/element-hq/synapse/blob/develop/docs/upgrade.md",
			"element-hq/matrix-authentication-service crates/config/src/sections/matrix.rs",
			"element-hq/matrix-authentication-service crates/cli/src/util.rs",
		},
		Check: checkMASSynapseVersion,
	}
}

func checkMASSynapseVersion(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS, d.Synapse)
	synapse, mas := d.Synapse.Version(), d.MAS.Version()
	asked, since := asks("synapse", "mas")
	stable := matrix.DelegationOf(d.Synapse) == matrix.Delegated
	if stable && synapse.Before(since.Version) {
		report(diag.Finding{
			Position: matrix.DelegationPosition(d.Synapse),
			Message: fmt.Sprintf("Synapse %s ignores matrix_authentication_service and keeps its own logins, and MAS cannot make users in it",
				d.Synapse.RunBy().Release()),
			Hint:    "raise the image of Synapse to 1.137 or later",
			Related: []diag.Related{{Position: d.Synapse.RunBy().Position, Message: "the image"}},
		})
		return
	}
	if !matrix.Related(d, d.Synapse, d.MAS) || !d.MAS.At("matrix").IsSet() {
		return
	}
	if stable && mas.Before(asked.Version) {
		report(diag.Finding{
			Position: d.MAS.RunBy().Position,
			Message:  fmt.Sprintf("MAS %s does not speak to a Synapse with matrix_authentication_service", d.MAS.RunBy().Release()),
			Hint:     "raise the image of MAS to 1.0 or later",
			Related:  []diag.Related{{Position: matrix.DelegationPosition(d.Synapse), Message: "MAS has the logins of Synapse"}},
		})
		return
	}
	checkMASKind(d, stable, report)
}

// checkMASKind checks that MAS asks Synapse what this Synapse answers. Plain "synapse" meant the old way before MAS 1.0, and the new since.
func checkMASKind(d *model.Deployment, stable bool, report func(diag.Finding)) {
	synapse, mas := d.Synapse.Version(), d.MAS.Version()
	node := d.MAS.At("matrix", "kind")
	kind, known := node.Literal()
	if d.MAS.Lacks("matrix", "kind") == model.Yes {
		kind, known = "synapse", true
	}
	if !known {
		return
	}
	asked, since := asks("mas", "synapse")
	old := kind == "synapse_legacy" || kind == "synapse" && mas.Before(since.Version)
	modern := kind == "synapse_modern" || kind == "synapse" && mas.AtLeast(since.Version)
	f := diag.Finding{
		Position: d.MAS.Nearest("matrix", "kind"),
		Related:  []diag.Related{{Position: matrix.DelegationPosition(d.Synapse), Message: "how Synapse leaves logins to MAS"}},
	}
	switch {
	case stable && kind == "synapse_read_only":
		f.Message = "nobody new can log in: with kind synapse_read_only, which is for rehearsing a migration, MAS makes no users"
		f.Hint = "write kind: synapse"
	case stable && old && kind == "synapse":
		f.Message = fmt.Sprintf("every login fails: kind synapse means the old way in MAS %s, which Synapse does not answer here", d.MAS.RunBy().Release())
		f.Hint = "write kind: synapse_modern, or raise MAS to 1.0 or later"
	case stable && old:
		f.Message = "every login fails: kind synapse_legacy asks Synapse in the old way, which it does not answer with matrix_authentication_service"
		f.Hint = "write kind: synapse"
	case modern && synapse.Before(asked.Version):
		f.Message = fmt.Sprintf("every login fails: MAS asks Synapse in a way that %s does not know", d.Synapse.RunBy().Release())
		f.Hint = "raise Synapse to 1.137 or later; until then write kind: synapse_legacy"
		f.Related = []diag.Related{{Position: d.Synapse.RunBy().Position, Message: "the image of Synapse"}}
	default:
		return
	}
	report(f)
}

// asks returns what the newest release of a product asks of another one, and the release that began to; versions that nothing is older than, if that
// is not known.
func asks(product, other string) (upstream.Minimum, upstream.Release) {
	p, err := upstream.Of(product)
	if err != nil || p == nil {
		return upstream.Minimum{Version: "0.0.0"}, upstream.Release{Version: "0.0.0"}
	}
	return p.Asks(model.Version{}, other)
}
