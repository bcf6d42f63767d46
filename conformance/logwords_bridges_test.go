package conformance

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBridgeWords starts what all bridges of mautrix have in common before Synapse, as the examples have it.
func TestBridgeWords(t *testing.T) {
	const tokens = "id: whatsapp\nas_token: as-of-the-test\nhs_token: hs-of-the-test\nsender_localpart: sender\nnamespaces: {users: [{regex: '@whatsapp.*:example\\.org', exclusive: true}]}\n"
	page := readRulePage(t, "appservice-mismatch")
	bridge := func(t *testing.T, registration, as string, port int) *process {
		folder := t.TempDir()
		file := write(t, []byte(registration), folder, "whatsapp.yaml")
		base := synapseOn(t, page, "app_service_config_files: ["+file+"]\n")
		own := mapped(t, []byte(page.file(t, "whatsapp/config.yaml")), "http://synapse:8008", base, "domain: matrix.example.org", "domain: example.org",
			"__AS_TOKEN__", as, "__HS_TOKEN__", "hs-of-the-test", "port: 29318", fmt.Sprintf("port: %d", port))
		own = append(own, fmt.Sprintf("database: {type: sqlite3-fk-wal, uri: 'file:%s?_txlock=immediate'}\n", filepath.Join(folder, "bridge.db"))...)
		cmd := exec.Command(installed(t, "mautrix", cacheFolder(t)), "-n", "-c", write(t, own, folder, "config.yaml"))
		cmd.Env, cmd.Dir = []string{"NETWORK=whatsapp", "HOME=" + folder}, folder
		return start(t, cmd)
	}
	says := func(t *testing.T, p *process, words string) string {
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && !strings.Contains(p.log.String(), words); {
			time.Sleep(50 * time.Millisecond)
		}
		return p.log.String()
	}
	t.Run("another token", func(t *testing.T) {
		const words = "The as_token was not accepted"
		page.prints(t, "mautrix-go", says(t, bridge(t, tokens+"url: http://127.0.0.1:1\n", "another", freePort(t)), words), words)
	})
	t.Run("nobody at the url", func(t *testing.T) {
		const words = "Homeserver -> appservice connection is not working"
		unreachable := readRulePage(t, "appservice-unreachable")
		said := says(t, bridge(t, tokens+"url: "+"http://"+nowhere(t)+"\n", "as-of-the-test", freePort(t)), words)
		unreachable.prints(t, "mautrix-go", said, words)
		unreachable.prints(t, "Synapse", said, "M_CONNECTION_FAILED")
	})
}
