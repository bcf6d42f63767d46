package conformance

import (
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	section, _, _ = strings.Cut(section, "## Deploy")
	commands := fenced(section, "sh")
	if len(commands) != 2 {
		t.Fatalf("README.md has %d blocks of commands for the secrets, want 2: make them, give them to their owners", len(commands))
	}
	d.shell(t, commands[0])
	for name := range d.project(t).Secrets {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			continue
		}
		// What the README says the operator brings along.
		if !strings.Contains(section, "secrets/"+name+"`: ") && d.name != "extras" {
			t.Errorf("README.md neither makes the secret %s nor says who gives it", name)
		}
		content := "stand-in"
		if name == "synapse_email" {
			password, _ := json.Marshal(`a "stand-in"`)
			content = strings.ReplaceAll(fenced(section, "json")[0], `"PASSWORD"`, string(password))
		}
		write(t, []byte(content), folder, name)
	}
	d.shell(t, commands[1])
	prepared[d.dir] = true
	return folder
}

// fenced returns the blocks of a language.
func fenced(markdown, language string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(markdown, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// shell runs commands in the folder of the deployment. There is no Docker: the one image that the commands run is Synapse's, for a key.
func (d deployment) shell(t *testing.T, commands string) {
	t.Helper()
	bin := t.TempDir()
	script := "#!/bin/sh\n" + `[ "$1 $2 $3 $4" = "run --rm --entrypoint generate_signing_key" ] || { echo "docker $*: not here" >&2; exit 1; }` + "\nexec " + python(t, "default") + " -m synapse._scripts.generate_signing_key\n"
	if err := os.WriteFile(filepath.Join(bin, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		if err := os.WriteFile(filepath.Join(bin, "chown"), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "-eu", "-c", commands)
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the commands of README.md: %v\n%s", err, output)
	}
}

var secretRow = regexp.MustCompile("(?m)^\\| `(?:\\./)?secrets/([a-z0-9_]+)` \\| ([0-9]+) \\| ([0-7]+) \\| ([a-z-]+) \\|")

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
		masReads(t, folder)
	})
}

// masReads fails where MAS would: https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#secrets
func masReads(t *testing.T, folder string) {
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
	if string(secret("mas_matrix_secret")) != string(secret("synapse_matrix_secret")) {
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
