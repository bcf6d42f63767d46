package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Lines returns the lines of each document as [Render] writes it, and what stands on each.
func Lines(d *model.Files) (map[string][]model.Line, error) {
	files, err := Render(d)
	if err != nil {
		return nil, err
	}
	lines := map[string][]model.Line{}
	for i, doc := range d.Documents {
		others := slices.Clone(files)
		others[i].Content = nil // no file mounts itself
		root := written(doc, others)
		m := mapper{lines: split(files[i].Content)}
		switch doc.Format {
		case model.YAML:
			if err := m.yaml(files[i].Content, root); err != nil {
				return nil, fmt.Errorf("read %s of %s back: %w", doc.Name, d.Name, err)
			}
		case model.JSON:
			m.json(root)
		}
		if doc.Upstream == composeFormat {
			m.sums(root, files)
		}
		lines[doc.Name] = m.lines
	}
	return lines, nil
}

// split returns the lines of a text; what follows the last newline is none unless there is something.
func split(content []byte) []model.Line {
	var lines []model.Line
	for _, text := range strings.SplitAfter(string(content), "\n") {
		if text != "" {
			lines = append(lines, model.Line{Text: strings.TrimSuffix(text, "\n"), At: len(lines)})
		}
	}
	return lines
}

// mapper notes on the lines of a document what of its tree stands there.
type mapper struct {
	lines []model.Line
	next  int // of JSON: the line that is written next
}

// begin notes that the value at the path begins on a line, counted from 0.
func (m *mapper) begin(line int, path []string) {
	m.lines[line].Paths = append(m.lines[line].Paths, slices.Clone(path))
}

// json follows renderJSON: each field and item has a line of its own, and an empty map or list is written on one line.
func (m *mapper) json(root *model.Node) {
	m.begin(0, []string{})
	m.jsonValue(root, []string{})
}

func (m *mapper) jsonValue(n *model.Node, path []string) {
	inner := func(child *model.Node, part string) {
		m.next++
		at := append(slices.Clone(path), part)
		m.begin(m.next, at)
		m.jsonValue(child, at)
	}
	for _, f := range n.Fields {
		inner(f.Value, f.Key)
	}
	for i, item := range n.Items {
		inner(item, fmt.Sprint(i))
	}
	if len(n.Fields)+len(n.Items) > 0 {
		m.next++
		m.begin(m.next, path)
		m.lines[m.next].Role = model.End
	}
}

// sums notes the lines of the compose file that hold the hash of files.
func (m *mapper) sums(root *model.Node, files []File) {
	for i, line := range m.lines {
		if line.Role != model.Content || len(line.Paths) == 0 {
			continue
		}
		path := line.Paths[len(line.Paths)-1]
		if !holdsHash(root, path) {
			continue
		}
		for _, file := range mounted(root.At(path[:2]...), files) {
			m.lines[i].Sum = append(m.lines[i].Sum, file.Name)
		}
	}
}

// holdsHash reports whether a path leads to the hash of files, or to labels that are there for it alone.
func holdsHash(root *model.Node, path []string) bool {
	if len(path) < 3 || len(path) > 4 || path[0] != "services" || path[2] != "labels" {
		return false
	}
	if len(path) == 3 {
		labels := root.At(path...)
		return labels != nil && len(labels.Fields) == 1 && labels.Fields[0].Key == hashLabel
	}
	return path[3] == hashLabel || strings.HasPrefix(root.Along(path).Text, hashLabel+"=")
}
