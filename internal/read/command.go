package read

import (
	"path"

	"github.com/matrixgen/matrixgen/internal/model"
)

// arguments returns the words of a command or an entrypoint: the items of a list, or the words of a text as a shell splits it.
func arguments(n *model.Node) []string {
	if n == nil {
		return nil
	}
	if n.Kind == model.List {
		var words []string
		for _, item := range n.Items {
			words = append(words, item.Text)
		}
		return words
	}
	words, _ := model.SplitWords(n.Text)
	return words
}

// container makes a path absolute in a container whose working folder is /.
func container(name string) string { return path.Join("/", name) }
