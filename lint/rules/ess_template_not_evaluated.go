package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// essTemplateNotEvaluated: Helm evaluates no templates in values; the chart does in hosts, and in the texts for Element and the server name.
func essTemplateNotEvaluated() lint.Rule {
	return lint.Rule{
		Name:      "ess-template-not-evaluated",
		Severity:  diag.Error,
		Documents: "Helm values",
		Title:     "a template that Helm does not evaluate",
		Why: "The chart evaluates templates in hosts and in the texts for Element Web and for the server name. The texts for Synapse, MAS and LiveKit it takes as they " +
			"are: {{ .Values.serverName }} becomes the value.",
		Sees: "nothing, or an error of the product at a value with braces",
		Before: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
  additional:
    10-admin.yaml:
      config: |
        admin_contact: "mailto:admin@{{ .Values.serverName }}"
`),
		After: example.ESS(`synapse:
  ingress: {host: "matrix.{{ .Values.serverName }}"}
  additional:
    10-admin.yaml:
      config: |
        admin_contact: "mailto:admin@example.org"
`),
		Source: []string{
			"element-hq/ess-helm charts/matrix-stack/templates/synapse/_synapse_secret.tpl",
			"element-hq/ess-helm charts/matrix-stack/templates/matrix-authentication-service/_helpers.tpl",
		},
		Check: checkESSTemplateNotEvaluated,
	}
}

func checkESSTemplateNotEvaluated(d *model.Deployment, report func(diag.Finding)) {
	if d.Chart == nil {
		return
	}
	template := regexp.MustCompile(`\{\{[^}]*\.(?:Values|Release|Chart|Capabilities)\b[^}]*\}\}`)
	for _, part := range matrix.ChartParts(d) {
		if slices.Contains(strings.Split(path.Dir(part.Doc.Source.Position.File), "/"), "templates") {
			continue // of a chart that installs this one: there Helm evaluates all
		}
		part.EachLine(func(line string, at func(int) diag.Position) {
			m := template.FindStringIndex(line)
			if m == nil || matrix.InComment(line[:m[0]]) {
				return
			}
			report(diag.Finding{
				Position: at(m[0]),
				Message:  fmt.Sprintf("%s reads %s as it stands: the chart evaluates no templates in this text", part.Product, line[m[0]:m[1]]),
				Hint:     "write the value",
			})
		})
	}
}
