package format_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// TestPage holds docs/upstream.md against the tables.
func TestPage(t *testing.T) {
	const page = "../../docs/upstream.md"
	var b strings.Builder
	b.WriteString("# What matrixgen knows of upstream\n\n" +
		"Rendered from `schema/*/config.cue` by `make update`. `matrixgen explain max_upload_size` prints what is known of one key.\n\n" +
		"What upstream takes where a file says nothing:\n")
	for _, f := range []struct{ upstream, title string }{
		{"synapse.#Config", "Synapse"}, {"mas.#Config", "MAS"}, {"element.#Config", "Element Web"}, {"pocketid.#Client", "Pocket ID, a client"},
		{"compose.#Config", "Compose"}, {"wellknown.#Client", "well-known of clients"},
		{"livekit.#Config", "LiveKit"}, {"lkjwt.#Environment", "lk-jwt-service"}, {"traefik.#Config", "Traefik, static"},
	} {
		b.WriteString("\n## " + f.title + "\n\n")
		table := load(t, f.upstream)
		if table.Knows != "" {
			b.WriteString("Known up to " + table.Knows + ".\n\n")
		}
		b.WriteString(table.Defaults())
	}
	if flag.Lookup("update").Value.String() == "true" {
		must(t, os.WriteFile(page, []byte(b.String()), 0o644))
	}
	got, err := os.ReadFile(page)
	must(t, err)
	if string(got) != b.String() {
		t.Error("docs/upstream.md is not what the tables say: run make update")
	}
}
