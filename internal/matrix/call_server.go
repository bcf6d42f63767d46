package matrix

import (
	"slices"
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

// CallServerOf returns the LiveKit of the deployment, or nil if its file is not visible, rendered first, or one of several. LIVEKIT_CONFIG counts as its file.
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
	if found.Doc.Root.Get("key_file").IsSet() {
		found.Keys = nil // they are elsewhere
	}
	if len(services) == 1 {
		found.takeKeys(services[0])
	}
	return found
}

// takeKeys takes the keys that a variable has, which come in place of those of the file. Those of a flag, or of a variable of which the file is not seen, are not known.
// Source: livekit/livekit pkg/config/config.go, updateFromCLI.
func (c *CallServer) takeKeys(s *model.Service) {
	words, known := container.ShellWords(s.Node.Get("command"))
	isFlag := func(word string) bool { return strings.HasPrefix(word, "--key") }
	isUnseen := s.Env("LIVEKIT_CONFIG") != nil && !slices.Contains(s.Held, c.Doc)
	switch value := s.Env("LIVEKIT_KEYS"); {
	case !known, isUnseen, slices.ContainsFunc(words, isFlag), s.Env("LIVEKIT_KEY_FILE") != nil:
		c.Keys = nil
	case value != nil:
		c.Keys = keysOf(value)
	}
}

// keysOf returns the keys with their secrets of a text such as LIVEKIT_KEYS holds, lines of "key: secret", or nil if they are not known.
func keysOf(value *model.Node) *model.Node {
	if value.Kind != model.String || value.Unknown && !strings.Contains(value.Text, "${") {
		return nil
	}
	keys := &model.Node{Kind: model.Map, Position: value.Position}
	for line := range strings.Lines(value.Text) {
		key, secret, found := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if !found || strings.ContainsAny(key, `${"'#`) {
			return nil
		}
		secret = strings.Trim(strings.TrimSpace(secret), `"'`)
		keys.Fields = append(keys.Fields, model.Field{Key: key, Position: value.Position,
			Value: &model.Node{Kind: model.String, Text: secret, Unknown: placeholder.In(secret) || strings.Contains(secret, "${"), Position: value.Position}})
	}
	return keys
}

// ReplacesSetting reports whether a variable or a flag of LiveKit replaces a setting of its file, or one below it: of rtc it is LIVEKIT_RTC_USE_EXTERNAL_IP, or
// --rtc.use_external_ip. Source: livekit/livekit pkg/config/config.go, GenerateCLIFlags.
func ReplacesSetting(s *model.Service, path string) bool {
	variable := "LIVEKIT_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
	words, _ := container.ShellWords(s.Node.Get("command"))
	isFlag := func(word string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
		return strings.HasPrefix(word, "-") && (name == path || strings.HasPrefix(name, path+"."))
	}
	return slices.ContainsFunc(words, isFlag) || slices.ContainsFunc(s.Environment, func(v model.Variable) bool {
		return v.Name == variable || strings.HasPrefix(v.Name, variable+"_")
	})
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
