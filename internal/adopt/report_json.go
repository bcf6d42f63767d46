package adopt

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// finding is a finding as programs read it.
type finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Subject  string `json:"subject,omitempty"`
}

func findings(all []diag.Finding) []finding {
	out := []finding{}
	for _, f := range all {
		out = append(out, finding{f.Rule, f.Severity.String(), f.File, f.Line, f.Message, f.Hint, f.Subject})
	}
	return out
}

// WriteJSON prints the report as one JSON object of the stable form matrixgen/adoption/v1.
func WriteJSON(w io.Writer, r *Report) error {
	type note struct {
		Weight  string `json:"weight"`
		Subject string `json:"subject"`
		File    string `json:"file,omitempty"`
		Line    int    `json:"line,omitempty"`
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
		Reason  string `json:"acknowledged,omitempty"`
	}
	type taken struct {
		What string `json:"what"`
		From string `json:"from"`
	}
	type part struct {
		Title    string   `json:"title"`
		Commands []string `json:"commands"`
		After    string   `json:"after,omitempty"`
	}
	out := struct {
		Schema  string       `json:"schema"`
		Stack   string       `json:"stack"`
		Project string       `json:"project,omitempty"`
		Lines   int          `json:"lines"`
		Losses  []finding    `json:"losses"`
		Notes   []note       `json:"notes"`
		Changes []change.Row `json:"changes"`
		Rules   []finding    `json:"rules"`
		Taken   []taken      `json:"taken"`
		Missing []string     `json:"missing"`
		Asked   []string     `json:"questions"`
		Steps   []part       `json:"steps"`
	}{Schema: "matrixgen/adoption/v1", Stack: r.Stack, Project: r.Project, Lines: r.Lines, Losses: findings(r.Losses), Rules: findings(r.Fires),
		Notes: []note{}, Changes: change.Rows(r.Changes), Taken: []taken{}, Missing: []string{}, Asked: []string{}, Steps: []part{}}
	for _, n := range r.Notes {
		out.Notes = append(out.Notes, note{n.Weight.String(), n.Subject, n.Position.File, n.Position.Line, n.Message, n.Hint, n.Accepted})
	}
	for _, t := range r.Taken {
		out.Taken = append(out.Taken, taken(t))
	}
	for _, slot := range r.Missing {
		out.Missing = append(out.Missing, slot.Name)
	}
	for _, q := range r.Questions {
		out.Asked = append(out.Asked, q.Message)
	}
	for _, p := range r.Steps {
		out.Steps = append(out.Steps, part(p))
	}
	return terminal.WriteJSON(w, out)
}
