package review

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// WriteJSON prints the report as one JSON object of the stable form matrixgen/changes/v1.
func WriteJSON(w io.Writer, r Report) error {
	type file struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
		Diff string `json:"diff"`
	}
	type step struct {
		Title    string   `json:"title"`
		Down     bool     `json:"down"`
		Text     string   `json:"text,omitempty"`
		Commands []string `json:"commands,omitempty"`
	}
	type stack struct {
		Name    string       `json:"name"`
		State   string       `json:"state"`
		Level   string       `json:"level"`
		Note    string       `json:"note,omitempty"`
		Steps   []step       `json:"steps,omitempty"`
		Changes []change.Row `json:"changes"`
		Files   []file       `json:"files"`
	}
	report := struct {
		Schema  string         `json:"schema"`
		From    string         `json:"from"`
		To      string         `json:"to"`
		Stacks  []stack        `json:"stacks"`
		Summary map[string]int `json:"summary"`
	}{Schema: "matrixgen/changes/v1", From: r.From, To: r.To, Stacks: []stack{}, Summary: map[string]int{}}
	counts := r.counts()
	for _, level := range format.Levels() {
		report.Summary[level.String()] = counts[level]
	}
	for _, s := range r.changed() {
		out := stack{Name: s.Name, State: string(s.State), Level: change.Worst(s.Changes).String(), Note: s.Note, Changes: change.Rows(s.Changes), Files: []file{}}
		for _, own := range s.Steps {
			out.Steps = append(out.Steps, step(own))
		}
		for _, f := range s.Files {
			out.Files = append(out.Files, file{f.Name, string(f.Kind), f.Diff})
		}
		report.Stacks = append(report.Stacks, out)
	}
	return terminal.WriteJSON(w, report)
}
