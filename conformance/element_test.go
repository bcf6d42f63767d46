package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"testing"
)

// decodeStrictly reads one JSON value and refuses what a lenient parser lets pass: a key twice, and anything after the value.
func decodeStrictly(content []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	if err := eachKeyOnce(decoder, "$"); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("something follows the value: %v", err)
	}
	return json.Unmarshal(content, into)
}

func eachKeyOnce(decoder *json.Decoder, path string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; decoder.More(); i++ {
		at := fmt.Sprint(path, "[", i, "]")
		if token == json.Delim('{') {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			at = path + "." + key.(string)
			if seen[at] {
				return fmt.Errorf("%s is there twice", at)
			}
			seen[at] = true
		}
		if err := eachKeyOnce(decoder, at); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// homeserver is what Synapse's and MAS's configurations say about themselves.
type homeserver struct {
	ServerName    string `yaml:"server_name"`
	PublicBaseURL string `yaml:"public_baseurl"`
	masBase       string
	callbacks     []string // that MAS sends to its providers
}

func (d deployment) homeserver(t *testing.T) homeserver {
	t.Helper()
	var h homeserver
	var mas struct {
		HTTP struct {
			PublicBase string `yaml:"public_base"`
		}
		Upstream struct {
			Providers []struct{ ID string }
		} `yaml:"upstream_oauth2"`
	}
	d.parse(t, map[string]any{"synapse-config.yaml": &h, "mas-config.yaml": &mas})
	h.masBase = mas.HTTP.PublicBase
	for _, provider := range mas.Upstream.Providers {
		h.callbacks = append(h.callbacks, h.masBase+"upstream/callback/"+provider.ID)
	}
	return h
}

// TestElement reads the JSON files as strictly as a browser and a server do, and holds them against Synapse's and MAS's configurations.
func TestElement(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		if !d.has("element-config.json") {
			return
		}
		synapse := d.homeserver(t)
		type server struct {
			BaseURL    string `json:"base_url"`
			ServerName string `json:"server_name"`
		}
		var config struct {
			Default map[string]server `json:"default_server_config"`
		}
		var client map[string]json.RawMessage
		decode(t, d, "element-config.json", &config)
		decode(t, d, "well-known/client", &client)
		var wellKnown server
		if err := json.Unmarshal(client["m.homeserver"], &wellKnown); err != nil {
			t.Fatalf("well-known/client: m.homeserver: %v", err)
		}
		element := config.Default["m.homeserver"]
		if element.ServerName != synapse.ServerName {
			t.Errorf("Element says the server is called %q, Synapse %q", element.ServerName, synapse.ServerName)
		}
		if element.BaseURL+"/" != synapse.PublicBaseURL || wellKnown.BaseURL+"/" != synapse.PublicBaseURL {
			t.Errorf("Element goes to %q, clients to %q, and Synapse says %q", element.BaseURL, wellKnown.BaseURL, synapse.PublicBaseURL)
		}
		base, err := url.Parse(synapse.PublicBaseURL)
		if err != nil {
			t.Fatal(err)
		}
		if d.has("element-call.json") {
			var page struct {
				Default map[string]server `json:"default_server_config"`
			}
			decode(t, d, "element-call.json", &page)
			if page.Default["m.homeserver"] != element {
				t.Errorf("the page of Element Call goes to %v, Element to %v", page.Default["m.homeserver"], element)
			}
		}
		if d.has("well-known/server") {
			var delegated map[string]string
			decode(t, d, "well-known/server", &delegated)
			want := base.Host
			if base.Port() == "" {
				want += ":443"
			}
			if len(delegated) != 1 || delegated["m.server"] != want {
				t.Errorf("well-known/server says %v, want %s", delegated, want)
			}
		}
		if d.has("well-known/support") {
			decode(t, d, "well-known/support", &map[string]json.RawMessage{})
		}
		if d.has("pocket-id-client.json") {
			var registered struct{ CallbackURLs []string }
			decode(t, d, "pocket-id-client.json", &registered)
			if d.delegates(t) && !slices.ContainsFunc(registered.CallbackURLs, func(url string) bool { return slices.Contains(synapse.callbacks, url) }) {
				t.Errorf("Pocket ID takes the callbacks %q, MAS sends %q", registered.CallbackURLs, synapse.callbacks)
			}
			if own := synapse.PublicBaseURL + "_synapse/client/oidc/callback"; !d.delegates(t) && !slices.Contains(registered.CallbackURLs, own) {
				t.Errorf("Pocket ID takes the callbacks %q, Synapse sends %q", registered.CallbackURLs, own)
			}
		}
	})
}

func decode(t *testing.T, d deployment, file string, into any) {
	t.Helper()
	if err := decodeStrictly(d.read(t, file), into); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}
