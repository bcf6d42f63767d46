package lint

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// secretValueUnsuitable: a secret that everybody knows or can guess is none, and some have characters that two programs read differently.
func secretValueUnsuitable(tables *formats) Rule {
	return Rule{
		Name:      "secret-value-unsuitable",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, compose, livekit, coturn",
		Title:     "a secret that is public, short or hard to transmit",
		Why: "Examples of guides and defaults of products are tried first by whoever attacks. A shared secret needs 32 characters, and " +
			"one for client_secret_basic letters and digits, since programs escape other characters differently.",
		Sees:   "ENCRYPTION_KEY must be at least 16 bytes long; client secret did not match; or strangers who call /_synapse/mas",
		Before: masExample("matrix:\n  homeserver: example.org\n  endpoint: http://synapse:8008/\n  secret: changeme\n"),
		After:  masExample(""),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/2780",
			"pocket-id/pocket-id backend/internal/common/env_config.go",
			"livekit/livekit pkg/config/config.go",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) {
			seen := map[diag.Position]bool{}
			for _, place := range append(secretPlaces(tables, d), environmentSecrets(d)...) {
				text, plain := plainSecret(place.value)
				if !plain {
					text, plain = leftDefault(d, place)
				}
				if plain && !seen[place.at] {
					seen[place.at] = true
					checkSecretValue(d, place, text, report)
				}
			}
		},
	}
}

// plainForBasic matches a secret that needs no encoding in HTTP Basic authentication.
var plainForBasic = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

func checkSecretValue(d *model.Deployment, place secretPlace, text string, report func(diag.Finding)) {
	f := diag.Finding{Position: place.at, Hint: "make one with openssl rand -hex 32"}
	basic := strings.HasPrefix(place.purpose, "client ") && isBasicClient(place)
	switch {
	case model.IsPublished(text):
		f.Message = place.name + " is a default or an example that everybody knows"
	case strings.HasPrefix(place.name, "ENCRYPTION_KEY of ") && len(text) < 16 && isOfPocketID(d, place):
		f.Message = fmt.Sprintf("Pocket ID does not start: its ENCRYPTION_KEY has %d bytes, and needs 16", len(text))
	case (place.purpose == "shared secret" || place.purpose == "livekit" || strings.HasPrefix(place.name, "registration_shared_secret ")) && len(lastSecret(text)) < 32:
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("%s has %d characters, and should have 32", place.name, len(lastSecret(text)))
	case basic && !plainForBasic.MatchString(text):
		f.Severity = diag.Warning
		f.Message = place.name + " has characters that programs escape differently with client_secret_basic"
	default:
		return
	}
	report(f)
}

// leftDefault returns a default such as changeme, which also reads as a request to replace it: not where somebody will, and not where it is
// reported as what was not replaced.
func leftDefault(d *model.Deployment, place secretPlace) (string, bool) {
	if place.value == nil || !model.IsPublished(place.value.Text) {
		return "", false
	}
	if place.doc == nil {
		return place.value.Text, path.Base(place.at.File) == ".env"
	}
	return place.value.Text, !place.doc.Template && !isReadAsItStands(d, place.doc)
}

// lastSecret returns the secret of a line such as LIVEKIT_KEYS holds: "key: secret".
func lastSecret(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, " ")+1:]
}

// isBasicClient says that the secret is sent by client_secret_basic.
func isBasicClient(place secretPlace) bool {
	if place.doc == nil || place.doc.Kind != model.KindMAS {
		return false
	}
	lists := [][]*model.Node{itemsOf(place.doc.Root, "clients"), itemsOf(place.doc.Root.Get("upstream_oauth2"), "providers")}
	for _, list := range lists {
		for _, item := range list {
			if item.Get("client_secret") == place.value {
				return item.Get("client_auth_method").Is("client_secret_basic") || item.Get("token_endpoint_auth_method").Is("client_secret_basic")
			}
		}
	}
	return false
}

// environmentSecrets returns the secrets in the environment of services as the containers get them, whatever file they come from.
func environmentSecrets(d *model.Deployment) []secretPlace {
	var places []secretPlace
	for _, s := range d.Services {
		for _, v := range s.Environment {
			if purpose, known := secretVariable(v.Name); known && v.Value != nil {
				places = append(places, secretPlace{name: v.Name + " of the service " + s.Name, purpose: purpose, at: v.Value.Position, value: v.Value})
			}
		}
	}
	return places
}

// isOfPocketID says that the place is in a service that runs Pocket ID.
func isOfPocketID(d *model.Deployment, place secretPlace) bool {
	for _, s := range d.Of("pocket-id") {
		if strings.HasSuffix(place.name, " of the service "+s.Name) {
			return true
		}
	}
	return false
}
