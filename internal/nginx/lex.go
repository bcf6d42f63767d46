package nginx

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// ending is what ends a directive.
type ending int

const (
	endOfText ending = iota
	endOfDirective
	beginOfBlock
	endOfBlock
)

// lexer parts a text into words as ngx_conf_read_token of nginx does.
type lexer struct {
	text         []rune
	file         string
	next         int
	line, column int
	// last is where the last mark stands, such as a brace.
	last    diag.Position
	problem *Problem
}

func newLexer(file, text string) *lexer {
	return &lexer{text: []rune(text), file: file, line: 1, column: 1}
}

func (l *lexer) here() diag.Position {
	return diag.Position{File: l.file, Line: l.line, Column: l.column}
}

func (l *lexer) fail(at diag.Position, message string) {
	if l.problem == nil {
		l.problem = &Problem{at, message}
	}
}

func (l *lexer) advance() {
	l.column++
	if l.text[l.next] == '\n' {
		l.line, l.column = l.line+1, 1
	}
	l.next++
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

// directive returns the words up to the next semicolon or brace.
func (l *lexer) directive() ([]Word, ending) {
	var words []Word
	for l.next < len(l.text) && l.problem == nil {
		switch r := l.text[l.next]; {
		case isSpace(r):
			l.advance()
		case r == '#':
			for l.next < len(l.text) && l.text[l.next] != '\n' {
				l.advance()
			}
		case r == ';' || r == '{' || r == '}':
			l.last = l.here()
			if (r == '}') != (len(words) == 0) {
				l.fail(l.last, `unexpected "`+string(r)+`"`)
				return nil, endOfText
			}
			l.advance()
			return words, map[rune]ending{';': endOfDirective, '{': beginOfBlock, '}': endOfBlock}[r]
		case r == '"' || r == '\'':
			words = append(words, l.quoted(r))
		default:
			words = append(words, l.plain())
		}
	}
	if len(words) > 0 {
		l.fail(l.here(), `unexpected end of file, expecting ";" or "}"`)
	}
	return nil, endOfText
}

// quoted reads a word in quotes. Something that ends words has to follow, or a closing parenthesis, which begins the next.
func (l *lexer) quoted(quote rune) Word {
	w := Word{Position: l.here(), Quoted: true}
	var text strings.Builder
	for l.advance(); l.next < len(l.text) && l.text[l.next] != quote; {
		l.take(&text)
	}
	w.Text = text.String()
	if l.next >= len(l.text) {
		l.fail(w.Position, "unexpected end of file: this quote is not closed")
		return w
	}
	if l.advance(); l.next < len(l.text) && !isSpace(l.text[l.next]) && !strings.ContainsRune(";{)", l.text[l.next]) {
		l.fail(l.here(), `unexpected "`+string(l.text[l.next])+`"`)
	}
	return w
}

// plain reads a word without quotes. A brace behind a dollar sign is part of it, as in ${name}.
func (l *lexer) plain() Word {
	w := Word{Position: l.here()}
	var text strings.Builder
	dollar := false
	for l.next < len(l.text) {
		r := l.text[l.next]
		if isSpace(r) || r == ';' || r == '{' && !dollar {
			break
		}
		dollar = r == '$' || r == '{'
		l.take(&text)
	}
	w.Text = text.String()
	return w
}

// take reads a character, or an escape: of quotes and the backslash itself, and of three kinds of white space. Others stay as they are.
func (l *lexer) take(text *strings.Builder) {
	r := l.text[l.next]
	l.advance()
	if r != '\\' || l.next >= len(l.text) {
		text.WriteRune(r)
		return
	}
	next := l.text[l.next]
	l.advance()
	switch {
	case strings.ContainsRune(`"'\`, next):
	case strings.ContainsRune("trn", next):
		next = map[rune]rune{'t': '\t', 'r': '\r', 'n': '\n'}[next]
	default:
		text.WriteRune(r)
	}
	text.WriteRune(next)
}
