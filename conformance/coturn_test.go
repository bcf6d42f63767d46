package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestCoturn starts coturn with every configuration, as the container does, and asks it for a relay with credentials such as Synapse hands out.
func TestCoturn(t *testing.T) {
	judged := 0
	each(t, func(t *testing.T, d deployment) {
		if !d.has("turnserver.conf") {
			t.Skip("no coturn in this stack")
		}
		judged++
		port := d.coturn(t)
		secret, err := os.ReadFile(filepath.Join(d.secrets(t), "synapse_turn_shared_secret"))
		if err != nil {
			t.Fatal(err)
		}
		said := relayed(t, port, string(secret))
		if !strings.Contains(said, "Received relay addr") {
			t.Errorf("coturn gives no relay to who has the secret:\n%s", said)
		}
		// The peer is on this machine, which no network of the internet has.
		if !strings.Contains(said, "403 (Forbidden IP)") {
			t.Errorf("coturn relays to private networks:\n%s", said)
		}
		if said := relayed(t, port, "another secret"); strings.Contains(said, "Received relay addr") {
			t.Errorf("coturn gives a relay to who has another secret:\n%s", said)
		}
	})
	if judged < 2 {
		t.Errorf("%d stacks alone have coturn", judged)
	}
}

// coturn starts coturn on free ports of this machine, and returns the one at which clients find it.
func (d deployment) coturn(t *testing.T) int {
	t.Helper()
	folder, port := t.TempDir(), freePort(t)
	configuration := mapped(t, d.read(t, "turnserver.conf"), "log-file=stdout\n", fmt.Sprintf("log-file=stdout\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\npidfile=%s/pid\n", folder))
	chain, key := certificate(t, []string{"turn.example"}, folder)
	for inside, here := range map[string]string{"/etc/coturn/chain.pem": chain, "/etc/coturn/key.pem": key} {
		configuration = []byte(strings.ReplaceAll(string(configuration), inside, here))
	}
	configuration = regexp.MustCompile(`(?m)^listening-port=\d+$`).ReplaceAll(configuration, fmt.Appendf(nil, "listening-port=%d", port))
	configuration = regexp.MustCompile(`(?m)^tls-listening-port=\d+$`).ReplaceAll(configuration, fmt.Appendf(nil, "tls-listening-port=%d", freePort(t)))
	// What the entry point of the image makes of the arguments.
	// https://github.com/coturn/coturn/blob/master/docker/coturn/rootfs/usr/local/bin/docker-entrypoint.sh
	command := d.project(t).Services["coturn"].Command
	joined := string(mapped(t, []byte(command[1]), "/etc/coturn/turnserver.conf", write(t, configuration, folder, "turnserver.conf"), "/run/secrets/", d.secrets(t)+"/",
		">/tmp/", ">"+folder+"/joined-", "echo /tmp/", "echo "+folder+"/joined-"))
	output, err := exec.Command("bash", "-c", `eval "echo $1"`, "entrypoint", joined).Output()
	if err != nil || command[0] != "-c" {
		t.Fatalf("%q: %v", command, err)
	}
	process := start(t, exec.Command(installed(t, "turnserver"), "-c", strings.TrimSpace(string(output))))
	process.until(t, "listened", time.Minute, answers(port))
	t.Cleanup(func() {
		for line := range strings.Lines(process.log.String()) {
			if strings.Contains(line, "Bad configuration") || strings.Contains(line, "CONFIG ERROR") {
				t.Errorf("coturn says: %s", line)
			}
		}
	})
	return port
}

// relayed asks for a relay with credentials that a secret makes, and returns what the client of coturn says.
func relayed(t *testing.T, port int, secret string) string {
	t.Helper()
	cmd := exec.Command("timeout", "5", installed(t, "turnutils_uclient"), "-v", "-W", secret, "-u", "alice", "-n", "1", "-c", "-e", "127.0.0.1", "-p", fmt.Sprint(port), "127.0.0.1")
	output, _ := cmd.CombinedOutput() // it fails when it is refused
	return string(output)
}
