package sops

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// document returns a YAML document, whose content is a mapping, as SOPS sees it: keys in order, comments between them.
func document(doc *yaml.Node) Branch {
	root := doc.Content[0]
	items := append(comments(doc.HeadComment, false), comments(doc.LineComment, false)...)
	return append(append(items, branch(root)...), comments(doc.FootComment, false)...)
}

// branch returns a mapping as SOPS sees it.
func branch(n *yaml.Node) Branch {
	items := append(Branch{}, comments(n.HeadComment, false)...)
	items = append(items, comments(n.LineComment, false)...)
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		scalar := value.Kind == yaml.ScalarNode
		items = append(items, comments(key.HeadComment, false)...)
		items = append(items, comments(key.LineComment, false)...)
		if scalar {
			items = append(items, comments(value.HeadComment, false)...)
			items = append(items, comments(value.LineComment, true)...)
		}
		items = append(items, Item{Key: key.Value, Value: treeValue(value)})
		if scalar {
			items = append(items, comments(value.FootComment, false)...)
		}
		items = append(items, comments(key.FootComment, false)...)
	}
	return append(items, comments(n.FootComment, false)...)
}

func comments(text string, inline bool) []Item {
	var items []Item
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			items = append(items, Item{Key: Comment{Value: strings.TrimPrefix(line, "#"), Inline: inline}})
		}
	}
	return items
}

// treeValue returns a value as SOPS sees it. Scalars have the type that YAML gives them: the checksum counts true and "true" differently.
func treeValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		return branch(n)
	case yaml.SequenceNode:
		return sequence(n)
	case yaml.AliasNode:
		return treeValue(n.Alias)
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return n.Value
	}
	return value
}

func sequence(n *yaml.Node) []any {
	var items []any
	add := func(text string, inline bool) {
		for _, comment := range comments(text, inline) {
			items = append(items, comment.Key)
		}
	}
	for _, item := range n.Content {
		add(item.HeadComment, false)
		add(item.LineComment, true)
		inner := *item
		inner.HeadComment, inner.LineComment, inner.FootComment = "", "", ""
		items = append(items, treeValue(&inner))
		add(item.FootComment, false)
	}
	return items
}

// render returns the branch as a YAML file, indented as SOPS does it.
func render(items Branch) ([]byte, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(4)
	if err := encoder.Encode(node(items)); err != nil {
		return nil, err
	}
	return text.Bytes(), encoder.Close()
}

// node returns a value of SOPS as YAML. Comments stand above the item that follows, or beside it, and the last ones below.
func node(value any) *yaml.Node {
	n := &yaml.Node{}
	var pending margin
	switch value := value.(type) {
	case Branch:
		n.Kind = yaml.MappingNode
		for _, item := range value {
			if comment, ok := item.Key.(Comment); ok {
				pending.add(comment)
				continue
			}
			key, content := node(item.Key), node(item.Value)
			pending.write(key, content)
			n.Content = append(n.Content, key, content)
		}
		if last := len(n.Content); last > 0 {
			n.Content[last-2].FootComment = pending.text()
		} else {
			n.HeadComment = pending.text()
		}
	case []any:
		n.Kind = yaml.SequenceNode
		for _, item := range value {
			if comment, ok := item.(Comment); ok {
				pending.add(comment)
				continue
			}
			content := node(item)
			pending.write(content, content)
			n.Content = append(n.Content, content)
		}
		if last := len(n.Content); last > 0 {
			n.Content[last-1].FootComment = pending.text()
		} else {
			n.HeadComment = pending.text()
		}
	default:
		if err := n.Encode(value); err != nil {
			n.SetString("")
		}
	}
	return n
}

// margin are comments that belong to the next item.
type margin struct{ above, beside []string }

func (m *margin) add(comment Comment) {
	if comment.Inline {
		m.beside = append(m.beside, "#"+comment.Value)
	} else {
		m.above = append(m.above, "#"+comment.Value)
	}
}

// write puts the comments above one node and beside another.
func (m *margin) write(above, beside *yaml.Node) {
	if len(m.above) > 0 {
		above.HeadComment = strings.Join(m.above, "\n")
	}
	if len(m.beside) > 0 {
		beside.LineComment = strings.Join(m.beside, "\n")
	}
	*m = margin{}
}

func (m *margin) text() string { return strings.Join(append(m.above, m.beside...), "\n") }
