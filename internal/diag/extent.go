package diag

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// WithEnds returns the findings with the end of what stands at their places: a text in quotes, or a word. What cannot be read keeps none.
func WithEnds(findings []Finding, read func(file string) ([]byte, error)) []Finding {
	var last string // findings of a file stand together
	var lines [][]byte
	for i, f := range findings {
		if f.Line < 1 || f.Column < 1 {
			continue
		}
		if f.File != last {
			text, _ := read(f.File)
			lines, last = bytes.Split(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\n")), f.File
		}
		if f.Line <= len(lines) {
			findings[i].End = end(string(bytes.TrimRight(lines[f.Line-1], "\r")), f.Column)
		}
	}
	return findings
}

// end returns the column behind what begins at a column of a line, or 0 if nothing does.
func end(line string, column int) int {
	rest := line
	for range column - 1 {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	if rest == "" {
		return 0
	}
	length := len(rest)
	if quote := rest[0]; quote == '"' || quote == '\'' || quote == '`' {
		if i := closing(rest, quote); i > 0 {
			length = i + 1
		}
	} else if i := strings.IndexFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t,]}", r) }); i > 0 {
		length = i
	}
	word := rest[:length]
	if word != ":" && rest[0] != '"' && rest[0] != '\'' {
		word = strings.TrimSuffix(word, ":")
	}
	return column + utf8.RuneCountInString(word)
}

// closing returns where the quote that a text begins with is closed, or 0.
func closing(text string, quote byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote:
			return i
		}
	}
	return 0
}
