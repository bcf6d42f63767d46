package minijinja

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind int

const (
	end      kind = iota
	variable      // {{
	block         // {%
	variableEnd
	blockEnd
	name
	text // a string
	number
	operator
)

type token struct {
	kind kind
	text string
}

// operators are those of expressions, the longer ones first.
func operators() []string {
	return []string{"**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", ".", ",", ":", "(", ")", "[", "]", "{", "}", "|", "=", "<", ">"}
}

// lexer parts a template into tokens. Text outside of tags makes none, save that it is noted.
type lexer struct {
	rest   string
	tokens []token
	// open is what closes the tag that the lexer is in, or "".
	open string
	// depth counts the braces that are open in a tag: }} may close two maps.
	depth int
}

func lex(template string) ([]token, error) {
	l := &lexer{rest: template}
	for l.rest != "" {
		var err error
		if l.open == "" {
			err = l.outside()
		} else {
			err = l.inside()
		}
		if err != nil {
			return nil, err
		}
	}
	if l.open != "" {
		return nil, &SyntaxError{"ends within a tag: " + l.open + " is missing"}
	}
	return append(l.tokens, token{kind: end}), nil
}

// outside skips text up to the next tag, and comments.
func (l *lexer) outside() error {
	at := strings.IndexByte(l.rest, '{')
	if at < 0 || at+1 == len(l.rest) {
		l.rest = ""
		return nil
	}
	tag := l.rest[at:]
	switch tag[1] {
	case '{':
		l.enter(tag[2:], token{variable, "{{"}, "}}")
	case '%':
		if raw, rest, found := cutRaw(tag); raw {
			if !found {
				return &SyntaxError{"has a {% raw %} without {% endraw %}"}
			}
			l.rest = rest
			return nil
		}
		l.enter(tag[2:], token{block, "{%"}, "%}")
	case '#':
		_, rest, closed := strings.Cut(tag[2:], "#}")
		if !closed {
			return &SyntaxError{"has a comment {# that nothing closes"}
		}
		l.rest = rest
	default:
		l.rest = tag[1:]
	}
	return nil
}

// cutRaw cuts off text between {% raw %} and {% endraw %}, which is no template.
func cutRaw(tag string) (raw bool, rest string, found bool) {
	head, inner, closed := strings.Cut(tag[2:], "%}")
	if !closed || strings.Trim(head, "-+ \t\r\n") != "raw" {
		return false, "", false
	}
	for {
		_, after, more := strings.Cut(inner, "{%")
		if !more {
			return true, "", false
		}
		head, following, ends := strings.Cut(after, "%}")
		if ends && strings.Trim(head, "-+ \t\r\n") == "endraw" {
			return true, following, true
		}
		inner = after
	}
}

func (l *lexer) enter(rest string, t token, closing string) {
	l.tokens = append(l.tokens, t)
	l.open, l.depth = closing, 0
	l.rest = rest
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		l.rest = rest[1:]
	}
}

// inside reads one token of a tag.
func (l *lexer) inside() error {
	l.rest = strings.TrimLeft(l.rest, " \t\r\n")
	if l.rest == "" {
		return nil
	}
	if l.closes() {
		return nil
	}
	first, size := utf8.DecodeRuneInString(l.rest)
	switch {
	case first == '"' || first == '\'':
		return l.quoted(byte(first))
	case first == '_' || unicode.IsLetter(first):
		l.take(name, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
		return nil
	case unicode.IsDigit(first):
		l.take(number, func(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) })
		return nil
	}
	for _, o := range operators() {
		if strings.HasPrefix(l.rest, o) {
			l.depth += strings.Count(o, "{") - strings.Count(o, "}")
			l.tokens = append(l.tokens, token{operator, o})
			l.rest = l.rest[len(o):]
			return nil
		}
	}
	return &SyntaxError{fmt.Sprintf("has %q in a tag, which the language does not know", l.rest[:size])}
}

// closes reads what closes the tag, if that comes next.
func (l *lexer) closes() bool {
	rest := strings.TrimPrefix(l.rest, "-")
	if rest == l.rest {
		rest = strings.TrimPrefix(l.rest, "+")
	}
	if !strings.HasPrefix(rest, l.open) || l.depth > 0 && l.open == "}}" {
		return false
	}
	t := token{variableEnd, "}}"}
	if l.open == "%}" {
		t = token{blockEnd, "%}"}
	}
	l.tokens = append(l.tokens, t)
	l.rest, l.open = rest[2:], ""
	return true
}

// take reads a token as long as its runes are of a class. 1.2 is a number, and 1..x none.
func (l *lexer) take(k kind, is func(rune) bool) {
	length := strings.IndexFunc(l.rest, func(r rune) bool { return !is(r) })
	if length < 0 {
		length = len(l.rest)
	}
	l.tokens = append(l.tokens, token{k, l.rest[:length]})
	l.rest = l.rest[length:]
}

func (l *lexer) quoted(quote byte) error {
	for i := 1; i < len(l.rest); i++ {
		switch l.rest[i] {
		case '\\':
			i++
		case quote:
			l.tokens = append(l.tokens, token{text, l.rest[1:i]})
			l.rest = l.rest[i+1:]
			return nil
		}
	}
	return &SyntaxError{"has a text in quotes that nothing closes"}
}
