package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSOPSWithPGP encrypts for a key of GnuPG: the real sops opens what the tool wrote, and the other way round; who lacks the key is told so.
func TestSOPSWithPGP(t *testing.T) {
	gpg, err := exec.LookPath("gpg")
	if err != nil {
		t.Skip("gpg is not installed")
	}
	o := newSOPSOperator(t)
	keys := filepath.Join(o.home, ".gnupg")
	if err := os.Mkdir(keys, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.command(o.home, "gpgconf", "--kill", "gpg-agent").Run() }) // it holds the folder
	o.run(t, "", gpg, "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "Ann <ann@a.example>", "default", "default", "never")
	fingerprint := ""
	for line := range strings.Lines(o.run(t, "", gpg, "--batch", "--with-colons", "--list-keys")) {
		if fields := strings.Split(line, ":"); fields[0] == "fpr" && fingerprint == "" {
			fingerprint = fields[9]
		}
	}
	rules := func(recipient string) {
		write(t, fmt.Appendf(nil, "creation_rules:\n  - path_regex: (^|/)secrets\\.sops\\.yaml$\n    pgp: %s\n", recipient), o.root, ".sops.yaml")
	}

	rules("0123456789ABCDEF0123456789ABCDEF01234567")
	output, err := o.command(o.home, tool, "secrets", "init").CombinedOutput()
	if err == nil || !strings.Contains(string(output), "cannot encrypt for the recipients of .sops.yaml") || strings.Count(strings.TrimSpace(string(output)), "\n") != 1 {
		t.Errorf("a recipient that nobody knows: %v\n%s", err, output)
	}
	if _, err := os.Stat(filepath.Join(o.root, sopsFile)); err == nil {
		t.Error("a file was written for nobody")
	}

	// A gpg that writes down what it is told and what it could see.
	helper, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
	write(t, fmt.Appendf(nil, "#!/bin/sh\n{ echo \"$@\"; env; } >>%s\nexec %s \"$@\"\n", seen, gpg), helper, "gpg")
	if err := os.Chmod(filepath.Join(helper, "gpg"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", helper+":"+os.Getenv("PATH"))

	rules(fingerprint)
	o.run(t, "", tool, "secrets", "init")
	o.run(t, "one of these\n", tool, "secrets", "set", "smtp_password")
	if got := o.values(t)["smtp_password"]; got != "one of these" {
		t.Errorf("sops opens smtp_password as %q", got)
	}
	o.run(t, "", o.sops, "set", sopsFile, `["smtp_password"]`, `"another one of these"`)
	if said := o.run(t, "", tool, "secrets", "check", "--open"); said != "" {
		t.Errorf("the check says: %s", said)
	}
	if got := o.unsealed(t, "mas_smtp_password"); got != "another one of these" {
		t.Errorf("mas_smtp_password is %q", got)
	}

	told, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range o.values(t) {
		if strings.Contains(string(told), strings.TrimSpace(value)) {
			t.Errorf("gpg was told %s", name)
		}
	}

	output, err = o.command(t.TempDir(), tool, "secrets", "check", "--open").CombinedOutput()
	if err == nil || !strings.Contains(string(output), "is encrypted for "+fingerprint+" (gpg has no secret key for it") || strings.Contains(string(output), "SOPS_AGE_KEY") {
		t.Errorf("without the key: %v\n%s", err, output)
	}
}
