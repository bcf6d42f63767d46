package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/provenance"
)

const shipped = "../.."

// TestEveryShippedLine asks of every line of every file below out/ where it comes from. A part of the proof is the stack that has everything.
func TestEveryShippedLine(t *testing.T) {
	stacks, err := compile.Stacks(os.DirFS(shipped))
	if err != nil || len(stacks) < 3 {
		t.Fatal(stacks, err)
	}
	a := &app{Streams: Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, dir: shipped, compilers: &compile.Pool{}}
	read := sources{}
	for _, stack := range stacks {
		if stack != "everything" && !proofs.Whole && !proofs.Named() {
			continue
		}
		g, err := a.generate(shipped, stack)
		if err != nil {
			t.Fatal(err)
		}
		onDisk := filesBelow(t, filepath.Join(shipped, outFolder, stack))
		for file, lines := range g.lines {
			t.Run(stack+"/"+file, func(t *testing.T) {
				if onDisk[file] != joined(lines) {
					t.Errorf("the lines are not those of the file")
				}
				for i := range lines {
					read.checkAnswer(t, i, lines, g.trace.Explain(file, lines[i]))
				}
			})
			delete(onDisk, file)
		}
		for file := range onDisk {
			t.Errorf("%s/%s: nothing tells where it comes from", stack, file)
		}
	}
}

func joined(lines []model.Line) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line.Text + "\n")
	}
	return b.String()
}

func filesBelow(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		relative, _ := filepath.Rel(root, name)
		files[filepath.ToSlash(relative)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sources are the lines of files of the repository, by the files' names, each read once.
type sources map[string][]string

// checkAnswer holds an answer against the sources that it speaks of.
func (s sources) checkAnswer(t *testing.T, i int, lines []model.Line, a provenance.Answer) {
	t.Helper()
	wrong := func(format string, args ...any) {
		t.Errorf("%d: %q: %s", i+1, lines[i].Text, fmt.Sprintf(format, args...))
	}
	if len(a.From)+len(a.Because)+len(a.Through) == 0 {
		wrong("it comes from nothing")
	}
	if len(a.Why) == 0 && lines[i].Role != model.End {
		wrong("there is no reason for it")
	}
	for _, step := range a.Through {
		if got := s.line(t, step.Position.File, step.Position.Line); strings.TrimSpace(got) != step.Source {
			wrong("%s:%d says %q, not %q", step.Position.File, step.Position.Line, got, step.Source)
		}
	}
	for _, field := range append(a.From, a.Because...) {
		last := field.Path[strings.LastIndex(field.Path, ".")+1:]
		switch source := s.line(t, field.Position.File, field.Position.Line); {
		case field.State == provenance.Set && field.Source != "" && !strings.HasPrefix(source[field.Position.Column-1:], field.Source):
			wrong("%s is said to be %s where %q stands", field.Path, field.Source, source)
		case field.State == provenance.Set && field.Source == "" && strings.TrimSpace(source) == "":
			wrong("%s is said to be set on an empty line", field.Path)
		case field.State == provenance.Default && !strings.Contains(source, last+":"):
			wrong("%s is said to be by default where %q stands", field.Path, source)
		case field.State == provenance.Unset && field.Position.File != "" && !strings.Contains(source, last+"?:"):
			wrong("%s is said to be declared where %q stands", field.Path, source)
		}
	}
	// A comment that is written above a line is a reason for it.
	var said strings.Builder
	for _, reason := range a.Why {
		said.WriteString(reason.Text + "\n")
	}
	if i > 0 && lines[i-1].Role == model.Comment && lines[i].Role == model.Content {
		if above := strings.TrimLeft(lines[i-1].Text, " -#"); !strings.Contains(said.String(), above) {
			wrong("%q stands above it, and the reasons are %q", above, said.String())
		}
	}
}

// line returns a line of a file of the repository; an empty one for none.
func (s sources) line(t *testing.T, file string, line int) string {
	t.Helper()
	if line == 0 {
		return ""
	}
	if s[file] == nil {
		content, err := os.ReadFile(filepath.Join(shipped, file))
		if err != nil {
			t.Fatal(err)
		}
		s[file] = strings.Split(string(content), "\n")
	}
	return s[file][line-1]
}
