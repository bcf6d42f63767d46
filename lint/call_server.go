package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// callServer is a LiveKit with the keys that it knows.
type callServer struct {
	doc  *model.Document
	keys *model.Node
}

// callServerOf returns the LiveKit of the deployment, or nil if its file is not visible, rendered first, or one of several.
func callServerOf(d *model.Deployment) *callServer {
	services := d.Of("livekit")
	var found *callServer
	for _, doc := range d.Documents {
		if doc.Kind != model.KindLiveKit || doc.Root == nil || doc.Root.Kind != model.Map {
			continue
		}
		if len(d.Services) > 0 && (len(services) != 1 || !mountsDocument(services[0], doc)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = &callServer{doc: doc, keys: doc.Root.Get("keys")}
	}
	if found == nil || found.doc.Template || found.doc.Excerpt {
		return nil
	}
	if len(services) == 1 && (services[0].Env("LIVEKIT_KEYS") != nil || services[0].Env("LIVEKIT_CONFIG") != nil) || isSet(found.doc.Root.Get("key_file")) {
		found.keys = nil // they are elsewhere
	}
	return found
}

// lacks reports whether a key is for sure none of those that LiveKit knows.
func (c *callServer) lacks(key *model.Node) bool {
	name, known := key.Literal()
	if c.keys == nil || c.keys.Kind != model.Map || len(c.keys.Fields) == 0 || !known || name == "" || waits(name) {
		return false
	}
	for _, f := range c.keys.Fields {
		if f.Key == name || waits(f.Key) {
			return false
		}
	}
	return true
}

// waits says that the name of a key is filled in by somebody.
func waits(name string) bool {
	return model.IsPlaceholder(name) || strings.ContainsAny(name, "${}<>") || strings.HasPrefix(strings.ToUpper(name), "YOUR")
}

// secret returns the secret of a key, or nil.
func (c *callServer) secret(key *model.Node) *model.Node {
	if name, known := key.Literal(); known && c.keys != nil && !waits(name) {
		return c.keys.Get(name)
	}
	return nil
}
