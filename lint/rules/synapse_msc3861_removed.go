package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseMSC3861Removed: since 1.157 Synapse refuses the experimental way to leave logins to MAS. Anything in the section is too much, even
// that it is off.
func synapseMSC3861Removed() lint.Rule {
	return lint.Rule{
		Name:      "synapse-msc3861-removed",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "synapse, compose",
		Title:     "msc3861 was removed from Synapse",
		Why: "The experimental way to leave logins to MAS was replaced in Synapse 1.136 and removed in 1.157: with the old section, even one " +
			"that is switched off, Synapse does not start.",
		Sees: "experimental_features.msc3861 was removed. Use the matrix_authentication_service configuration instead.",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"experimental_features.msc3861 was removed. Use the matrix_authentication_service configuration instead."},
		},
		Before: example.Synapse(`experimental_features:
  msc4108_enabled: true
  msc3861:
    enabled: false
    issuer: https://auth.example.org/
matrix_authentication_service:
  enabled: true
  endpoint: http://mas:8080/
  secret_path: /run/secrets/shared
`),
		After:    example.Delegated(""),
		Versions: "Synapse 1.157.0 and later; a warning from 1.136.0",
		Source: []string{
			"element-hq/synapse synapse/config/experimental.py",
			"https://github.com/element-hq/synapse/issues/19895",
			"https://github.com/element-hq/synapse/issues/19549",
		},
		Check: checkSynapseMSC3861Removed,
	}
}

func checkSynapseMSC3861Removed(d *model.Deployment, report func(diag.Finding)) {
	section := d.Synapse.At("experimental_features", "msc3861")
	if matrix.PythonTrue(section) != model.Yes {
		return
	}
	report = lint.Guessing(report, d.Synapse)
	f := diag.Finding{
		Position: d.Synapse.Nearest("experimental_features", "msc3861"),
		Hint:     "delete msc3861 and write matrix_authentication_service with enabled, endpoint and secret_path; the secret is what admin_token was",
	}
	version := d.Synapse.Version()
	switch {
	case version.AtLeast("1.157.0"):
		f.Message = fmt.Sprintf("Synapse %s does not start: msc3861 was removed in 1.157, and nothing of it may stand here, not even that it is off",
			d.Synapse.RunBy().Release())
	case version.AtLeast("1.136.0"):
		if matrix.DelegationOf(d.Synapse) == matrix.Delegated && section.Get("enabled").True() {
			return // one of the two has to go already: for the rule on keys that exclude each other
		}
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("Synapse %s still reads msc3861, but 1.157 and later do not start with it", d.Synapse.RunBy().Release())
	case version.Known():
		return // the only way there was
	case d.Synapse.RunBy().Floating():
		f.Message = "Synapse does not start: msc3861 was removed in 1.157, and the image of this one is whatever is newest"
	case d.Chart != nil && matrix.DelegationOf(d.Synapse) == matrix.Delegated:
		f.Message = "Synapse does not start: the chart has it leave logins to MAS, and beside that msc3861 may not stand, not even that it is off"
		f.Hint = "delete msc3861: the chart sets all of it itself"
	case d.Guide && d.Synapse.Service == nil:
		f.Message = "Synapse 1.157 and later do not start: msc3861 was removed"
	default:
		f.Severity = diag.Warning
		f.Message = "Synapse 1.157 and later do not start with msc3861, and which version this one is does not show"
	}
	report(f)
}
