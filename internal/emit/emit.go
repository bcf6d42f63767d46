// Package emit renders the documents of a deployment as the bytes of files. The same documents give the same bytes.
package emit

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/model"
)

// File is a rendered document.
type File struct {
	// Name is the path in the folder of the deployment, slash-separated.
	Name    string
	Content []byte
}

// Render returns the documents as the bytes of files, in their order. The compose file is rendered last: its services carry the hash of the files
// that they mount.
func Render(of *model.Files) ([]File, error) {
	files := make([]File, len(of.Documents))
	compose := -1
	for i, doc := range of.Documents {
		if doc.Upstream == composeFormat {
			compose = i
			continue
		}
		if err := renderInto(&files[i], doc, of.Name); err != nil {
			return nil, err
		}
	}
	if compose >= 0 {
		doc := *of.Documents[compose]
		doc.Root = withHashes(doc.Root, files)
		if err := renderInto(&files[compose], &doc, of.Name); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func renderInto(file *File, doc *model.Document, stack string) error {
	content, err := render(doc, stack)
	if err != nil {
		return fmt.Errorf("render %s of %s: %w", doc.Name, stack, err)
	}
	*file = File{Name: doc.Name, Content: content}
	return nil
}

func render(doc *model.Document, stack string) ([]byte, error) {
	switch doc.Format {
	case model.YAML:
		return renderYAML(doc.Root, stack)
	case model.JSON:
		return renderJSON(doc.Root)
	case model.Text:
		return []byte(doc.Root.Text), nil
	}
	return nil, fmt.Errorf("unknown format %q", doc.Format)
}
