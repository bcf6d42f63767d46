package provenance

import (
	"io"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

type jsonPlace struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	URL    string `json:"url,omitempty"`
}

type jsonField struct {
	Field   string `json:"field"`
	State   string `json:"state"`
	Value   string `json:"value,omitempty"`
	Default string `json:"default,omitempty"`
	jsonPlace
}

type jsonStep struct {
	Source string `json:"source"`
	jsonPlace
}

type jsonReason struct {
	About string `json:"about,omitempty"`
	Text  string `json:"text"`
}

type jsonChange struct {
	Field    string `json:"field"`
	Write    string `json:"write,omitempty"`
	Want     string `json:"want,omitempty"`
	Override bool   `json:"override,omitempty"`
	jsonPlace
}

type jsonReplaced struct {
	Value string      `json:"value"`
	From  []jsonField `json:"from"`
}

type jsonDisk struct {
	State string `json:"state"`
	Line  int    `json:"line,omitempty"`
}

// WriteJSON prints the answer as one JSON object of the stable form matrixgen/provenance/v1, which docs/review.md describes.
func (r Report) WriteJSON(w io.Writer) error {
	report := struct {
		Schema   string        `json:"schema"`
		File     string        `json:"file"`
		Line     int           `json:"line"`
		Text     string        `json:"text"`
		Part     string        `json:"part"`
		Path     []string      `json:"path"`
		Disk     jsonDisk      `json:"disk"`
		HashOf   []string      `json:"hashOf,omitempty"`
		DrawnOf  []string      `json:"drawnOf,omitempty"`
		From     []jsonField   `json:"from"`
		Because  []jsonField   `json:"because"`
		Replaced *jsonReplaced `json:"replaced,omitempty"`
		Through  []jsonStep    `json:"through"`
		Why      []jsonReason  `json:"why"`
		Links    []string      `json:"links"`
		Change   []jsonChange  `json:"change"`
	}{
		Schema: "matrixgen/provenance/v1", File: r.File, Line: r.Number, Text: r.Line.Text,
		Part: [...]string{"content", "comment", "end", "header"}[r.Line.Role], Path: []string{}, Disk: jsonDisk(r.Disk), HashOf: r.Line.Sum, DrawnOf: r.Line.Drawn,
		From: r.jsonFields(r.From), Because: r.jsonFields(r.Because), Through: []jsonStep{}, Why: []jsonReason{}, Links: append([]string{}, r.Links...), Change: []jsonChange{},
	}
	if n := len(r.Line.Paths); n > 0 {
		report.Path = append(report.Path, r.Line.Paths[n-1]...)
	}
	if r.Replaced != nil {
		report.Replaced = &jsonReplaced{r.Replaced.Value, r.jsonFields(r.Replaced.From)}
	}
	for _, step := range r.Through {
		report.Through = append(report.Through, jsonStep{step.Source, r.jsonPlace(step.Position)})
	}
	for _, reason := range r.Why {
		report.Why = append(report.Why, jsonReason(reason))
	}
	for _, c := range r.Change {
		report.Change = append(report.Change, jsonChange{c.Path, c.Write, c.Want, c.Raw, r.jsonPlace(c.Position)})
	}
	return terminal.WriteJSON(w, report)
}

func (r Report) jsonFields(fields []*Field) []jsonField {
	list := []jsonField{}
	for _, f := range fields {
		field := jsonField{Field: f.Path, State: [...]string{"set", "default", "unset", "folder"}[f.State], Value: f.Value, jsonPlace: r.jsonPlace(f.Position)}
		if f.State == Default {
			field.Default = f.Source
		}
		list = append(list, field)
	}
	return list
}

// jsonPlace returns a position, with an address if it lies in the schema.
func (r Report) jsonPlace(at diag.Position) jsonPlace {
	p := jsonPlace{File: at.File, Line: at.Line, Column: at.Column}
	if r.Source != "" && strings.HasPrefix(at.File, schemaFolder) {
		p.URL = r.url(at)
	}
	return p
}
