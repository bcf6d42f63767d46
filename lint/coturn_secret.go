package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// coturnSecrets returns the shared secret in a turnserver.conf.
func coturnSecrets(doc *model.Document) []secretPlace {
	var places []secretPlace
	line := 0
	for text := range strings.Lines(doc.Root.Text) {
		key, value, assigned := strings.Cut(strings.TrimSpace(text), "=")
		if key = strings.TrimSpace(key); assigned && (key == "static-auth-secret" || key == "cli-password") {
			at := doc.Root.Position
			at.Line += line
			at.Column += strings.Index(text, "=") + 1
			place := secretPlace{doc: doc, name: key + " of coturn", purpose: "coturn " + key, at: at}
			if key == "static-auth-secret" {
				place.purpose = "turn"
			}
			value = strings.Trim(strings.TrimSpace(value), `"'`)
			place.value = &model.Node{Kind: model.String, Text: value, Position: at, Unknown: model.IsPlaceholder(value) || strings.HasPrefix(value, "ENC[")}
			places = append(places, place)
		}
		line++
	}
	return places
}
