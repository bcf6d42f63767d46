package secret

import (
	"bytes"
	"strings"

	"github.com/getsops/sops/v3"
	"gopkg.in/yaml.v3"
)

// branch returns a mapping as SOPS sees it: keys in order, comments between them.
func branch(n *yaml.Node) sops.TreeBranch {
	items := sops.TreeBranch{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		items = append(items, comments(key.HeadComment, false)...)
		items = append(items, comments(value.HeadComment, false)...)
		items = append(items, comments(value.LineComment, true)...)
		items = append(items, sops.TreeItem{Key: key.Value, Value: treeValue(value)})
		items = append(items, comments(value.FootComment, false)...)
		items = append(items, comments(key.FootComment, false)...)
	}
	return items
}

func comments(text string, inline bool) []sops.TreeItem {
	var items []sops.TreeItem
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			items = append(items, sops.TreeItem{Key: sops.Comment{Value: strings.TrimPrefix(line, "#"), Inline: inline}})
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
		items := []any{}
		for _, item := range n.Content {
			items = append(items, treeValue(item))
		}
		return items
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return n.Value
	}
	return value
}

// render returns the branch as a YAML file, indented as SOPS does it.
func render(items sops.TreeBranch) ([]byte, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(4)
	if err := encoder.Encode(node(items)); err != nil {
		return nil, err
	}
	return text.Bytes(), encoder.Close()
}

// node returns a value of SOPS as YAML. Comments stand above the key that follows, or at its value.
func node(value any) *yaml.Node {
	n := &yaml.Node{}
	switch value := value.(type) {
	case sops.TreeBranch:
		n.Kind = yaml.MappingNode
		var above, beside []string
		for _, item := range value {
			if comment, ok := item.Key.(sops.Comment); ok {
				if comment.Inline {
					beside = append(beside, "#"+comment.Value)
				} else {
					above = append(above, "#"+comment.Value)
				}
				continue
			}
			key, content := node(item.Key), node(item.Value)
			key.HeadComment, content.LineComment = strings.Join(above, "\n"), strings.Join(beside, "\n")
			above, beside = nil, nil
			n.Content = append(n.Content, key, content)
		}
		if last := len(n.Content); last > 0 {
			n.Content[last-2].FootComment = strings.Join(append(above, beside...), "\n")
		}
	case []any:
		n.Kind = yaml.SequenceNode
		for _, item := range value {
			n.Content = append(n.Content, node(item))
		}
	default:
		if err := n.Encode(value); err != nil {
			n.SetString("")
		}
	}
	return n
}
