package container

import "github.com/matrixgen/matrixgen/internal/model"

// ShellWords returns the arguments of a command, an entrypoint or a healthcheck: the items of a list, or a text split as Compose splits it.
// They are not known if one of them is not.
func ShellWords(n *model.Node) ([]string, bool) {
	switch {
	case n == nil || n.Kind == model.Null:
		return nil, true
	case n.Kind == model.List && !n.Unknown:
		var words []string
		for _, item := range n.Items {
			word, known := item.Literal()
			if !known {
				return nil, false
			}
			words = append(words, word)
		}
		return words, true
	}
	text, known := n.Literal()
	if !known {
		return nil, false
	}
	return model.SplitWords(text)
}
