package route

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// word is one token of a Caddyfile.
type word struct {
	text string
	at   diag.Position
	// starts says that it is the first of its line.
	starts bool
	quoted bool
}

// lexer splits a Caddyfile into words as Caddy does.
type lexer struct {
	text         []rune
	file         string
	next         int
	line, column int
	starts       bool
	words        []word
}

// lex returns the words of a Caddyfile; false if a quote is not closed, or for a heredoc, which is not modelled.
func lex(file, text string) ([]word, bool) {
	l := &lexer{text: []rune(strings.ReplaceAll(text, "\r\n", "\n")), file: file, line: 1, column: 1, starts: true}
	for l.next < len(l.text) {
		switch r := l.text[l.next]; {
		case r == '\n':
			l.advance()
			l.starts = true
		case r == '\\' && l.next+1 < len(l.text) && l.text[l.next+1] == '\n':
			l.advance()
			l.advance()
		case r == ' ' || r == '\t' || r == '\uFEFF':
			l.advance()
		case r == '#':
			for l.next < len(l.text) && l.text[l.next] != '\n' {
				l.advance()
			}
		case r == '"' || r == '`':
			if !l.quotedWord(r) {
				return nil, false
			}
		default:
			l.plainWord()
			if strings.HasPrefix(l.words[len(l.words)-1].text, "<<") {
				return nil, false
			}
		}
	}
	return l.words, true
}

func (l *lexer) advance() {
	l.column++
	if l.text[l.next] == '\n' {
		l.line, l.column = l.line+1, 1
	}
	l.next++
}

func (l *lexer) add(text string, at diag.Position, quoted bool) {
	l.words = append(l.words, word{text: text, at: at, starts: l.starts, quoted: quoted})
	l.starts = false
}

func (l *lexer) position() diag.Position {
	return diag.Position{File: l.file, Line: l.line, Column: l.column}
}

func (l *lexer) quotedWord(quote rune) bool {
	at := l.position()
	var text strings.Builder
	for l.advance(); l.next < len(l.text) && l.text[l.next] != quote; l.advance() {
		if quote == '"' && l.text[l.next] == '\\' && l.next+1 < len(l.text) && l.text[l.next+1] == '"' {
			l.advance()
		}
		text.WriteRune(l.text[l.next])
	}
	if l.next >= len(l.text) {
		return false
	}
	l.advance()
	l.add(text.String(), at, true)
	return true
}

func (l *lexer) plainWord() {
	at := l.position()
	start := l.next
	for l.next < len(l.text) && !strings.ContainsRune(" \t\n", l.text[l.next]) {
		l.advance()
	}
	l.add(string(l.text[start:l.next]), at, false)
}
