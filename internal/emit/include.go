package emit

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// valuesFile is what the chart of a cluster is told. It says other files where "${file:NAME}" stands, and the hashes of their contents where
// "${hash:NAME}" stands: no pod is made anew for another content of a file alone.
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
		switch text {
		case "${file:" + file.Name + "}":
			return string(file.Content)
		case "${hash:" + file.Name + "}":
			sum := sha256.Sum256(file.Content)
			return hex.EncodeToString(sum[:8])
		}
	}
	return text
}
