package diag

import (
	"encoding/json"
	"io"
)

// WriteJSON prints the findings as one JSON object of the stable form matrixgen/findings/v1.
func WriteJSON(w io.Writer, findings []Finding) error {
	type place struct {
		File    string `json:"file"`
		Line    int    `json:"line,omitempty"`
		Column  int    `json:"column,omitempty"`
		Message string `json:"message"`
	}
	type finding struct {
		Rule     string `json:"rule"`
		Severity string `json:"severity"`
		place
		Related []place `json:"related,omitempty"`
		Hint    string  `json:"hint,omitempty"`
		URL     string  `json:"url,omitempty"`
	}
	at := func(p Position, message string) place {
		return place{File: p.File, Line: p.Line, Column: p.Column, Message: message}
	}
	report := struct {
		Schema   string         `json:"schema"`
		Findings []finding      `json:"findings"`
		Summary  map[string]int `json:"summary"`
	}{Schema: "matrixgen/findings/v1", Findings: []finding{}, Summary: map[string]int{"error": 0, "warning": 0, "info": 0}}
	for _, f := range findings {
		out := finding{Rule: f.Rule, Severity: f.Severity.String(), place: at(f.Position, f.Message), Hint: f.Hint, URL: f.URL}
		for _, r := range f.Related {
			out.Related = append(out.Related, at(r.Position, r.Message))
		}
		report.Findings = append(report.Findings, out)
		report.Summary[f.Severity.String()]++
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}
