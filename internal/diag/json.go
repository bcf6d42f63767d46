package diag

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// The parts of the stable form matrixgen/findings/v1. Columns count characters from 1; an end is behind the last one.
type (
	jsonFinding struct {
		Rule     string `json:"rule"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
		jsonPlace
		Related []jsonRelated `json:"related,omitempty"`
		Hint    string        `json:"hint,omitempty"`
		URL     string        `json:"url,omitempty"`
		// Fix is there if matrixgen lint --fix repairs the finding.
		Fix *jsonFix `json:"fix,omitempty"`
	}
	jsonPlace struct {
		File      string `json:"file"`
		Line      int    `json:"line,omitempty"`
		Column    int    `json:"column,omitempty"`
		EndLine   int    `json:"endLine,omitempty"`
		EndColumn int    `json:"endColumn,omitempty"`
	}
	jsonRelated struct {
		jsonPlace
		Message string `json:"message"`
	}
	jsonFix struct {
		Message string     `json:"message"`
		Edits   []jsonEdit `json:"edits"`
	}
	jsonEdit struct {
		jsonPlace
		NewText string `json:"newText"`
	}
)

func newJSONPlace(p Position, end int) jsonPlace {
	place := jsonPlace{File: p.File, Line: p.Line, Column: p.Column}
	if end > 0 {
		place.EndLine, place.EndColumn = p.Line, end
	}
	return place
}

func newJSONFinding(f Finding) jsonFinding {
	out := jsonFinding{Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message, jsonPlace: newJSONPlace(f.Position, f.End), Hint: f.Hint, URL: f.URL}
	for _, r := range f.Related {
		out.Related = append(out.Related, jsonRelated{newJSONPlace(r.Position, 0), r.Message})
	}
	if f.Fix != nil {
		out.Fix = &jsonFix{Message: f.Fix.Does}
		for _, e := range f.Fix.Edits {
			out.Fix.Edits = append(out.Fix.Edits, jsonEdit{newJSONPlace(e.Position, e.End().Column), e.New})
		}
	}
	return out
}

// JSON returns the findings as they stand in the stable form, for a report that holds more.
func JSON(findings []Finding) any {
	out := []jsonFinding{}
	for _, f := range visible(findings) {
		out = append(out, newJSONFinding(f))
	}
	return out
}

// WriteJSON prints the findings as one JSON object of the stable form matrixgen/findings/v1, with what they are about unless that is nil. The edits of
// their fixes are exact.
func WriteJSON(w io.Writer, findings []Finding, checked *Checked) error {
	report := struct {
		Schema   string         `json:"schema"`
		Findings []jsonFinding  `json:"findings"`
		Summary  map[string]int `json:"summary"`
		Checked  *checkedFields `json:"checked,omitempty"`
	}{Schema: "matrixgen/findings/v1", Findings: []jsonFinding{}, Summary: map[string]int{"error": 0, "warning": 0, "info": 0}}
	for _, f := range visible(findings) {
		report.Findings = append(report.Findings, newJSONFinding(f))
		report.Summary[f.Severity.String()]++
	}
	if checked != nil {
		fields := checked.fields()
		report.Checked = &fields
	}
	return terminal.WriteJSON(w, report)
}
