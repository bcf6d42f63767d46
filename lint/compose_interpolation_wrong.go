package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// composeInterpolationWrong: Compose reads $ as the beginning of a variable everywhere but in keys, and refuses a project that depends on
// what is not there.
func composeInterpolationWrong() Rule {
	return Rule{
		Name:      "compose-interpolation-wrong",
		Severity:  diag.Error,
		Documents: "compose, env",
		Title:     "Compose reads something else than what stands there",
		Why: "A single $ in a hash, a regular expression or a password is the beginning of a variable for Compose, and what follows is cut " +
			"out; in the key of a map, ${X} stays as it is. A dependency that does not exist stops the whole project.",
		Sees: "The \"apr1\" variable is not set; a route that never matches, a password that is never right; depends on undefined service",
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
		},
		Check: checkComposeInterpolation,
	}
}

func checkComposeInterpolation(d *model.Deployment, report func(diag.Finding)) {
	isSetSomewhere, _ := composeEnvironment(d)
	for _, doc := range d.Documents {
		switch {
		case doc.Root == nil || doc.Template:
		case doc.Kind == model.KindCompose:
			for _, scalar := range composeScalars(doc) {
				reportMisread(scalar, isSetSomewhere, report)
			}
			reportReferencesInKeys(doc.Root.Get("services"), report)
		case doc.Kind == model.KindEnv:
			reportExpandedValues(doc, isSetSomewhere, report)
		}
	}
	reportUnknownDependencies(d, report)
}

func reportMisread(scalar composeScalar, isSetSomewhere func(string) bool, report func(diag.Finding)) {
	found, broken := variables(scalar.text)
	f := diag.Finding{Position: scalar.node.Position, Hint: "write $$ for every $ that is meant as it stands"}
	if broken {
		f.Message = "Compose refuses the file: what follows ${ here is no name of a variable"
		report(f)
		return
	}
	for _, v := range found {
		if v.operator == "" && !isSetSomewhere(v.name) && isMisread(scalar, v) {
			f.Message = fmt.Sprintf("Compose takes the $ before %d letters of this text for a variable, and cuts them out", len(v.name))
			if !isSecretName(scalar.key) && hashStart.FindString(scalar.text) == "" {
				f.Message = fmt.Sprintf("Compose takes $%s in this regular expression for a variable, and cuts it out", v.name)
			}
			report(f)
			return
		}
	}
}

// hashStart matches the beginning of a hashed password.
var hashStart = regexp.MustCompile(`\$(apr1|2[abxy]|[156y]|argon2(id|i|d)|pbkdf2[\w-]*|scrypt|ssha\w*)\$`)

// inExpression matches the beginning of a regular expression in a label of Traefik.
var inExpression = regexp.MustCompile(`(?i)(Path|Host|Header|Query)Regexp\([^)]*$|\.regex=[^=]*$`)

// expressionEnd matches what a $ that ends a regular expression follows.
var expressionEnd = regexp.MustCompile(`[)\]\w*+?]$`)

// afterAlphanumeric matches a text that ends in a letter or digit.
var afterAlphanumeric = regexp.MustCompile(`[A-Za-z0-9]$`)

// isMisread says that a variable without braces is none: a part of a hash, of a regular expression, or of a password.
func isMisread(scalar composeScalar, v variable) bool {
	if v.braced || scalar.program {
		return false
	}
	if hash := hashStart.FindStringIndex(scalar.text); hash != nil && v.start >= hash[0] {
		return true
	}
	before := scalar.text[:v.start]
	if inExpression.MatchString(before) || strings.HasSuffix(scalar.key, ".regex") {
		return expressionEnd.MatchString(before) && strings.ToUpper(v.name) != v.name
	}
	return isSecretName(scalar.key) && afterAlphanumeric.MatchString(before) &&
		!strings.Contains(scalar.text, "://")
}

var secretName = regexp.MustCompile(`(?i)(passw|passphrase|secret|token|_key$|apikey|^key$)`)

// isSecretName says that the value of a variable of that name is a password or a key.
func isSecretName(name string) bool {
	return secretName.MatchString(name)
}

func reportReferencesInKeys(n *model.Node, report func(diag.Finding)) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		reportReferencesInKeys(item, report)
	}
	for _, f := range n.Fields {
		if found, _ := variables(f.Key); len(found) > 0 {
			report(diag.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("Compose replaces no variables in keys: the name of this one keeps $%s as it stands", found[0].name),
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
		found, _ := variables(f.Value.Text)
		for _, v := range found {
			isHash := hashStart.MatchString(f.Value.Text)
			isWhole := v.start == 0 && v.end == len(f.Value.Text)
			if v.braced && !isHash || isWhole || isSetSomewhere(v.name) || isFromHost(v.name) || !isHash && !isSecretName(f.Key) {
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
	for _, s := range d.Services {
		if doc := composeOf(d, s); doc == nil || doc.Excerpt || doc.Template || isSet(doc.Root.Get("include")) || strings.Contains(path.Base(doc.Name), "override") ||
			isForSwarm(doc) {
			continue
		}
		for name, at := range dependencies(s) {
			if d.Service(name) == nil {
				report(diag.Finding{
					Position: at,
					Message:  fmt.Sprintf("Compose refuses the project: %s depends on %s, and there is no such service", s.Name, name),
					Hint:     "write the name of the service, not that of its container or host",
				})
			}
		}
	}
}

// isForSwarm says that a compose file is for docker stack deploy, which knows no depends_on: Compose has no overlay networks.
func isForSwarm(doc *model.Document) bool {
	networks := doc.Root.Get("networks")
	return networks != nil && slices.ContainsFunc(networks.Fields, func(f model.Field) bool { return f.Value.Get("driver").Is("overlay") })
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
