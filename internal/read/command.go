package read

import (
	"path"
	"strings"

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
	return shellWords(n.Text)
}

// shellWords splits a text into words at white space outside quotes.
func shellWords(text string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	inside, escaped := false, false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, inside = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '"' || r == '\'':
			quote, inside = r, true
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			if inside {
				words = append(words, word.String())
				word.Reset()
			}
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if inside {
		words = append(words, word.String())
	}
	return words
}

// options returns the values of an option in a list of arguments: --config x, --config=x, -c x.
func options(words []string, names ...string) []string {
	var values []string
	for i, word := range words {
		for _, name := range names {
			if value, found := strings.CutPrefix(word, name+"="); found {
				values = append(values, value)
			} else if word == name && i+1 < len(words) {
				values = append(values, words[i+1])
			}
		}
	}
	return values
}

// container makes a path absolute in a container whose working folder is /.
func container(name string) string { return path.Join("/", name) }
