package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
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
	template := regexp.MustCompile(`\{\{-?\s*(?:tpl\s|include\s|printf\s|quote\s)?[^}]*\$?\.(?:Values|Release|Chart|Capabilities)\b[^}]*\}\}`)
	for _, doc := range d.Documents {
		// A chart of charts has its templates evaluated, wherever they stand.
		if doc.Source == nil || essComponentOf(doc.Kind) == nil || doc.Template || slices.Contains(strings.Split(path.Dir(doc.Source.Position.File), "/"), "templates") {
			continue
		}
		for i, line := range strings.Split(doc.Source.Text, "\n") {
			m := template.FindStringIndex(line)
			if m == nil || isCommented(line[:m[0]]+"x") {
				continue
			}
			at := doc.Source.Position
			if !doc.Flat {
				at.Line, at.Column = at.Line+i, at.Column+utf8.RuneCountInString(line[:m[0]])
			}
			report(diag.Finding{
				Position: at,
				Message:  fmt.Sprintf("%s reads %s as it stands: the chart evaluates no templates in this text", essProduct(doc.Kind), line[m[0]:m[1]]),
				Hint:     "write the value",
			})
		}
	}
}
