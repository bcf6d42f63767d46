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

// Render returns the documents as the bytes of files, in their order. What has something of the others in it is rendered last: the services of the
// compose file carry the hash of the files that they mount, and the values of a chart have some in full.
func Render(of *model.Files) ([]File, error) {
	files := make([]File, len(of.Documents))
	var behind []int
	for i, doc := range of.Documents {
		if last(doc) {
			behind = append(behind, i)
			continue
		}
		if err := renderInto(&files[i], doc, files, of.Name); err != nil {
			return nil, err
		}
	}
	for _, i := range behind {
		if err := renderInto(&files[i], of.Documents[i], files, of.Name); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func renderInto(file *File, doc *model.Document, others []File, stack string) error {
	rendered := *doc
	rendered.Root = written(doc, others)
	content, err := render(&rendered, stack)
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
