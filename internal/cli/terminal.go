package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// columnsOf returns how wide a terminal is, or 0 for what is none or does not say. As in git, COLUMNS decides if it is set.
func columnsOf(w io.Writer) int {
	if !isTerminal(w) {
		return 0
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	columns, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// tell prints what people read, each argument as one line in which nothing hides; a terminal gets lines that it need not break. Commands, diffs and files are not for it: they are copied whole.
func tell(w io.Writer, format string, args ...any) {
	fmt.Fprint(w, terminal.Wrap(terminal.Sprintf(format, args...), columnsOf(w), terminal.Hang))
}

// put prints what people read or programs take, line by line as it is: commands and tables are copied whole. As with tell, arguments are one line each.
func put(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprint(w, terminal.Sprintf(format, args...))
	return err
}

// tellPage prints a page in Markdown. What stands between fences is code, and keeps its lines.
func tellPage(w io.Writer, page string) {
	columns, code := columnsOf(w), false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		hang := 0
		if strings.HasPrefix(strings.TrimLeft(line, " "), "- ") {
			hang = len("- ")
		}
		if !code && !strings.HasPrefix(line, "|") {
			line = terminal.Wrap(line, columns, hang)
		}
		fmt.Fprint(w, line)
	}
}
