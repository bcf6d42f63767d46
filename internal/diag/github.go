package diag

import (
	"fmt"
	"io"
	"strings"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// WriteGitHub prints the findings as workflow commands, which GitHub shows beside the lines of a pull request.
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
func WriteGitHub(w io.Writer, findings []Finding) error {
	commands := map[Severity]string{Info: "notice", Warning: "warning", Error: "error"}
	for _, f := range visible(findings) {
		properties := []string{"file=" + property(f.File)}
		if f.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", f.Line))
		}
		if f.Column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", f.Column))
		}
		if f.End > 0 {
			properties = append(properties, fmt.Sprintf("endLine=%d,endColumn=%d", f.Line, f.End))
		}
		message := f.Message
		if f.Hint != "" {
			message += "\nhint: " + f.Hint
		}
		properties = append(properties, "title="+property(f.Rule))
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", commands[f.Severity], strings.Join(properties, ","), data(message)); err != nil {
			return err
		}
	}
	return nil
}

// data escapes the text of a workflow command, property a value among its properties.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(terminal.Visible(text))
}

func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}
