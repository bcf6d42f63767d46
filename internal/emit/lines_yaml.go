package emit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/model"
)

// yaml reads the rendered document back, in step with the tree that it was rendered from: the encoder does not tell where it writes a value.
func (m *mapper) yaml(content []byte, root *model.Node) error {
	var back yaml.Node
	if err := yaml.Unmarshal(content, &back); err != nil {
		return err
	}
	if len(back.Content) != 1 {
		return fmt.Errorf("it holds %d values", len(back.Content))
	}
	if err := m.yamlValue(back.Content[0], root, nil); err != nil {
		return err
	}
	// A line on which nothing begins is a further line of the value above: of a text with line breaks.
	for i := range m.lines {
		switch {
		case len(m.lines[i].Paths) > 0:
		case i < headerLines || i == 0:
			m.lines[i].Role = model.Header
		default:
			m.lines[i].Paths = m.lines[i-1].Paths[len(m.lines[i-1].Paths)-1:]
		}
	}
	return nil
}

func (m *mapper) yamlValue(back *yaml.Node, n *model.Node, path []string) error {
	switch {
	case back.Kind == yaml.MappingNode && n.Kind == model.Map && len(back.Content) == 2*len(n.Fields):
		for i, f := range n.Fields {
			key := back.Content[2*i]
			if key.Value != f.Key {
				return fmt.Errorf("line %d: the key is %s, not %s", key.Line, key.Value, f.Key)
			}
			at := append(slices.Clone(path), f.Key)
			m.comment(key.Line-1, f.Comment, at)
			m.begin(key.Line-1, at)
			if err := m.yamlValue(back.Content[2*i+1], f.Value, at); err != nil {
				return err
			}
		}
	case back.Kind == yaml.SequenceNode && n.Kind == model.List && len(back.Content) == len(n.Items):
		for i, item := range n.Items {
			at := append(slices.Clone(path), strconv.Itoa(i))
			m.begin(back.Content[i].Line-1-commentAbove(item), at)
			if err := m.yamlValue(back.Content[i], item, at); err != nil {
				return err
			}
		}
	case back.Kind == yaml.ScalarNode && n.Kind != model.Map && n.Kind != model.List:
	default:
		return fmt.Errorf("line %d: %s is %s there", back.Line, strings.Join(path, "."), n.Kind)
	}
	return nil
}

// comment notes the lines above a key that hold its comment.
func (m *mapper) comment(key int, comment string, path []string) {
	for line := key - commentLines(comment); line < key; line++ {
		m.lines[line].Role = model.Comment
		m.begin(line, path)
	}
}

func commentLines(comment string) int {
	if comment == "" {
		return 0
	}
	return strings.Count(comment, "\n") + 1
}

// commentAbove returns how many lines of comment stand between the dash of an item and its first key.
func commentAbove(item *model.Node) int {
	if item.Kind == model.Map && len(item.Fields) > 0 {
		return commentLines(item.Fields[0].Comment)
	}
	return 0
}
