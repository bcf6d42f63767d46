package rules

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// composeUnsetVariable: for a variable that nobody sets, Compose puts in nothing and goes on.
func composeUnsetVariable() lint.Rule {
	return lint.Rule{
		Name:      "compose-unset-variable",
		Severity:  diag.Warning,
		Documents: "compose, env",
		Title:     "a variable of the compose file is set nowhere",
		Why: "Compose puts an empty text where a variable is not set, and starts the services all the same: with an empty password, a " +
			"host that is only a domain, or a folder at the root of the disk.",
		Sees: "variable is not set. Defaulting to a blank string; Traefik says: empty args for matcher Host",
		Quotes: map[string][]string{
			"Docker Compose 5.5.0": {"variable is not set. Defaulting to a blank string"},
			"Traefik 3.7.13":       {"empty args for matcher Host"},
		},
		Before: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
    environment:
      SITE: www.${DOMAIN}
-- .env --
TZ=UTC
`,
		After: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
    environment:
      SITE: www.${DOMAIN}
-- .env --
DOMAIN=example.org
`,
		Source: []string{"https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md"},
		Check:  checkComposeUnsetVariable,
	}
}

func checkComposeUnsetVariable(d *model.Deployment, report func(diag.Finding)) {
	isSetSomewhere, visible := container.ComposeEnvironment(d)
	reportUnsetInFiles(d, isSetSomewhere, report)
	var order []string
	places := map[string][]diag.Position{} // in all variants of the compose file
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose || doc.Root == nil || doc.Template {
			continue
		}
		for scalar := range container.ComposeScalars(doc) {
			reportGap(scalar, report)
			if !visible && !isCompiled(scalar.Node) {
				continue
			}
			found, _ := container.Variables(scalar.Text)
			for _, v := range found {
				if v.Operator != "" || container.IsFromHost(v.Name) || isSetSomewhere(v.Name) || container.IsMisread(scalar, v) {
					continue
				}
				if places[v.Name] == nil {
					order = append(order, v.Name)
				}
				places[v.Name] = append(places[v.Name], scalar.Node.Position)
			}
		}
	}
	for _, name := range order {
		reportUnset(name, places[name], report)
	}
}

// reportUnsetInFiles reports variables of the values in files that services have as env_file: Compose puts them in as in its own file.
func reportUnsetInFiles(d *model.Deployment, isSet func(string) bool, report func(diag.Finding)) {
	seen := map[string]bool{}
	for _, s := range d.Services {
		for _, doc := range container.EnvFiles(d, s) {
			for _, f := range doc.Root.Entries() {
				if doc.Template || f.Value == nil || f.Value.Kind != model.String || f.Value.Tag != "" { // the tag says that it stood in single quotes
					continue
				}
				found, _ := container.Variables(f.Value.Text)
				for _, v := range found {
					if v.Operator != "" || seen[v.Name] || container.IsFromHost(v.Name) || isSet(v.Name) {
						continue
					}
					seen[v.Name] = true
					reportUnset(v.Name, []diag.Position{f.Value.Position}, report)
				}
			}
		}
	}
}

func reportUnset(name string, at []diag.Position, report func(diag.Finding)) {
	f := diag.Finding{
		Severity: diag.Warning,
		Position: at[0],
		Message:  fmt.Sprintf("Compose puts nothing in the place of ${%s}: no file sets it", name),
		Hint:     fmt.Sprintf("set %s in .env, or write ${%s:?} so that Compose stops without it", name, name),
	}
	switch {
	case strings.HasSuffix(at[0].File, ".cue"):
		f.Severity = diag.Error
	case strings.HasSuffix(at[0].File, ".md"):
		f.Severity = diag.Info
	}
	for _, p := range at[1:] {
		if p != at[0] {
			f.Related = append(f.Related, diag.Related{Position: p, Message: "it stands here too"})
		}
	}
	report(f)
}

// renderedGap matches a text in which a value is missing.
var renderedGap = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("(?i)\\bHost(SNI)?\\((``|`\\.)|https?://(\\.|/)|://[^/@:\\s]+:@")
})

// reportGap reports a text that something rendered without the value of a variable.
func reportGap(scalar container.ComposeScalar, report func(diag.Finding)) {
	if scalar.Program || !strings.Contains(scalar.Text, "://") && !strings.Contains(scalar.Text, "(`") {
		return
	}
	gap := renderedGap().FindString(scalar.Text)
	if gap == "" {
		return
	}
	f := diag.Finding{
		Position: scalar.Node.Position,
		Message:  fmt.Sprintf("a value is missing in this text: %q", gap),
		Hint:     "set the variable that was to fill it, and render the file again",
	}
	if isCompiled(scalar.Node) {
		f.Severity = diag.Error
	}
	report(f)
}

// isCompiled says that a value comes from a stack, not from a file of a directory.
func isCompiled(n *model.Node) bool { return strings.HasSuffix(n.Position.File, ".cue") }
