package model

import "strings"

// SplitWords splits a text at its white space and removes its quotes. It is false if a quote stays open.
func SplitWords(text string) ([]string, bool) {
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
			inside, escaped = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '"' || r == '\'':
			inside, quote = true, r
		case strings.ContainsRune(" \t\n\r", r):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			inside = true
			word.WriteRune(r)
		}
	}
	if inside {
		words = append(words, word.String())
	}
	return words, quote == 0 && !escaped
}

// OptionValues returns the values of an option that may be written -c X, --config X or --config=X, in order. The -c of a shell is none.
func OptionValues(words []string, names ...string) []string {
	var values []string
	for i, word := range words {
		if i > 0 && word == "-c" && isShell(words[i-1]) {
			continue
		}
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

// isShell reports whether a word starts a shell.
func isShell(word string) bool {
	switch word[strings.LastIndexByte(word, '/')+1:] {
	case "sh", "bash", "ash", "dash", "zsh":
		return true
	}
	return false
}
