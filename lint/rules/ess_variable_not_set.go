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
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// essVariableNotSet: a container of the chart puts variables in before the product starts, and stops at one that it does not have, in a comment too.
func essVariableNotSet() lint.Rule {
	return lint.Rule{
		Name:      "ess-variable-not-set",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "Helm values",
		Title:     "a variable that nobody gives Element's chart",
		Why: "Before Synapse, MAS or LiveKit start, the chart merges the parts of their configurations, and puts the variables of the container in the place of " +
			"${NAME}, in comments as well. Without the variable the container stops, and no pod comes up.",
		Sees: "NAME is not present in the environment, in the log of the container render-config",
		Quotes: map[string][]string{
			"matrix-tools 0.8.1": {"is not present in the environment"},
		},
		Before: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
  additional:
    10-turn.yaml:
      config: |
        turn_uris: ["turn:${TURN_HOST}:3478"]
        turn_shared_secret_path: /secrets/turn/secret
`),
		After: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
  extraEnv:
    - name: TURN_HOST
      value: turn.example.org
  additional:
    10-turn.yaml:
      config: |
        turn_uris: ["turn:${TURN_HOST}:3478"]
        turn_shared_secret_path: /secrets/turn/secret
`),
		Source: []string{
			"element-hq/ess-helm matrix-tools/internal/pkg/renderer/renderer.go",
			"element-hq/ess-helm charts/matrix-stack/templates/synapse/_helpers.tpl",
		},
		Check: checkESSVariableNotSet,
	}
}

func checkESSVariableNotSet(d *model.Deployment, report func(diag.Finding)) {
	if d.Chart == nil {
		return
	}
	variable := regexp.MustCompile(`(?:^|[^\\])\$\{([^}\n]+)\}`)
	for _, part := range matrix.ChartParts(d) {
		if part.Doc.Inside.Installs {
			continue // what installs the chart may fill in more: Flux does, when it applies that
		}
		reported := map[string]bool{}
		part.EachLine(func(line string, at func(int) diag.Position) {
			for _, m := range variable.FindAllStringSubmatchIndex(line, -1) {
				name, begin := line[m[2]:m[3]], m[2]-len("${")
				if reported[name] || isGiven(d, part.Component, name) || isReplaced(d, part.Doc.Inside, name) {
					continue
				}
				reported[name] = true
				f := diag.Finding{
					Position: at(begin),
					Message:  fmt.Sprintf("%s does not start: the chart stops at ${%s}, since its container has no such variable", part.Product, name),
					Hint:     fmt.Sprintf(`write the value, give it in %s.extraEnv, or write \${%s} if that is meant`, strings.Join(part.Component, "."), name),
				}
				if matrix.InComment(line[:begin]) {
					f.Hint = "delete it: the chart looks into comments too"
				}
				report(f)
			}
		})
	}
}

// isGiven reports whether the container has a variable, or may have it: from the values, the chart, its image or Kubernetes.
func isGiven(d *model.Deployment, component []string, name string) bool {
	own := []string{"APPLICATION_NAME", "SYNAPSE_POSTGRES_PASSWORD", "SYNAPSE_REDIS_PASSWORD", "NODE_IP", "LIVEKIT_SECRET", "HOSTNAME", "PATH", "HOME"}
	if slices.Contains(own, name) || strings.HasPrefix(name, "KUBERNETES_") || strings.Contains(name, "_SERVICE_") || strings.Contains(name, "_PORT") {
		return true
	}
	if d.Chart.MayHave(append(slices.Clone(component), "extraEnv")...) {
		return true
	}
	given := d.Chart.At(append(slices.Clone(component), "extraEnv")...)
	return given != nil && (given.Kind != model.List || given.Unknown || slices.ContainsFunc(given.Items, func(item *model.Node) bool {
		text, known := item.Get("name").Literal()
		return !known || text == name
	}))
}

// isReplaced reports whether a script of the deployment puts something in the place of a variable before Helm has the values.
func isReplaced(d *model.Deployment, values *model.Document, name string) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		return placeholder.Replaces(doc, "${"+name+"}", path.Base(values.Name))
	})
}
