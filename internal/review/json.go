package review

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// WriteJSON prints the report as one JSON object of the stable form matrixgen/changes/v1.
func WriteJSON(w io.Writer, r Report) error {
	type setting struct {
		File    string `json:"file"`
		Setting string `json:"setting,omitempty"`
		Kind    string `json:"kind"`
		From    string `json:"from,omitempty"`
		To      string `json:"to,omitempty"`
		Secret  bool   `json:"secret,omitempty"`
		Level   string `json:"level"`
		Why     string `json:"why"`
		Source  string `json:"source,omitempty"`
	}
	type file struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
		Diff string `json:"diff"`
	}
	type stack struct {
		Name    string    `json:"name"`
		State   string    `json:"state"`
		Level   string    `json:"level"`
		Note    string    `json:"note,omitempty"`
		Changes []setting `json:"changes"`
		Files   []file    `json:"files"`
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
		out := stack{Name: s.Name, State: string(s.State), Level: change.Worst(s.Changes).String(), Note: s.Note, Changes: []setting{}, Files: []file{}}
		for _, c := range s.Changes {
			out.Changes = append(out.Changes, setting{c.Document, c.Setting, string(c.Kind), c.From, c.To, c.Secret, c.Level.String(), c.Why, c.Source})
		}
		for _, f := range s.Files {
			out.Files = append(out.Files, file{f.Name, string(f.Kind), f.Diff})
		}
		report.Stacks = append(report.Stacks, out)
	}
	return terminal.WriteJSON(w, report)
}
