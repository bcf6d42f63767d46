package workspace

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
)

// Lines returns the lines of all files that a build of the stack writes, by the name of the file, the record of them among these.
func (s *Stack) Lines() (map[string][]model.Line, error) {
	lines, err := emit.Lines(&s.Deployment.Files)
	if err != nil {
		return nil, err
	}
	if readme := s.Compiled.Document("README.md"); readme != nil {
		drawn := drawnDocuments(s.Deployment)
		filled := lines["README.md"]
		for i, at := range graph.Lines(s.Deployment, readme.Root.Text) {
			if filled[i].At = at; at < 0 {
				filled[i].Drawn = drawn
			}
		}
	}
	files, err := s.Render()
	if err != nil {
		return nil, err
	}
	record, err := outdir.Manifest(files)
	if err != nil {
		return nil, err
	}
	lines[record.Name] = recordLines(string(record.Content), lines)
	return lines, nil
}

// drawnDocuments returns the documents of which the README has a picture.
func drawnDocuments(d *model.Deployment) []string {
	var names []string
	for _, doc := range d.Documents {
		configured := slices.ContainsFunc([]*model.Configuration{d.MAS, d.Synapse, d.Element}, func(c *model.Configuration) bool {
			return c != nil && slices.Contains(c.Documents, doc)
		})
		if configured || doc.Kind == model.KindCompose {
			names = append(names, doc.Name)
		}
	}
	return names
}

// recordLines returns the lines of the record of what a build writes.
func recordLines(record string, files map[string][]model.Line) []model.Line {
	var lines []model.Line
	for i, text := range strings.Split(strings.TrimSuffix(record, "\n"), "\n") {
		line := model.Line{Text: text, Role: model.Header, At: i}
		for name, inner := range files {
			if !strings.HasPrefix(strings.TrimSpace(text), strconv.Quote(name)+": ") {
				continue
			}
			line.Role, line.Sum = model.Content, []string{name}
			for _, other := range inner { // a hash of a hash, or of a picture
				line.Drawn = append(line.Drawn, slices.Concat(other.Sum, other.Drawn)...)
			}
		}
		slices.Sort(line.Drawn)
		line.Drawn = slices.Compact(line.Drawn)
		lines = append(lines, line)
	}
	return lines
}
