package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// composeInterpolationWrong: Compose reads $ as the beginning of a variable everywhere but in keys, and refuses a project that depends on
// what is not there.
func composeInterpolationWrong() lint.Rule {
	return lint.Rule{
		Name:      "compose-interpolation-wrong",
		Severity:  diag.Error,
		Documents: "compose, env",
		Title:     "Compose reads something else than what stands there",
		Why: "A single $ in a hash, a regular expression or a password is the beginning of a variable for Compose, and what follows is cut " +
			"out; in the key of a map, ${X} stays as it is. A dependency, a volume, a network, a secret or a config that does not exist stops the whole project.",
		Sees: "The \"apr1\" variable is not set; a route that never matches, a password that is never right; depends on undefined service, refers to undefined volume, or another undefined name",
		Quotes: map[string][]string{
			"Docker Compose 5.5.0": {"The \"apr1\" variable is not set", "depends on undefined service", "refers to undefined volume"},
		},
		Before: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
    environment:
      USERS: admin:$apr1$x7d9sk2p$Zl8yqRcVf0nUeKfW1vTtD/
`,
		After: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
    environment:
      USERS: admin:$$apr1$$x7d9sk2p$$Zl8yqRcVf0nUeKfW1vTtD/
`,
		Source: []string{
			"https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md",
			"https://github.com/traefik/traefik/pull/4831",
			"compose-spec/compose-go loader/validate.go and loader/extends.go",
		},
		Check: checkComposeInterpolation,
	}
}

func checkComposeInterpolation(d *model.Deployment, report func(diag.Finding)) {
	isSetSomewhere, _ := container.ComposeEnvironment(d)
	for _, doc := range d.Documents {
		switch {
		case doc.Root == nil || doc.Template:
		case doc.Kind == model.KindCompose:
			for scalar := range container.ComposeScalars(doc) {
				reportMisread(scalar, isSetSomewhere, report)
			}
			reportReferencesInKeys(doc.Root.Get("services"), report)
		case doc.Kind == model.KindEnv:
			reportExpandedValues(doc, isSetSomewhere, report)
		}
	}
	reportUnknownDependencies(d, report)
}

func reportMisread(scalar container.ComposeScalar, isSetSomewhere func(string) bool, report func(diag.Finding)) {
	found, broken := container.Variables(scalar.Text)
	f := diag.Finding{Position: scalar.Node.Position, Hint: "write $$ for every $ that is meant as it stands"}
	if broken {
		f.Message = "Compose refuses the file: what follows ${ here is no name of a variable"
		report(f)
		return
	}
	for _, v := range found {
		if v.Operator == "" && !isSetSomewhere(v.Name) && container.IsMisread(scalar, v) {
			f.Message = fmt.Sprintf("Compose takes the $ before %d letters of this text for a variable, and cuts them out", len(v.Name))
			if !container.IsSecretName(scalar.Key) && container.HashStart().FindString(scalar.Text) == "" {
				f.Message = fmt.Sprintf("Compose takes $%s in this regular expression for a variable, and cuts it out", v.Name)
			}
			report(f)
			return
		}
	}
}

func reportReferencesInKeys(n *model.Node, report func(diag.Finding)) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		reportReferencesInKeys(item, report)
	}
	for _, f := range n.Fields {
		if found, _ := container.Variables(f.Key); len(found) > 0 {
			report(diag.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("Compose replaces no variables in keys: the name of this one keeps $%s as it stands", found[0].Name),
				Hint:     `write it as an item of a list: - "name=value"`,
			})
		}
		reportReferencesInKeys(f.Value, report)
	}
}

// reportExpandedValues reports a password of an env file in which Compose would look for variables: it does so outside of single quotes.
func reportExpandedValues(doc *model.Document, isSetSomewhere func(string) bool, report func(diag.Finding)) {
	for _, f := range doc.Root.Fields {
		if f.Value == nil || f.Value.Kind != model.String || f.Value.Tag != "" {
			continue
		}
		found, _ := container.Variables(f.Value.Text)
		for _, v := range found {
			isHash := container.HashStart().MatchString(f.Value.Text)
			isWhole := v.Start == 0 && v.End == len(f.Value.Text)
			if v.Braced && !isHash || isWhole || isSetSomewhere(v.Name) || container.IsFromHost(v.Name) || !isHash && !container.IsSecretName(f.Key) {
				continue
			}
			report(diag.Finding{
				Position: f.Value.Position,
				Message:  fmt.Sprintf("Compose takes a $ in the value of %s for the beginning of a variable, and cuts out what follows", f.Key),
				Hint:     "put the value in single quotes",
			})
			break
		}
	}
}

func reportUnknownDependencies(d *model.Deployment, report func(diag.Finding)) {
	if container.IsForSwarm(d) {
		return
	}
	reportUndeclaredNames(d, report)
	reportUnknownBases(d, report)
	var files []*model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			files = append(files, doc)
		}
	}
	for _, s := range d.Services {
		if doc := container.ComposeOf(d, s); doc == nil || doc.Excerpt || doc.Template || doc.Root.Get("include").IsSet() || isOverlayAlone(doc, files) {
			continue
		}
		for name, at := range dependencies(s) {
			if d.Service(name) == nil && !container.HasOverlayWith(d, name) {
				report(diag.Finding{
					Position: at,
					Message:  fmt.Sprintf("Compose refuses the project: %s depends on %s, and there is no such service", s.Name, name),
					Hint:     "write the name of the service, not that of its container or host",
				})
			}
		}
	}
}

// dependencies returns the services that a service needs, with the places that say so.
func dependencies(s *model.Service) map[string]diag.Position {
	found := map[string]diag.Position{}
	list := s.Node.Get("depends_on")
	if list == nil {
		return found
	}
	for _, item := range list.Items {
		if name, known := item.Literal(); known {
			found[name] = item.Position
		}
	}
	for _, f := range list.Fields {
		if !f.Value.Get("required").False() && (f.Value == nil || !f.Value.Unknown) {
			found[f.Key] = f.Position
		}
	}
	return found
}
