package provenance_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/schema"
)

// TestAnotherSchema follows a stack by a schema that is not the one that it was compiled by: the document that is another one by it has no answer,
// and it is said why.
func TestAnotherSchema(t *testing.T) {
	tests := []struct{ name, file, old, new, document, want string }{
		{"another value", "stack/wiring.cue", "mas: 8080", "mas: 8888", "docker-compose.yml", `at "services.mas.labels.traefik.http.services.x-mas.loadbalancer.server.port" of docker-compose.yml the schema`},
		{"a key more", "mas/emit.cue", "account: {", "account: {\n\t\tone_more: true", "mas-config.yaml", `at "account" of mas-config.yaml the schema`},
		{"a key less", "mas/emit.cue", "oauth: device_code_grant_enabled", "_oauth: device_code_grant_enabled", "mas-config.yaml", `at "oauth" of mas-config.yaml the schema`},
		{"another text", "readme/deploy.cue", "## Deploy", "## Start", "README.md", `at "" of README.md the schema`},
		{"no document", "outputs/outputs.cue", `"synapse-log.yaml":`, `"_synapse-log.yaml":`, "synapse-log.yaml", "nothing in the schema derives synapse-log.yaml"},
		{"an error", "mas/emit.cue", "#wiring.url.mas", "len(7)", "mas-config.yaml", "schema/mas/emit.cue:18:16: the schema uses an expression that gives an error, which explain does not follow"},
	}
	schema := load(t)
	b := build(t, schema, shippedStacks(t)[2])
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			other, err := provenance.LoadFrom(changedSchema(t, test.file, test.old, test.new))
			if err != nil {
				t.Fatal(err)
			}
			trace, err := other.Follow(b.deployment, b.written)
			if err != nil {
				t.Fatal(err)
			}
			if got := trace.Refusal(test.document, model.Line{}); !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

var subsetRow = regexp.MustCompile(`(?m)^//\t(followed|refused) +(.*?)  +\S`)

// TestSubset puts CUE of every kind into the schema. The stack compiles, what is followed is followed, and what is not costs the answers of its
// document, with a sentence that says where, and of what is made of that, and no others. What is followed stands there together. A part of the proof is that,
// and the first row that is refused: all refusals take the same way.
func TestSubset(t *testing.T) {
	text, err := os.ReadFile("provenance.go")
	rows := subsetRow.FindAllStringSubmatch(string(text), -1)
	if err != nil || len(rows) == 0 {
		t.Fatal(len(rows), "rows,", err)
	}
	followed := ""
	first := true
	for i, row := range rows {
		if row[1] == "followed" {
			followed += fmt.Sprintf("\n\t\tof_the_test_%d: {%s}", i, row[2])
			continue
		}
		if first || proofs.Whole || proofs.Named() {
			t.Run(row[2], func(t *testing.T) { judgeSubset(t, "\n\t\tof_the_test: {"+row[2]+"}", true) })
		}
		first = false
	}
	t.Run("followed", func(t *testing.T) { judgeSubset(t, followed, false) })
}

// judgeSubset puts fields into what the schema derives for mas-config.yaml, and holds the lines of all documents against whether that is refused.
func judgeSubset(t *testing.T, fields string, refused bool) {
	t.Helper()
	changed := changedSchema(t, "mas/emit.cue", "account: {", "account: {"+fields)
	compiler, err := compile.NewFrom(changed)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := provenance.LoadFrom(changed)
	if err != nil {
		t.Fatal(err)
	}
	b := follow(t, schema, compiledBy(t, compiler, "package x\nserverName: \"example.org\"\n"))
	if b == nil {
		t.Fatal("the stack is wrong")
	}
	for document, lines := range b.lines {
		for i, line := range lines {
			ofMAS := document == "mas-config.yaml" || slices.Contains(line.Sum, "mas-config.yaml")
			why := b.trace.Refusal(document, line)
			if (why != "") != (ofMAS && refused) {
				t.Fatalf("%s:%d: refused with %q", document, i+1, why)
			}
			if why == "" {
				b.trace.Explain(document, line)
			} else if !strings.Contains(why, "the schema uses ") && !strings.Contains(why, "comes to another value than CUE") {
				t.Errorf("it is not said why: %s", why)
			}
		}
	}
	at := b.deployment.Document("mas-config.yaml").Root.At("matrix", "homeserver").Position
	if field := b.trace.Written(at, provenance.Sieve{}); (field == nil) != refused {
		t.Errorf("what matrix.homeserver follows from is %+v", field)
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
			identityProviders: "pocket-id": authorizationParameters: {"_hidden": "a", "#definition": "b", "with space": "c", "": "d"}
			wellKnown: client: {"_x": {"#y": [1, {a: null}]}, "q\"uote": "\u2028", "m.x": [[], {}, [[1]]]}`,
		"numbers": `
			wellKnown: {servedBy: "elsewhere", client: {a: 1.5e3, b: -1, c: 0x10, d: 1_000, e: 1K, f: 1.50, g: 1e-8, h: 123456789012345678901234567890}}
			override: synapse: rc_message: {per_second: 1e-3, burst_count: 0x1E}`,
		"texts": `
			branding: {serviceName: #"a "b" \(c)"#, imprint: """
				two
				lines
				"""}
			override: synapse: admin_contact: "mailto:$HOME@example.org"`,
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
			override: mas: upstream_oauth2: providers: [{forward_login_hint: true}]
			extra: services: x: {image: "example.org/x:1", command: ["a", "b"], volumes: ["./well-known:/srv:ro", "./README.md:/r"]}`,
		"the same in two ways": `
			serverName: "example.org"
			"serverName": "example.org"
			passwords: enabled: true
			passwords: {enabled: true}`,
	}
	schema := load(t)
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(text, "serverName") {
				text = "serverName: \"example.org\"\n" + text
			}
			b := build(t, schema, "package x\n"+text)
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
