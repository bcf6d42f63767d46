package faults

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuildsAtOnce starts two builds of a stack that changed. Both succeed, and what they wrote is whole.
func TestBuildsAtOnce(t *testing.T) {
	p := newProgram(t)
	f := p.measure(t, verbs()[0])
	for range times() {
		dir := f.copy(t)
		for i, err := range f.atOnce(t, dir, "build", "build") {
			if err != nil {
				t.Errorf("build %d: %v", i, err)
			}
		}
		f.settled(t, dir)
	}
}

// TestSecretsAtOnce stores two secrets at once. What is said to be stored is there afterwards; the other run says that it stored nothing.
func TestSecretsAtOnce(t *testing.T) {
	p := newProgram(t)
	set := verbs()[2]
	f := &faulted{program: p, verb: set, begun: p.begin(t, set)}
	for range times() {
		dir := f.copy(t)
		write(t, filepath.Join(dir, "another"), []byte("another secret of the faults"))
		first, second := "secrets set home smtp_password --from password", "secrets set home synapse_macaroon_secret_key --from another --force"
		for i, err := range f.atOnce(t, dir, first, second) {
			output, code := p.here(dir, strings.Fields([]string{first, second}[i])...)
			stored := code == 0 && strings.Contains(output, "has this value already")
			if (err == nil) != stored {
				t.Errorf("run %d ended with %v, and afterwards: %s", i, err, output)
			}
		}
		p.must(t, dir, "secrets", "check", "--open")
	}
}

// atOnce runs the program twice in one folder, and returns how each run ended: with no error, or with one that says why.
func (f *faulted) atOnce(t *testing.T, dir string, runs ...string) []error {
	t.Helper()
	var commands []*exec.Cmd
	var printed []*strings.Builder
	for _, run := range runs {
		cmd, said := f.command(dir, strings.Fields(run)...), &strings.Builder{}
		cmd.Stdout, cmd.Stderr = said, said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		commands, printed = append(commands, cmd), append(printed, said)
	}
	ended := make([]error, len(runs))
	for i, cmd := range commands {
		ended[i] = cmd.Wait()
		if text := printed[i].String(); ended[i] != nil && !strings.Contains(text, "nothing was changed") || strings.Contains(text, "goroutine ") {
			t.Errorf("%s: %v\n%s", runs[i], ended[i], text)
		}
	}
	return ended
}
