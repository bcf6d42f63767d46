package matrix

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// CallServer is a LiveKit with the keys that it knows.
type CallServer struct {
	Doc  *model.Document
	Keys *model.Node
}

// CallServerOf returns the LiveKit of the deployment, or nil if its file is not visible, rendered first, or one of several.
func CallServerOf(d *model.Deployment) *CallServer {
	services := d.Of("livekit")
	var found *CallServer
	for _, doc := range d.Documents {
		if doc.Kind != model.KindLiveKit || doc.Root == nil || doc.Root.Kind != model.Map {
			continue
		}
		if len(d.Services) > 0 && (len(services) != 1 || !container.MountsDocument(services[0], doc)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = &CallServer{Doc: doc, Keys: doc.Root.Get("keys")}
	}
	if found == nil || found.Doc.Template || found.Doc.Excerpt {
		return nil
	}
	if len(services) == 1 && (services[0].Env("LIVEKIT_KEYS") != nil || services[0].Env("LIVEKIT_CONFIG") != nil) || found.Doc.Root.Get("key_file").IsSet() {
		found.Keys = nil // they are elsewhere
	}
	return found
}

// Lacks reports whether a key is for sure none of those that LiveKit knows.
func (c *CallServer) Lacks(key *model.Node) bool {
	name, known := key.Literal()
	if c.Keys == nil || c.Keys.Kind != model.Map || len(c.Keys.Fields) == 0 || !known || name == "" || waits(name) {
		return false
	}
	for _, f := range c.Keys.Fields {
		if f.Key == name || waits(f.Key) {
			return false
		}
	}
	return true
}

// waits says that the name of a key is filled in by somebody.
func waits(name string) bool {
	return placeholder.In(name) || strings.ContainsAny(name, "${}<>") || strings.HasPrefix(strings.ToUpper(name), "YOUR")
}

// Secret returns the secret of a key, or nil.
func (c *CallServer) Secret(key *model.Node) *model.Node {
	if name, known := key.Literal(); known && c.Keys != nil && !waits(name) {
		return c.Keys.Get(name)
	}
	return nil
}
