package sensitive

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// bridgeSecrets returns the secrets in what Synapse is told of a bridge, and in the bridge's own file. The tokens have the same purpose in both.
func bridgeSecrets(doc *model.Document) []SecretPlace {
	id, _ := doc.Root.Get("id").Literal()
	if doc.Kind == model.KindBridge {
		id, _ = doc.Root.At("appservice", "id").Literal()
	}
	var places []SecretPlace
	var walk func(n *model.Node, path string)
	walk = func(n *model.Node, path string) {
		for _, f := range n.Entries() {
			at := strings.TrimPrefix(path+"."+f.Key, ".")
			if f.Value.Kind == model.Map {
				walk(f.Value, at)
				continue
			}
			text, known := f.Value.Literal()
			if !isBridgeSecret(at) || isReserved(f.Key) || known && isMadeByBridge(text) {
				continue
			}
			if f.Key == "uri" && known && passwordIn(text) == "" { // a file of SQLite, or a database that asks for none
				continue
			}
			place := SecretPlace{Doc: doc, Name: at + " of the bridge", Purpose: doc.Name + " " + at, At: f.Value.Position, Value: f.Value}
			if key := f.Key; key == "as_token" || key == "hs_token" {
				place.Purpose = "appservice " + id + " " + key
			}
			if isDoublePuppet(at) { // all bridges of a server act for its users with one
				place.Purpose = "double puppets of " + f.Key
			}
			places = append(places, place)
		}
	}
	walk(doc.Root, "")
	return places
}

// isBridgeSecret reports whether a bridge keeps a secret at a path: mautrix, and what Synapse's format of registrations has.
func isBridgeSecret(path string) bool {
	parts := strings.Split(path, ".")
	key := parts[len(parts)-1]
	return isDoublePuppet(path) || slices.Contains([]string{"as_token", "hs_token", "bot_token", "api_hash", "pickle_key", "shared_secret", "uri"}, key)
}

// isDoublePuppet reports whether a bridge keeps at a path what it acts for the users of a server with.
func isDoublePuppet(path string) bool {
	parts := strings.Split(path, ".")
	return slices.Contains(parts[:len(parts)-1], "double_puppet") && slices.Contains(parts, "secrets") || slices.Contains(parts, "login_shared_secret_map")
}

// isReserved reports whether a name is kept for examples (RFC 2606). mautrix's own example has a secret for a server of that name.
func isReserved(host string) bool {
	return slices.Contains([]string{"example.com", "example.org", "example.net"}, host)
}

// isMadeByBridge reports whether a value says that the bridge makes the secret, or wants none, or is what mautrix's example file has there: mautrix-telegram
// refuses that api_hash.
func isMadeByBridge(text string) bool {
	return slices.Contains([]string{"", "generate", "disable", "disabled", "mautrix.bridge.e2ee", "tjyd5yge35lbodk1xwzw2jstp90k55qz"}, text) || strings.Contains(text, " ")
}
