package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// secretValueUnsuitable: a secret that everybody knows or can guess is none, and some have characters that two programs read differently.
func secretValueUnsuitable(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "secret-value-unsuitable",
		Severity:  diag.Error,
		OfText:    true,
		Fatal:     true,
		Documents: "mas, synapse, compose, livekit, coturn",
		Title:     "a secret that is public, short or hard to transmit",
		Why: "Examples of guides and defaults of products are tried first by whoever attacks. A shared secret needs 32 characters, and " +
			"one for client_secret_basic letters and digits, since programs escape other characters differently.",
		Sees: "ENCRYPTION_KEY must be at least 16 bytes long; client secret did not match; or strangers who call /_synapse/mas",
		Quotes: map[string][]string{
			"MAS 1.22.0":       {"client secret did not match"},
			"Pocket ID 2.14.0": {"ENCRYPTION_KEY must be at least 16 bytes long"},
		},
		Before: example.MAS("matrix:\n  homeserver: example.org\n  endpoint: http://synapse:8008/\n  secret: changeme\n"),
		After:  example.MAS(""),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/2780",
			"pocket-id/pocket-id backend/internal/common/env_config.go",
			"livekit/livekit pkg/config/config.go",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkSecretValueUnsuitable(tables, d, report) },
	}
}

func checkSecretValueUnsuitable(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	seen := map[diag.Position]bool{}
	var found []diag.Finding
	same := map[string]int{} // by what is said: a setting that several files repeat, as those of workers do, is one secret
	add := func(f diag.Finding) {
		if i, again := same[f.Message]; again {
			found[i].Related = append(found[i].Related, diag.Related{Position: f.Position, Message: "the same stands here"})
			return
		}
		same[f.Message] = len(found)
		found = append(found, f)
	}
	for _, place := range append(sensitive.SecretPlaces(tables, d), environmentSecrets(d)...) {
		text, plain := sensitive.PlainSecret(place.Value)
		if !plain {
			text, plain = leftDefault(d, place)
		}
		if plain && !seen[place.At] {
			seen[place.At] = true
			checkSecretValue(d, place, text, add)
		}
	}
	for _, f := range found {
		report(f)
	}
}

// plainForBasic matches a secret that needs no encoding in HTTP Basic authentication.
var plainForBasic = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._~-]+$`) })

func checkSecretValue(d *model.Deployment, place sensitive.SecretPlace, text string, report func(diag.Finding)) {
	f := diag.Finding{Position: place.At, Hint: "make one with openssl rand -hex 32"}
	basic := strings.HasPrefix(place.Purpose, "client ") && isBasicClient(place)
	switch {
	case model.IsPublished(text):
		f.Message = place.Name + " is a default or an example that everybody knows"
		if isAskedFor(d, place.At) {
			f.Severity = diag.Warning
			f.Hint = "put one of your own into .env, as the sample beside it asks: openssl rand -hex 32"
		}
	case strings.HasPrefix(place.Name, "ENCRYPTION_KEY of ") && len(text) < 16 && isOfPocketID(d, place):
		f.Message = fmt.Sprintf("Pocket ID does not start: its ENCRYPTION_KEY has %d bytes, and needs 16", len(text))
	case (place.Purpose == "shared secret" || place.Purpose == "livekit" || strings.HasPrefix(place.Name, "registration_shared_secret ")) && len(lastSecret(text)) < 32:
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("%s has %d characters, and should have 32", place.Name, len(lastSecret(text)))
	case basic && !plainForBasic().MatchString(text):
		f.Severity = diag.Warning
		f.Message = place.Name + " has characters that programs escape differently with client_secret_basic"
	default:
		return
	}
	report(f)
}

// leftDefault returns a default such as changeme, which also reads as a request to replace it: not where somebody will, and not where it is
// reported as what was not replaced.
func leftDefault(d *model.Deployment, place sensitive.SecretPlace) (string, bool) {
	if place.Value == nil || !model.IsPublished(place.Value.Text) {
		return "", false
	}
	if place.Doc == nil {
		return place.Value.Text, path.Base(place.At.File) == ".env"
	}
	return place.Value.Text, !place.Doc.Template && !sensitive.IsReadAsItStands(d, place.Doc)
}

// lastSecret returns the secret of a line such as LIVEKIT_KEYS holds: "key: secret".
func lastSecret(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, " ")+1:]
}

// isBasicClient says that the secret is sent by client_secret_basic.
func isBasicClient(place sensitive.SecretPlace) bool {
	if place.Doc == nil || place.Doc.Kind != model.KindMAS {
		return false
	}
	lists := [][]*model.Node{place.Doc.Root.ItemsAt("clients"), place.Doc.Root.Get("upstream_oauth2").ItemsAt("providers")}
	for _, list := range lists {
		for _, item := range list {
			if item.Get("client_secret") == place.Value {
				return item.Get("client_auth_method").Is("client_secret_basic") || item.Get("token_endpoint_auth_method").Is("client_secret_basic")
			}
		}
	}
	return false
}

// environmentSecrets returns the secrets in the environment of services as the containers get them, whatever file they come from.
func environmentSecrets(d *model.Deployment) []sensitive.SecretPlace {
	var places []sensitive.SecretPlace
	for _, s := range d.Services {
		for _, v := range s.Environment {
			if purpose, known := sensitive.SecretVariable(v.Name); known && v.Value != nil {
				places = append(places, sensitive.SecretPlace{Name: v.Name + " of the service " + s.Name, Purpose: purpose, At: v.Value.Position, Value: sensitive.SecretOf(v.Name, v.Value)})
			}
		}
	}
	return places
}

// isOfPocketID says that the place is in a service that runs Pocket ID.
func isOfPocketID(d *model.Deployment, place sensitive.SecretPlace) bool {
	for _, s := range d.Of("pocket-id") {
		if strings.HasSuffix(place.Name, " of the service "+s.Name) {
			return true
		}
	}
	return false
}

// isAskedFor reports whether a compose file has a value in case that a variable is not set, and a sample of a file of variables asks to set that one.
func isAskedFor(d *model.Deployment, at diag.Position) bool {
	asks := func(name string) bool {
		return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
			return doc.Kind == model.KindEnv && doc.Sample && doc.Root.Get(name) != nil
		})
	}
	var holds func(n *model.Node) bool
	holds = func(n *model.Node) bool {
		if n.Position.Line == at.Line {
			if match := defaulted().FindStringSubmatch(n.Text); match != nil && asks(match[1]) {
				return true
			}
		}
		return slices.ContainsFunc(n.Fields, func(f model.Field) bool { return holds(f.Value) }) || slices.ContainsFunc(n.Items, holds)
	}
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		return doc.Kind == model.KindCompose && doc.Name == at.File && doc.Root != nil && holds(doc.Root)
	})
}

// defaulted matches a reference of Compose with what stands for it if nothing sets the variable.
var defaulted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{(\w+):?-[^}]+\}`) })
