package diag

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// The parts of a report that GitLab shows in a merge request. https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type (
	qualityIssue struct {
		Description string          `json:"description"`
		CheckName   string          `json:"check_name"`
		Fingerprint string          `json:"fingerprint"`
		Severity    string          `json:"severity"`
		Location    qualityLocation `json:"location"`
	}
	qualityLocation struct {
		Path  string       `json:"path"`
		Lines qualityLines `json:"lines"`
	}
	qualityLines struct {
		Begin int `json:"begin"`
	}
)

// WriteGitLab prints the findings as a Code Quality report. It has no place without a line: there the first stands for the file.
func WriteGitLab(w io.Writer, findings []Finding) error {
	severities := map[Severity]string{Info: "info", Warning: "minor", Error: "critical"}
	issues := []qualityIssue{} // none is [], not null
	times := map[string]int{}
	for _, f := range visible(findings) {
		message := f.Message
		if f.Hint != "" {
			message += ". " + f.Hint
		}
		issues = append(issues, qualityIssue{message, f.Rule, fingerprint(f, times), severities[f.Severity],
			qualityLocation{f.File, qualityLines{max(f.Line, 1)}}})
	}
	return terminal.WriteJSON(w, issues)
}
