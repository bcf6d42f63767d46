package workspace

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/secret"
)

var update = flag.Bool("update", false, "rewrite the stacks and notes that are wanted of adopt")

// TestAdopt: each archive holds the files of a server below old/, what is answered in the lines of its comment that begin with a flag, and what is
// wanted: the stack, and what is said of what could not be taken, or why there is no stack. A part of the proof is one archive of what is refused, one with a
// proxy, one with a trap and one of the rest: what all of them share, such as the words and the order of a stack, shows in any.
func TestAdopt(t *testing.T) {
	names, err := filepath.Glob("testdata/adopt/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range proofs.Of(names, func(name string) string {
		for _, group := range []string{"bad-", "front-", "trap-"} {
			if strings.HasPrefix(filepath.Base(name), group) {
				return group
			}
		}
		return "the rest"
	}) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			adoptArchive(t, name)
		})
	}
}

func adoptArchive(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	kept := &txtar.Archive{Comment: archive.Comment}
	want := map[string]string{}
	for _, f := range archive.Files {
		below, isOld := strings.CutPrefix(f.Name, "old/")
		if !isOld {
			want[f.Name] = string(f.Data)
			continue
		}
		kept.Files = append(kept.Files, f)
		file := filepath.Join(dir, "old", filepath.FromSlash(below))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := adoptedAs(t, answersOf(t, string(archive.Comment), filepath.Join(dir, "old")), strings.Contains(string(archive.Comment), "\n--plan\n"))
	for _, f := range got {
		f.Data = bytes.ReplaceAll(f.Data, []byte(dir), []byte("$DIR"))
		kept.Files = append(kept.Files, f)
		if want[f.Name] != string(f.Data) && !*update {
			t.Errorf("%s is\n%s\nwant\n%s", f.Name, f.Data, want[f.Name])
		}
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(kept), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// answersOf returns what the comment of an archive answers.
func answersOf(t *testing.T, comment, dir string) Adoption {
	t.Helper()
	a := Adoption{Dir: "old", At: dir, Stack: "chat", Answers: adopt.Answers{Shown: "old", Folder: "/srv/chat", Versions: map[string]string{}}}
	for line := range strings.Lines(comment) {
		flag, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		what, rest, _ := strings.Cut(value, "=")
		switch flag {
		case "--project":
			a.Project = value
		case "--version":
			a.Versions[what] = rest
		case "--acknowledge":
			rule, subject, _ := strings.Cut(what, ":")
			a.Acknowledged = append(a.Acknowledged, model.Acknowledgement{Rule: rule, Subject: subject, Reason: rest})
		}
	}
	return a
}

// vault returns an empty SOPS file, for the key of the examples.
func vault(t *testing.T) *secret.Opened {
	t.Helper()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	const name = "stacks/chat/secrets.sops.yaml"
	rules, err := secret.FindRules(os.DirFS(repository), repository, name)
	if err != nil {
		t.Fatal(err)
	}
	rule, err := rules.Rule()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := rule.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// planOf returns the switch as commands.
func planOf(r *adopt.Report) txtar.File {
	var plan strings.Builder
	for _, part := range r.Steps {
		fmt.Fprintf(&plan, "# %s\n", part.Title)
		for _, command := range part.Commands {
			fmt.Fprintln(&plan, command)
		}
	}
	return txtar.File{Name: "plan", Data: []byte(plan.String())}
}

// adoptedAs returns the stack and the notes of an adoption, or why there is none, and with plan also what becomes of the secrets, and the switch.
func adoptedAs(t *testing.T, a Adoption, plan bool) []txtar.File {
	t.Helper()
	adopted, findings, err := Adopt(context.Background(), compilers, a)
	if adopted != nil && plan {
		adopted.Keep(vault(t))
	}
	var notes strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&notes, "%s:%d:%d: %s: %s\n", f.File, f.Line, f.Column, f.Severity, f.Message)
	}
	if err != nil {
		fmt.Fprintf(&notes, "refused: %v\n", err)
	}
	if adopted == nil {
		return []txtar.File{{Name: "notes", Data: []byte(notes.String())}}
	}
	for _, q := range adopted.Report.Questions {
		fmt.Fprintf(&notes, "question: %s\n", q.Message)
	}
	for _, f := range adopted.Report.Losses {
		fmt.Fprintf(&notes, "%s: %s [%s %s]\n", f.Severity, f.Message, f.Rule, f.Subject)
	}
	for _, n := range adopted.Report.Notes {
		fmt.Fprintf(&notes, "%s: %s: %s:%d: %s\n", n.Weight, n.Subject, n.Position.File, n.Position.Line, n.Message)
		if n.Accepted != "" {
			fmt.Fprintf(&notes, "\tacknowledged: %s\n", n.Accepted)
		}
	}
	for _, c := range adopted.Report.Changes {
		if c.Level > format.Outage { // all else is told, and costs a restart
			fmt.Fprintf(&notes, "%s: %s %s %s\n", c.Level, c.Document, c.Kind, c.Setting)
		}
	}
	for _, s := range adopted.Result.Secrets {
		fmt.Fprintf(&notes, "secret: %s: %s:%d\n", s.Slot, s.Position.File, s.Position.Line)
	}
	for _, s := range adopted.Result.Secrets {
		if len(s.Reveal()) < shortestSecret {
			continue // a word of every day
		}
		if bytes.Contains(adopted.Source, bytes.TrimSpace(s.Reveal())) || strings.Contains(notes.String(), strings.TrimSpace(string(s.Reveal()))) {
			t.Errorf("the value of %s is shown", s.Slot)
		}
	}
	files := []txtar.File{{Name: "stack.cue", Data: adopted.Source}, {Name: "notes", Data: []byte(notes.String())}}
	if plan {
		files = append(files, planOf(adopted.Report))
	}
	return files
}
