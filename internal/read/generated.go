package read

import (
	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Generated returns a document of YAML that a build wrote, whose format is known by its name and not to be told from what it says; nil if it does not parse.
func Generated(name, upstream string, text []byte) *model.Document {
	root, _, err := yamlDocuments(text)
	if err != nil {
		return nil
	}
	reader := yamlReader{file: name, open: map[*yaml.Node]bool{}, raw: map[*model.Node]bool{}}
	tree, wrong := reader.node(root, 0)
	if wrong != nil {
		return nil
	}
	return &model.Document{Name: name, Format: model.YAML, Upstream: upstream, Root: tree}
}
