package read_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/read"
)

// shared returns the folder of real stacks, which is not part of the repository. The test is skipped if it is not there.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("MATRIXGEN_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	if _, err := os.Stat(filepath.Join(dir, "corpus")); err != nil {
		t.Skip("no folder shared beside the repository, and no MATRIXGEN_SHARED")
	}
	return dir
}

// TestCorpus reads stacks that people run, and looks for what there is in them.
func TestCorpus(t *testing.T) {
	for _, test := range []struct {
		dir string
		// want are lines of the dump, without what follows them in the line.
		want []string
		// findings are the places of all findings.
		findings string
	}{
		{"authentik", []string{"service mas: \"mas\"", "document coturn/turnserver.conf: coturn", "document caddy/Caddyfile: caddy",
			"document ../public/.well-known/matrix/client: well-known-client", "mas: read by mas: mas/config.yaml", "synapse: read by synapse: synapse/homeserver.yaml"}, ""},
		{"bridges", []string{"document .env.example: env env template", "document livekit/traefik-fileprovider/livekit.yaml: traefik-dynamic",
			"document synapse/log.config: synapse-log", "network traefik-public: \"traefik-public\" external", "synapse: read by nobody: synapse/homeserver.yaml.tmpl"}, ""},
		{"caddy-small", []string{"document docker-cmpose.yml: compose", "service livekit: \"livekit\"", "mas: read by mas: mas-config.yaml",
			"synapse: read by synapse: synapse-data/homeserver.yaml"}, ""},
		{"demo", []string{"document data-template/synapse/workers/synapse-generic-worker-1.yaml: synapse-worker yaml template",
			"document data-template/element-call/config.json: element-call", "document data-template/nginx/www/.well-known/matrix/support: well-known-support",
			"mas: read by mas: data-template/mas/config.yaml partial guessed", "element: read by element-web: data-template/element-web/config.json guessed"}, ""},
		{"ess-compose", []string{"deployment compose-variants/docker-compose.local.yml", "deployment templates", "service authelia: \"\" authelia/authelia:latest inactive",
			"mas: read by mas: mas-config.yaml guessed", "document postgres/init/01-init-databases.sql: script"}, ""},
		{"external-proxy", []string{"document data-template/livekit/config.yaml: livekit yaml template", "mas: read by nobody"}, "compose.yml:335:7 syntax-error"},
		{"traefik-rtc", []string{"deployment element-call", "deployment traefik", "document traefik.yaml: traefik-static", "document element-call-config.json: element-call",
			"network default: \"traefik\"", "synapse: read by synapse: synapse/homeserver.yaml", "element: read by element-web: element-config.json"}, ""},
	} {
		t.Run(test.dir, func(t *testing.T) {
			deployments, findings, err := read.Deployments(os.DirFS(filepath.Join(shared(t), "corpus", test.dir)))
			if err != nil {
				t.Fatal(err)
			}
			var places []string
			for _, f := range findings {
				places = append(places, strings.Replace(dumpFinding(f), ": ", " ", 1))
			}
			if got := strings.Join(places, ", "); got != test.findings {
				t.Errorf("findings: %s", got)
			}
			text := dump(deployments, nil, nil)
			lines := strings.Split(text, "\n")
			for _, want := range test.want {
				if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), want) }) {
					t.Errorf("no line %q", want)
				}
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// BenchmarkDeployments reads all of them.
func BenchmarkDeployments(b *testing.B) {
	for b.Loop() {
		if _, _, err := read.Deployments(os.DirFS("../../../shared/corpus/ess-compose")); err != nil {
			b.Fatal(err)
		}
	}
}
