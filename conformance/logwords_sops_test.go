package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSOPSWords has sops open what examples have, and write what they would.
func TestSOPSWords(t *testing.T) {
	o := newSOPSOperator(t)
	key, err := filepath.Abs("../stacks/example-key.txt")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	recipient := regexp.MustCompile(`age1[0-9a-z]+`).FindString(string(content))
	fails := func(arguments ...string) string {
		t.Helper()
		said, err := o.command(o.home, o.sops, arguments...).CombinedOutput()
		if err == nil {
			t.Errorf("sops %s does not fail", strings.Join(arguments, " "))
		}
		return string(said)
	}
	o.environment = append(o.environment, "SOPS_AGE_KEY_FILE="+key)
	file := write(t, []byte("synapse:\n  shared: of-the-test\n  another: of-the-test\n"), o.root, "secrets.yaml")
	o.run(t, "", o.sops, "encrypt", "--in-place", "--age", recipient, file)
	binding := readRulePage(t, "sops-binding-missing")
	binding.prints(t, "SOPS", fails("decrypt", "--extract", `["mas"]["shared"]`, file), "component ['mas'] not found")

	sealed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, append([]byte("mas:\n  shared: added\n"), sealed...), o.root, "secrets.yaml")
	leaf := readRulePage(t, "sops-leaf-unencrypted")
	leaf.prints(t, "SOPS", fails("decrypt", file), "does not match sops' data format")
	write(t, regexp.MustCompile(`(?m)^\s+another:.*\n`).ReplaceAll(sealed, nil), o.root, "secrets.yaml")
	leaf.prints(t, "SOPS", fails("decrypt", file), "MAC mismatch")

	write(t, sealed, o.root, "secrets.yaml")
	o.environment = nil
	binding.prints(t, "SOPS", fails("decrypt", file), "Failed to get the data key required to decrypt the SOPS file")

	rules := readRulePage(t, "sops-rule-matches-nothing")
	write(t, []byte(rules.file(t, ".sops.yaml")), o.root, ".sops.yaml")
	if err := os.MkdirAll(filepath.Join(o.root, "deploy"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, []byte(rules.file(t, "deploy/secrets.yaml")), o.root, "deploy/secrets.yaml")
	rules.prints(t, "SOPS", fails("encrypt", "deploy/secrets.yaml"), "no matching creation rules found")
}
