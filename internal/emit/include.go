package emit

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// valuesFile is what the chart of a cluster is told. It has other files in it where "${file:NAME}" stands.
const valuesFile = "kubernetes/values.yaml"

// last reports whether a document has something of the others in it.
func last(doc *model.Document) bool { return doc.Upstream == composeFormat || doc.Name == valuesFile }

// written returns the tree of a document as its file has it. files are the others, rendered.
func written(doc *model.Document, files []File) *model.Node {
	switch {
	case doc.Upstream == composeFormat:
		return withHashes(doc.Root, files)
	case doc.Name == valuesFile:
		return including(doc.Root, files)
	}
	return doc.Written().Root
}

func including(n *model.Node, files []File) *model.Node {
	filled := *n
	switch n.Kind {
	case model.Map:
		filled.Fields = slices.Clone(n.Fields)
		for i := range filled.Fields {
			filled.Fields[i].Value = including(filled.Fields[i].Value, files)
		}
	case model.List:
		filled.Items = slices.Clone(n.Items)
		for i := range filled.Items {
			filled.Items[i] = including(filled.Items[i], files)
		}
	case model.String:
		filled.Text = included(n.Text, files)
	}
	return &filled
}

func included(text string, files []File) string {
	for _, file := range files {
		if text == "${file:"+file.Name+"}" {
			return literal(file)
		}
	}
	return text
}

// literal returns a file so that the chart takes all of it as it stands. It fills in templates in texts of JSON, and variables in those of YAML.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/configs/element-web/config.json.tpl
// https://github.com/element-hq/ess-helm/blob/main/matrix-tools/internal/pkg/renderer/renderer.go
func literal(file File) string {
	if path.Ext(file.Name) == ".json" {
		return strings.ReplaceAll(string(file.Content), "{{", `{\u007b`) // only a string of JSON has two in a row
	}
	return strings.ReplaceAll(string(file.Content), "${", `\${`)
}
