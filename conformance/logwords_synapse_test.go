package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// synapseWords are rules with what Synapse, of the version that a stack pins, prints when it is started on the example of their page.
var synapseWords = []struct{ rule, words string }{
	{"synapse-auth-conflicts-with-mas", "Password auth cannot be enabled when OAuth delegation is enabled"},
	{"synapse-companion-key-missing", "For security, you must specify an explicit target IP address blacklist in url_preview_ip_range_blacklist for url previewing to work"},
	{"synapse-listener-invalid", "Unknown listener resource"},
	{"synapse-msc3861-removed", "experimental_features.msc3861 was removed. Use the matrix_authentication_service configuration instead."},
	{"syntax-error", `found character '\t' that cannot start any token`},
}

// TestSynapseWords holds the words of pages against those of Synapse.
func TestSynapseWords(t *testing.T) {
	var jobs bytes.Buffer
	for _, w := range synapseWords {
		page := readRulePage(t, w.rule)
		line, err := json.Marshal([]string{"-c", write(t, hostPaths(t, page.file(t, "homeserver.yaml")), t.TempDir(), "homeserver.yaml")})
		if err != nil {
			t.Fatal(err)
		}
		jobs.Write(append(line, '\n'))
	}
	cmd := exec.Command(python(t, "default"), "testdata/synapse_config.py")
	cmd.Stdin, cmd.Stderr = &jobs, os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if len(lines) != len(synapseWords) {
		t.Fatalf("%d answers to %d starts", len(lines), len(synapseWords))
	}
	for i, w := range synapseWords {
		var answer struct {
			Code int    `json:"code"`
			Said string `json:"said"`
		}
		if err := json.Unmarshal([]byte(lines[i]), &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Code == 0 {
			t.Errorf("Synapse starts on the example of %s", w.rule)
		}
		readRulePage(t, w.rule).prints(t, "Synapse", answer.Said, w.words)
	}
}

// TestSynapseRegistrationWords has Synapse load the registration of the example as it does when it starts.
func TestSynapseRegistrationWords(t *testing.T) {
	page := readRulePage(t, "appservice-invalid")
	registration := write(t, []byte(page.file(t, "registration.yaml")), t.TempDir(), "registration.yaml")
	code := fmt.Sprintf("import logging; logging.basicConfig()\nfrom synapse.config.appservice import load_appservices\nload_appservices('example.org', [%q])", registration)
	said, err := exec.Command(python(t, "default"), "-c", code).CombinedOutput()
	if err == nil {
		t.Error("Synapse takes the registration of the example")
	}
	page.prints(t, "Synapse", string(said), "Failed to load appservice from")
	page.prints(t, "Synapse", string(said), "Required string field")
}

// inContainer matches the paths of an example that are those of a container.
var inContainer = regexp.MustCompile(`/(?:run/secrets|data)/[\w./-]+`)

// hostPaths returns a configuration with its files below a folder of the test, where there are some.
func hostPaths(t *testing.T, configuration string) []byte {
	t.Helper()
	folder := t.TempDir()
	return inContainer.ReplaceAllFunc([]byte(configuration), func(path []byte) []byte {
		if strings.Contains(string(path), "media") {
			return []byte(filepath.Join(folder, "media")) // Synapse makes it
		}
		content := "a-secret-of-nobody"
		if strings.Contains(string(path), "signing") {
			content = "ed25519 a_test X8a4wWkl8W5a1Yl3VQ4Y0L1mRk2mYt3O8m0w1v2x3y4\n"
		}
		name := strings.ReplaceAll(strings.TrimPrefix(string(path), "/"), "/", "_")
		return []byte(write(t, []byte(content), folder, filepath.Base(name)))
	})
}

// TestSynapseWorkerWords has Synapse load the configuration of a worker whose main process is not in instance_map, as the example of the page would without
// its last lines.
func TestSynapseWorkerWords(t *testing.T) {
	page := readRulePage(t, "synapse-worker-wiring")
	main, _, found := strings.Cut(page.file(t, "homeserver.yaml"), "instance_map:")
	if !found {
		t.Fatal("the example has no instance_map")
	}
	folder := t.TempDir()
	code := fmt.Sprintf("from synapse.config.homeserver import HomeServerConfig\nHomeServerConfig.load_config('worker', ['-c', %q, '-c', %q])",
		write(t, hostPaths(t, main), folder, "homeserver.yaml"), write(t, []byte(page.file(t, "worker.yaml")), folder, "worker.yaml"))
	said, err := exec.Command(python(t, "default"), "-c", code).CombinedOutput()
	if err == nil {
		t.Error("Synapse takes a worker without a main process")
	}
	page.prints(t, "Synapse", string(said), "Missing data for a worker to connect to main process")
}

// TestSynapseSchemeWords has Synapse load the example with an address that has no scheme.
func TestSynapseSchemeWords(t *testing.T) {
	page := readRulePage(t, "base-url-mismatch")
	configuration := mapped(t, hostPaths(t, page.file(t, "homeserver.yaml")), "https://matrix.example.org/", "matrix.example.org")
	code := fmt.Sprintf("from synapse.config.homeserver import HomeServerConfig\nHomeServerConfig.load_config('main', ['-c', %q])", write(t, configuration, t.TempDir(), "homeserver.yaml"))
	said, err := exec.Command(python(t, "default"), "-c", code).CombinedOutput()
	if err == nil {
		t.Error("Synapse takes an address without a scheme")
	}
	page.prints(t, "Synapse", string(said), "Invalid scheme '': only https and http are supported")
}
