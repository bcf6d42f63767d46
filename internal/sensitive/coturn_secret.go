package sensitive

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// coturnSecrets returns the shared secret in a turnserver.conf.
func coturnSecrets(doc *model.Document) []SecretPlace {
	var places []SecretPlace
	line := 0
	for text := range strings.Lines(doc.Root.Text) {
		key, value, assigned := strings.Cut(strings.TrimSpace(text), "=")
		if key = strings.TrimSpace(key); assigned && (key == "static-auth-secret" || key == "cli-password") {
			at := doc.Root.Position
			at.Line += line
			at.Column += strings.Index(text, "=") + 1
			place := SecretPlace{Doc: doc, Name: key + " of coturn", Purpose: "coturn " + key, At: at}
			if key == "static-auth-secret" {
				place.Purpose = "turn"
			}
			value = strings.Trim(strings.TrimSpace(value), `"'`)
			place.Value = &model.Node{Kind: model.String, Text: value, Position: at, Unknown: placeholder.In(value) || strings.HasPrefix(value, "ENC[")}
			places = append(places, place)
		}
		line++
	}
	return places
}
