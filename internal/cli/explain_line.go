package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/release"
)

var lineOfFile = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.+?):([0-9]+)(?::[0-9]*)?:?$`) })

// splitPlace takes FILE:LINE or FILE:LINE:COLUMN apart, as linters and compilers print it.
func splitPlace(arg string) (file string, line int, ok bool) {
	parts := lineOfFile().FindStringSubmatch(arg)
	if parts == nil {
		return "", 0, false
	}
	line, err := strconv.Atoi(parts[2])
	return parts[1], line, err == nil
}

// explainLine prints where a line of a generated file comes from.
func (a *app) explainLine(name string, number int, format string) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	file, err := a.belowRoot(root, name)
	if err != nil {
		return err
	}
	stack, document, err := a.stackOf(root, file)
	if err != nil {
		return err
	}
	g, err := a.generate(root, stack)
	if err != nil {
		return failed(fmt.Errorf("stack %s: %w", stack, err))
	}
	lines, ok := g.lines[document]
	switch {
	case !ok:
		return usageError(g.nearest(document), "nothing generates %s", file)
	case number < 1 || number > len(lines):
		return usageError("", "%s has no line %d: a build writes %s", file, number, plural(len(lines), "line"))
	}
	if why := g.trace.Refusal(document, lines[number-1]); why != "" {
		return &exitError{code: exitFailed, message: fmt.Sprintf("where %s:%d comes from is not known: %s", file, number, why)}
	}
	report := provenance.Report{
		File: file, Number: number, Stack: path.Join(compile.StacksFolder, stack), Source: release.Page(""),
		Answer: g.trace.Explain(document, lines[number-1]),
	}
	report.Answer.Hide(g.secrets)
	if report.Disk, err = compareLine(filepath.Join(root, filepath.FromSlash(file)), lines, number); err != nil {
		return failed(err)
	}
	if format == "json" {
		if err := report.WriteJSON(a.Out); err != nil {
			return failed(err)
		}
		return nil
	}
	colored, err := a.colored(a.Out)
	if err != nil {
		return err
	}
	report.WriteText(a.Out, columnsOf(a.Out), diag.Text{Color: colored}.Heading)
	return nil
}

// compareLine holds a line against the file on disk.
func compareLine(file string, lines []model.Line, number int) (provenance.Disk, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return provenance.Disk{State: "missing"}, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return provenance.Disk{}, err
	}
	there := bytes.Split(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
	if number <= len(there) && string(there[number-1]) == lines[number-1].Text {
		return provenance.Disk{State: "same"}, nil
	}
	disk := provenance.Disk{State: "differs"}
	if number > len(there) {
		return disk, nil
	}
	for i, line := range lines {
		if line.Text != string(there[number-1]) || strings.Trim(line.Text, " {}[],") == "" {
			continue
		}
		if disk.Line != 0 {
			disk.Line = 0
			break // it may be any of them
		}
		disk.Line = i + 1
	}
	return disk, nil
}
