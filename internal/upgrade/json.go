package upgrade

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/terminal"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

// The parts of the JSON form matrixgen/upgrade/v1.
type (
	jsonPlan struct {
		Name     string        `json:"name"`
		Note     string        `json:"note,omitempty"`
		Images   []jsonImage   `json:"images"`
		Findings []jsonFinding `json:"findings"`
		Steps    []string      `json:"steps"`
	}
	jsonImage struct {
		Product    string         `json:"product"`
		Services   []string       `json:"services"`
		From       string         `json:"from"`
		To         string         `json:"to,omitempty"`
		Newest     string         `json:"newest"`
		Beyond     bool           `json:"beyond,omitempty"`
		State      State          `json:"state"`
		File       string         `json:"file,omitempty"`
		Line       int            `json:"line,omitempty"`
		Advisories []jsonAdvisory `json:"advisories"`
		Faults     []jsonFault    `json:"faults"`
		Changes    []jsonTouch    `json:"changes"`
		Others     int            `json:"otherChanges"`
		Needs      []jsonNeed     `json:"needs"`
		Stations   []jsonStation  `json:"stations"`
		Forbidden  bool           `json:"forbidden"`
		Refusal    string         `json:"refusal,omitempty"`
		Back       *jsonBack      `json:"back,omitempty"`
	}
	jsonAdvisory struct {
		ID       string `json:"id"`
		Severity string `json:"severity,omitempty"`
		Fixed    string `json:"fixed"`
		Closed   bool   `json:"closed"`
		Source   string `json:"source"`
	}
	jsonFault struct {
		What   string `json:"what"`
		Mended bool   `json:"mended"`
		Source string `json:"source"`
	}
	jsonTouch struct {
		Version string   `json:"version"`
		What    string   `json:"what"`
		Keys    []string `json:"keys"`
		Certain bool     `json:"certain"`
		Source  string   `json:"source,omitempty"`
	}
	jsonNeed struct {
		Product string `json:"product"`
		Version string `json:"version"`
		Have    string `json:"have,omitempty"`
		Met     string `json:"met"`
	}
	jsonStation struct {
		Version string `json:"version"`
		Do      string `json:"do,omitempty"`
	}
	jsonBack struct {
		ByTag  string `json:"byTag"`
		What   string `json:"what"`
		Source string `json:"source,omitempty"`
	}
	jsonFinding struct {
		Rule     string `json:"rule"`
		Severity string `json:"severity"`
		File     string `json:"file"`
		Line     int    `json:"line"`
		Column   int    `json:"column"`
		Message  string `json:"message"`
		Hint     string `json:"hint,omitempty"`
	}
)

// WriteJSON prints the plans as one JSON object of the stable form matrixgen/upgrade/v1.
func WriteJSON(w io.Writer, plans []*Plan) error {
	report := struct {
		Schema string     `json:"schema"`
		Plans  []jsonPlan `json:"plans"`
	}{Schema: "matrixgen/upgrade/v1", Plans: []jsonPlan{}}
	for _, p := range plans {
		out := jsonPlan{Name: p.Name, Note: p.Note, Images: []jsonImage{}, Findings: []jsonFinding{}, Steps: append([]string{}, p.Steps()...)}
		for _, m := range p.Moves {
			out.Images = append(out.Images, m.json())
		}
		for _, f := range p.Findings {
			out.Findings = append(out.Findings, jsonFinding{f.Rule, f.Severity.String(), f.File, f.Line, f.Column, f.Message, f.Hint})
		}
		report.Plans = append(report.Plans, out)
	}
	return terminal.WriteJSON(w, report)
}

func (m *Move) json() jsonImage {
	out := jsonImage{
		Product: m.Product, Services: m.Services, From: m.From, To: m.To, Newest: m.Known, Beyond: m.Beyond, State: m.State, Others: m.Others, Forbidden: m.Forbidden,
		Refusal: m.Refusal, Advisories: []jsonAdvisory{}, Faults: []jsonFault{}, Changes: []jsonTouch{}, Needs: []jsonNeed{}, Stations: []jsonStation{},
	}
	place := m.Image.Position
	if m.Written != (diag.Position{}) {
		place = m.Written
	}
	out.File, out.Line = place.File, place.Line
	advise := func(holes []upstream.Advisory, closed bool) {
		for _, a := range holes {
			out.Advisories = append(out.Advisories, jsonAdvisory{a.ID, a.Severity, a.Fixed, closed, a.Source})
		}
	}
	advise(m.Closed, true)
	advise(m.Open, false)
	for _, f := range m.Mended {
		out.Faults = append(out.Faults, jsonFault{f.What, true, f.Source})
	}
	for _, f := range m.Faulty {
		out.Faults = append(out.Faults, jsonFault{f.What, false, f.Source})
	}
	for _, t := range m.Touches {
		out.Changes = append(out.Changes, jsonTouch{t.Version, t.What, append([]string{}, t.Keys...), t.Certain, t.Source})
	}
	for _, n := range m.Needs {
		out.Needs = append(out.Needs, jsonNeed{n.Product, n.Version, n.Have, words(n.Met)})
	}
	for _, s := range m.Stations {
		out.Stations = append(out.Stations, jsonStation(s))
	}
	if m.State == Behind {
		out.Back = &jsonBack{words(m.Undo.ByTag), m.Undo.text(m.From), m.Undo.Source}
	}
	return out
}

func words(a model.Answer) string {
	return map[model.Answer]string{model.Yes: "yes", model.No: "no", model.CannotTell: "unknown"}[a]
}
