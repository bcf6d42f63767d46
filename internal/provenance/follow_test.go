package provenance_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/schema"
)

// TestAnotherSchema follows a stack by a schema that is not the one that it was compiled by: there is no answer then, and the error says where.
func TestAnotherSchema(t *testing.T) {
	tests := []struct{ name, file, old, new, want string }{
		{"another value", "stack/wiring.cue", "mas: 8080", "mas: 8888", `docker-compose.yml of x to "services.mas.labels.traefik.http.services.x-mas.loadbalancer.server.port"`},
		{"a key more", "mas/emit.cue", "account: {", "account: {\n\t\tone_more: true", `mas-config.yaml of x to "account"`},
		{"a key less", "mas/emit.cue", "oauth: device_code_grant_enabled", "_oauth: device_code_grant_enabled", `mas-config.yaml of x to "oauth"`},
		{"another text", "readme/deploy.cue", "## Deploy", "## Start", "README.md of x"},
		{"no document", "outputs/outputs.cue", `"synapse-log.yaml":`, `"_synapse-log.yaml":`, "synapse-log.yaml of x: nothing derives it"},
		{"CUE that is not followed", "mas/emit.cue", "#wiring.url.mas", "#wiring.url.mas[0:3]", "schema/mas/emit.cue:12:16: the schema uses an expression"},
		{"an error", "mas/emit.cue", "#wiring.url.mas", "len(7)", "schema/mas/emit.cue:12:16: the schema uses an expression that gives an error"},
	}
	tools := load(t)
	b := build(t, tools, shippedStacks(t)[2])
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			other, err := provenance.LoadFrom(changedSchema(t, test.file, test.old, test.new))
			if err != nil {
				t.Fatal(err)
			}
			if _, err = other.Follow(b.deployment, b.written); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// changedSchema returns the schema with one file in which something else stands.
func changedSchema(t *testing.T, file, old, new string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(schema.Files, "*/*.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			changed := strings.Replace(string(text), old, new, 1)
			if changed == string(text) {
				t.Fatalf("%s does not say %s", file, old)
			}
			text = []byte(changed)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

// TestOddStacks follows stacks with values that are written in unusual ways.
func TestOddStacks(t *testing.T) {
	tests := map[string]string{
		"keys like those of the schema": `
			identityProvider: authorizationParameters: {"_hidden": "a", "#definition": "b", "with space": "c", "": "d"}
			wellKnown: client: {"_x": {"#y": [1, {a: null}]}, "q\"uote": "\u2028", "m.x": [[], {}, [[1]]]}`,
		"numbers": `
			wellKnown: {servedBy: "elsewhere", client: {a: 1.5e3, b: -1, c: 0x10, d: 1_000, e: 1K, f: 1.50, g: 1e-8, h: 123456789012345678901234567890}}
			override: synapse: rc_message: {per_second: 1e-3, burst_count: 0x1E}`,
		"texts": `
			branding: {serviceName: #"a "b" \(c)"#, imprint: """
				two
				lines
				"""}
			override: mas: branding: tos_uri: "https://example.org/$HOME"`,
		"nothing": `
			hosts: {}
			override: synapse: {}
			override: mas: {}
			extra: {}
			federation: {}
			wellKnown: client: {}
			wellKnown: support: {}
			element: roomDirectory: []
			synapse: trustedKeyServers: []`,
		"lists": `
			override: synapse: auto_join_rooms: []
			override: mas: secrets: keys: [{key_file: "/run/secrets/a"}, {key_file: "/run/secrets/b"}, {key_file: "/run/secrets/c"}]
			override: mas: upstream_oauth2: providers: [{fetch_userinfo: true}]
			extra: services: x: {image: "example.org/x:1", command: ["a", "b"], volumes: ["./well-known:/srv:ro", "./README.md:/r"]}`,
		"the same in two ways": `
			serverName: "example.org"
			"serverName": "example.org"
			passwords: enabled: true
			passwords: {enabled: true}`,
	}
	tools := load(t)
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(text, "serverName") {
				text = "serverName: \"example.org\"\n" + text
			}
			b := build(t, tools, "package x\n"+text)
			if b == nil {
				t.Fatal("the stack is wrong")
			}
			for document, lines := range b.lines {
				for i := range lines {
					b.trace.Explain(document, lines[i])
				}
			}
		})
	}
}
