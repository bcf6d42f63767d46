package conformance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// An operator with a repository of one stack, and the real sops.
type sopsOperator struct {
	root, home, sops string
	// environment is added to that of every program.
	environment []string
}

// file is the SOPS file of the stack.
const sopsFile = "stacks/a/secrets.sops.yaml"

func newSOPSOperator(t *testing.T) sopsOperator {
	t.Helper()
	sops := os.Getenv("MATRIXGEN_CONFORMANCE_SOPS")
	if sops == "" {
		sops = filepath.Join(t.TempDir(), "sops")
		cmd := exec.Command("go", "build", "-o", sops, "github.com/getsops/sops/v3/cmd/sops")
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build sops: %v\n%s", err, output)
		}
	}
	o := sopsOperator{root: t.TempDir(), home: t.TempDir(), sops: sops}
	if err := os.MkdirAll(filepath.Join(o.root, "stacks/a"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, []byte("package a\n\nserverName: \"a.example\"\nsmtp: {host: \"mail.a.example\", username: \"matrix\", from: \"matrix@a.example\"}\n"), o.root, "stacks/a/stack.cue")
	return o
}

// command returns a program that runs in the repository, with the keys of the operator alone.
func (o sopsOperator) command(home, program string, arguments ...string) *exec.Cmd {
	cmd := exec.Command(program, arguments...)
	cmd.Dir = o.root
	cmd.Env = append([]string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"), "SOPS_DISABLE_VERSION_CHECK=1"}, o.environment...)
	return cmd
}

// run runs a program and returns what it prints to stdout. It fails the test if the program does.
func (o sopsOperator) run(t *testing.T, input, program string, arguments ...string) string {
	t.Helper()
	cmd := o.command(o.home, program, arguments...)
	cmd.Stdin = strings.NewReader(input)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(program), strings.Join(arguments, " "), err, output, &talk)
	}
	return string(output)
}

// values are the secrets as the real sops opens them.
func (o sopsOperator) values(t *testing.T) map[string]string {
	t.Helper()
	values := map[string]string{}
	if err := yaml.Unmarshal([]byte(o.run(t, "", o.sops, "decrypt", sopsFile)), &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// unsealed returns a file as a container reads it.
func (o sopsOperator) unsealed(t *testing.T, name string) string {
	t.Helper()
	cmd := o.command(o.home, tool, "secrets", "unseal")
	if output, err := cmd.CombinedOutput(); err != nil && os.Getuid() == 0 {
		t.Fatalf("unseal: %v\n%s", err, output)
	}
	content, err := os.ReadFile(filepath.Join(o.root, "out/a/secrets", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// unusual holds what YAML, JSON, libpq and shells would each take for something else.
const unusual = `p: "q' #\$(x) %41 ` + "\t" + `ä€😀 --- |`

// TestSOPS lets the real sops read what the tool encrypts, and the other way round.
func TestSOPS(t *testing.T) {
	o := newSOPSOperator(t)
	o.run(t, "", tool, "secrets", "init")
	o.run(t, strings.ReplaceAll(unusual, "\t", " ")+"\n", tool, "secrets", "set", "smtp_password")
	o.run(t, "", tool, "build")
	values := o.values(t)
	if values["smtp_password"] != strings.ReplaceAll(unusual, "\t", " ") {
		t.Errorf("sops opens smtp_password as %q", values["smtp_password"])
	}
	for name, file := range map[string]string{"mas_encryption_key": "mas_encryption", "matrix_secret": "synapse_matrix_secret", "mas_signing_key_rsa": "mas_signing_key_rsa", "synapse_signing_key": "synapse_signing_key"} {
		if got := strings.TrimSuffix(o.unsealed(t, file), "\n"); got == "" || got != strings.TrimSuffix(values[name], "\n") {
			t.Errorf("%s is not what sops opens as %s", file, name)
		}
	}

	// sops changes a value, and rotates its own key: the tool reads both.
	o.run(t, "", o.sops, "set", sopsFile, `["synapse_database_password"]`, `"a:password\\with-both-of-them"`)
	o.run(t, "", o.sops, "rotate", "--in-place", sopsFile)
	o.run(t, "", tool, "secrets", "check", "--open")
	if line := o.unsealed(t, "synapse_pgpass"); !strings.HasSuffix(line, `:a\:password\\with-both-of-them`+"\n") {
		t.Errorf("synapse_pgpass ends in %q", line[strings.LastIndex(line, "synapse:")+8:])
	}

	// sops encrypts what somebody wrote in clear.
	clear, err := yaml.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	write(t, clear, o.root, sopsFile)
	if err := o.command(o.home, tool, "secrets", "check").Run(); err == nil {
		t.Error("secrets in clear pass the check")
	}
	o.run(t, "", o.sops, "encrypt", "--in-place", sopsFile)
	o.run(t, "", tool, "secrets", "check", "--open")
	if o.values(t)["mas_encryption_key"] != values["mas_encryption_key"] {
		t.Error("mas_encryption_key is another one")
	}
}

// TestSOPSRecipients adds a second person, and takes the first away.
func TestSOPSRecipients(t *testing.T) {
	o := newSOPSOperator(t)
	o.run(t, "", tool, "secrets", "init")
	o.run(t, "one of these\n", tool, "secrets", "set", "smtp_password")
	first := recipient(t, filepath.Join(o.root, ".sops.yaml"))

	// The second one has a repository of her own, and so a key.
	her := newSOPSOperator(t)
	her.run(t, "", tool, "secrets", "init")
	second := recipient(t, filepath.Join(her.root, ".sops.yaml"))
	opens := func(home string) bool {
		return o.command(home, o.sops, "decrypt", sopsFile).Run() == nil && o.command(home, tool, "secrets", "check", "--open").Run() == nil
	}
	if !opens(o.home) || opens(her.home) {
		t.Fatal("the file is not for the first one alone")
	}

	rules := "creation_rules:\n  - path_regex: (^|/)secrets\\.sops\\.yaml$\n    age: "
	write(t, []byte(rules+first+","+second+"\n"), o.root, ".sops.yaml")
	if said := o.run(t, "", tool, "secrets", "check"); !strings.Contains(said, "not encrypted for "+second) || !strings.Contains(said, "sops updatekeys "+sopsFile) {
		t.Errorf("the check says of a missing recipient: %s", said)
	}
	o.run(t, "", o.sops, "updatekeys", "--yes", sopsFile)
	if said := o.run(t, "", tool, "secrets", "check"); said != "" || !opens(o.home) || !opens(her.home) {
		t.Errorf("not both open the file, or the check says: %s", said)
	}
	// What the tool writes from now on is for both, too.
	o.run(t, "another one of these\n", tool, "secrets", "set", "smtp_password")
	if !opens(her.home) {
		t.Error("after a change the second one cannot open the file")
	}

	write(t, []byte(rules+second+"\n"), o.root, ".sops.yaml")
	if said := o.run(t, "", tool, "secrets", "check"); !strings.Contains(said, "no longer in .sops.yaml can open this file: "+first) {
		t.Errorf("the check says of a former recipient: %s", said)
	}
	o.run(t, "", o.sops, "updatekeys", "--yes", sopsFile)
	if opens(o.home) || !opens(her.home) {
		t.Error("the file is not for the second one alone")
	}
}

// TestSOPSLineEnds stores a key that an editor on Windows wrote.
func TestSOPSLineEnds(t *testing.T) {
	o := newSOPSOperator(t)
	o.run(t, "", tool, "secrets", "init")
	key := o.values(t)["mas_signing_key_ec"]
	write(t, []byte(strings.ReplaceAll(key, "\n", "\r\n")+"\r\n"), o.root, "windows.pem")
	o.run(t, "", tool, "secrets", "set", "mas_signing_key_ec", "--from", "windows.pem")
	if got := o.values(t)["mas_signing_key_ec"]; strings.Contains(got, "\r") || strings.TrimSpace(got) != strings.TrimSpace(key) {
		t.Error("the key is kept with the line ends of Windows")
	}
}

// recipient returns the age key that a .sops.yaml of the tool names.
func recipient(t *testing.T, rules string) string {
	t.Helper()
	content, err := os.ReadFile(rules)
	if err != nil {
		t.Fatal(err)
	}
	_, key, found := strings.Cut(string(content), "age: ")
	if !found {
		t.Fatalf("%s names nobody", rules)
	}
	return strings.TrimSpace(key)
}
