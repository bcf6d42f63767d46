package conformance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// prepared are the deployments whose secrets are there.
var prepared = map[string]bool{}

// secrets makes the secrets of the deployment with the very commands of its README.md, as the operator does, and returns their folder.
func (d deployment) secrets(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(d.dir, "secrets")
	if prepared[d.dir] {
		return folder
	}
	_, section, _ := strings.Cut(string(d.read(t, "README.md")), "### Secrets")
	section, _, _ = strings.Cut(section, "\n## ")
	commands := fenced(section, "sh")
	if len(commands) != 1 {
		t.Fatalf("README.md has %d blocks of commands for the secrets, want 1", len(commands))
	}
	for command := range strings.Lines(commands[0]) {
		d.shell(t, command)
	}
	for name, secret := range d.project(t).Secrets {
		if secret.Environment != "" {
			d.handOver(t, name, secret.Environment)
		}
	}
	prepared[d.dir] = true
	return folder
}

// handOver does what compose does with a secret of its environment: a file with the owner and mode of the grant.
func (d deployment) handOver(t *testing.T, name, variable string) {
	t.Helper()
	for _, service := range d.project(t).Services {
		for _, grant := range service.Secrets {
			if grant.Source == name {
				d.shell(t, fmt.Sprintf(`mkdir -p secrets && matrixgen secrets exec %s -- sh -c 'printf "%%s" "$%s" >secrets/%s && chmod %o secrets/%s && chown %s:%s secrets/%s'`,
					d.name, variable, name, int64(*grant.Mode), name, grant.UID, grant.GID, name))
			}
		}
	}
}

// fenced returns the blocks of a language.
func fenced(markdown, language string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(markdown, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// shell runs a command in the folder of the deployment. What it asks for, it is given.
func (d deployment) shell(t *testing.T, command string) {
	t.Helper()
	cmd := exec.Command("sh", "-eu", "-c", command)
	cmd.Dir = d.dir
	cmd.Stdin = strings.NewReader(`a "stand-in": \ that no file takes as it is` + "\n")
	if strings.Contains(command, "upstream_private_key") || strings.Contains(command, "push_org_example_chat_ios") {
		cmd.Stdin = bytes.NewReader(appleKey(t))
	}
	mine := slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "SOPS_") })
	cmd.Env = append(mine, "PATH="+filepath.Dir(tool)+":"+os.Getenv("PATH"), "HOME="+home, "XDG_CONFIG_HOME="+home)
	if output, err := cmd.CombinedOutput(); err != nil {
		if os.Getuid() != 0 && strings.Contains(string(output), "only root can give them") {
			return
		}
		t.Fatalf("the commands of README.md: %s: %v\n%s", command, err, output)
	}
}

// appleKey returns a key in the form in which Apple gives them out.
func appleKey(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	content, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content})
}

var secretRow = regexp.MustCompile("(?m)^\\| `(?:\\./)?secrets/([a-z0-9_]+)` \\| ([0-9]+) \\| ([0-7]+) \\| ([a-z0-9-]+) \\|")

// TestSecrets follows README.md and holds the files against what the products read.
func TestSecrets(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		folder, project := d.secrets(t), d.project(t)
		listed := map[string]bool{}
		for _, row := range secretRow.FindAllStringSubmatch(string(d.read(t, "README.md")), -1) {
			name, owner, mode, service := row[1], row[2], row[3], row[4]
			listed[name] = true
			info, err := os.Stat(filepath.Join(folder, name))
			if err != nil {
				t.Error(err)
				continue
			}
			if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != mode {
				t.Errorf("%s has the mode %s, README.md says %s", name, got, mode)
			}
			if uid := info.Sys().(*syscall.Stat_t).Uid; os.Getuid() == 0 && owner != fmt.Sprint(uid) {
				t.Errorf("%s belongs to %d, README.md says %s", name, uid, owner)
			}
			mounted := false
			for _, secret := range project.Services[service].Secrets {
				mounted = mounted || secret.Source == name
			}
			if !mounted {
				t.Errorf("README.md says that %s reads %s, and compose does not mount it there", service, name)
			}
		}
		for name := range project.Secrets {
			if !listed[name] && d.name != "extras" {
				t.Errorf("README.md does not list the secret %s", name)
			}
		}
		if d.has("mas-config.yaml") {
			masReads(t, folder, d.delegates(t))
		}
	})
}

// masReads fails where MAS would: https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#secrets
func masReads(t *testing.T, folder string, delegates bool) {
	t.Helper()
	secret := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).Match(secret("mas_encryption")) || strings.HasSuffix(string(secret("mas_encryption")), "\n") {
		t.Error("mas_encryption is not 64 hex digits without a newline")
	}
	if delegates && string(secret("mas_matrix_secret")) != string(secret("synapse_matrix_secret")) {
		t.Error("MAS and Synapse have different secrets")
	}
	key := func(name string) *pem.Block {
		content := secret(name)
		for {
			block, rest := pem.Decode(content)
			if block == nil {
				t.Fatalf("%s holds no private key", name)
			}
			if strings.HasSuffix(block.Type, "PRIVATE KEY") {
				return block
			}
			content = rest
		}
	}
	if parsed, err := x509.ParsePKCS8PrivateKey(key("mas_signing_key_rsa").Bytes); err != nil {
		t.Errorf("mas_signing_key_rsa: %v", err)
	} else if k, ok := parsed.(*rsa.PrivateKey); !ok || k.N.BitLen() < 2048 {
		t.Errorf("mas_signing_key_rsa is a %T", parsed)
	}
	ec, err := x509.ParseECPrivateKey(key("mas_signing_key_ec").Bytes)
	if err != nil || ec.Curve != elliptic.P256() {
		t.Errorf("mas_signing_key_ec: %v", err)
	}
}
