package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// composeUnsetVariable: for a variable that nobody sets, Compose puts in nothing and goes on.
func composeUnsetVariable() Rule {
	return Rule{
		Name:      "compose-unset-variable",
		Severity:  diag.Warning,
		Documents: "compose, env",
		Title:     "a variable of the compose file is set nowhere",
		Why: "Compose puts an empty text where a variable is not set, and starts the services all the same: with an empty password, a " +
			"host that is only a domain, or a folder at the root of the disk.",
		Sees: "variable is not set. Defaulting to a blank string; Traefik says: empty args for matcher Host",
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
	isSetSomewhere, visible := composeEnvironment(d)
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose || doc.Root == nil || doc.Template {
			continue
		}
		var order []string
		places := map[string][]diag.Position{}
		for _, scalar := range composeScalars(doc) {
			reportGap(scalar, report)
			if !visible && !isCompiled(scalar.node) {
				continue
			}
			found, _ := variables(scalar.text)
			for _, v := range found {
				if v.operator != "" || isFromHost(v.name) || isSetSomewhere(v.name) || isMisread(scalar, v) {
					continue
				}
				if places[v.name] == nil {
					order = append(order, v.name)
				}
				places[v.name] = append(places[v.name], scalar.node.Position)
			}
		}
		for _, name := range order {
			reportUnset(name, places[name], report)
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
var renderedGap = regexp.MustCompile("(?i)\\bHost(SNI)?\\((``|`\\.)|https?://(\\.|/)|://[^/@:\\s]+:@")

// reportGap reports a text that something rendered without the value of a variable.
func reportGap(scalar composeScalar, report func(diag.Finding)) {
	if scalar.program || !strings.Contains(scalar.text, "://") && !strings.Contains(scalar.text, "(`") {
		return
	}
	gap := renderedGap.FindString(scalar.text)
	if gap == "" {
		return
	}
	f := diag.Finding{
		Position: scalar.node.Position,
		Message:  fmt.Sprintf("a value is missing in this text: %q", gap),
		Hint:     "set the variable that was to fill it, and render the file again",
	}
	if isCompiled(scalar.node) {
		f.Severity = diag.Error
	}
	report(f)
}

// composeEnvironment returns what says whether a variable is set for Compose: in an env file, in an example of one, or by a script. It is
// false if there is no env file of any kind, so that all may be set elsewhere. Of an env file that cannot be read to its end, every variable may be.
func composeEnvironment(d *model.Deployment) (isSet func(name string) bool, visible bool) {
	names, isHidden := map[string]bool{}, false
	var scripts []*model.Document
	for _, doc := range d.Documents {
		switch {
		case doc.Root == nil:
		case doc.Kind == model.KindEnv:
			visible = true
			isHidden = isHidden || doc.Root.Unknown
			for _, f := range doc.Root.Fields {
				names[f.Key] = f.Value != nil && f.Value.Kind != model.Null || names[f.Key]
			}
		case doc.Kind == model.KindScript:
			scripts = append(scripts, doc)
		}
	}
	return func(name string) bool {
		if names[name] || isHidden {
			return true
		}
		return slices.ContainsFunc(scripts, func(script *model.Document) bool { return setsVariable(script, name) })
	}, visible
}

// setsVariable reports whether a script sets a variable. In a shell, every mention counts that does not read it: NAME=, read NAME, or NAME in a
// list of what is to be made.
func setsVariable(script *model.Document, name string) bool {
	if !strings.Contains(script.Root.Text, name) {
		return false
	}
	mention := `(?:\W|$)`
	if !isShell(script) {
		mention = `["']?\s*[:=]`
	}
	return regexp.MustCompile(`(?m)^[^#\n]*(?:^|[^\w${#])` + name + mention).MatchString(script.Root.Text)
}

// isFromHost says that every shell has the variable, or that it is Compose's own.
func isFromHost(name string) bool {
	switch name {
	case "HOME", "PWD", "USER", "HOSTNAME", "PATH", "SHELL", "LOGNAME":
		return true
	}
	return strings.HasPrefix(name, "COMPOSE_") || strings.HasPrefix(name, "DOCKER_")
}

// isCompiled says that a value comes from a stack, not from a file of a directory.
func isCompiled(n *model.Node) bool { return strings.HasSuffix(n.Position.File, ".cue") }
