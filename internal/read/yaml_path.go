package read

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlObjects returns the documents of a YAML text, as far as it parses.
func yamlObjects(text []byte) []*yaml.Node {
	var objects []*yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	for len(objects) < 100 {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			break
		}
		if len(document.Content) > 0 {
			objects = append(objects, document.Content[0])
		}
	}
	return objects
}

// yamlAt returns the value below a path of keys, or nil.
func yamlAt(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		var found *yaml.Node
		if n != nil {
			eachKey(n, func(name string, value *yaml.Node) {
				if name == key {
					found = value
				}
			})
		}
		n = found
	}
	return n
}

// yamlText returns the text below a path of keys, or "".
func yamlText(n *yaml.Node, path ...string) string {
	if found := yamlAt(n, path...); found != nil && found.Kind == yaml.ScalarNode {
		return found.Value
	}
	return ""
}

// yamlInText returns the YAML that stands as a text in another, or nil.
func yamlInText(n *yaml.Node) *yaml.Node {
	if n == nil || n.Kind != yaml.ScalarNode {
		return nil
	}
	inside, _, err := yamlDocuments([]byte(n.Value))
	if err != nil {
		return nil
	}
	return inside
}

// textAt returns where a text begins that stands in another, which begins at the offset.
func textAt(n *yaml.Node, text string, at offset) offset {
	block := blockAt(text, offset{}.position("", n.Line, n.Column))
	if block.fixed.Line > 0 {
		block.fixed = at.position("", n.Line, n.Column)
	} else {
		block.line, block.column = block.line+at.line, block.column+at.column
	}
	return block
}
