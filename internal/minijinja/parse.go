package minijinja

import (
	"fmt"
	"slices"
)

// maxDepth bounds how deep expressions and blocks are nested.
const maxDepth = 100

// parser reads tokens. It keeps no tree: what a template asks for is noted on the way.
type parser struct {
	tokens []token
	next   int
	depth  int
	found  *Template
	// scopes are the names that the template makes itself, innermost last.
	scopes [][]string
	// perhaps counts the ifs and fors around.
	perhaps int
}

// Parse reads a template. The error is a [SyntaxError].
func Parse(template string) (*Template, error) {
	tokens, err := lex(template)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, found: &Template{Fixed: true}, scopes: [][]string{{}}}
	if _, err := p.body(); err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, &SyntaxError{fmt.Sprintf("has {%% %s %%} with nothing to close", p.tokens[p.next+1].text)}
	}
	return p.found, nil
}

func (p *parser) peek() token { return p.tokens[p.next] }

// ahead returns the token after the next.
func (p *parser) ahead() token { return p.tokens[min(p.next+1, len(p.tokens)-1)] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if t.kind != end {
		p.next++
	}
	return t
}

// is reports whether the next token is the operator or the word.
func (p *parser) is(texts ...string) bool {
	t := p.peek()
	return (t.kind == operator || t.kind == name) && slices.Contains(texts, t.text)
}

// skip takes the next token if it is the operator or the word.
func (p *parser) skip(texts ...string) bool {
	if p.is(texts...) {
		p.take()
		return true
	}
	return false
}

func (p *parser) want(text string) error {
	if p.skip(text) {
		return nil
	}
	return p.unexpected(text)
}

func (p *parser) wantKind(k kind, what string) (token, error) {
	if p.peek().kind != k {
		return token{}, p.unexpected(what)
	}
	return p.take(), nil
}

// unexpected says what stands where something else is due.
func (p *parser) unexpected(want string) error {
	t := p.peek()
	if t.kind == end {
		return &SyntaxError{fmt.Sprintf("ends where %s is due", want)}
	}
	return &SyntaxError{fmt.Sprintf("has %q where %s is due", t.text, want)}
}

// deeper keeps a hostile template from using up the stack.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return &SyntaxError{"is nested too deep"}
	}
	return nil
}

// body reads text and tags up to a tag that begins in one of the words, which it returns, or to the end.
func (p *parser) body(closing ...string) (string, error) {
	if err := p.deeper(); err != nil {
		return "", err
	}
	defer func() { p.depth-- }()
	for {
		switch p.peek().kind {
		case end:
			if len(closing) > 0 {
				return "", &SyntaxError{fmt.Sprintf("ends where {%% %s %%} is due", closing[len(closing)-1])}
			}
			return "", nil
		case variable:
			p.take()
			p.found.Fixed = false
			if err := p.expression(); err != nil {
				return "", err
			}
			if _, err := p.wantKind(variableEnd, "}}"); err != nil {
				return "", err
			}
		default:
			word := p.ahead().text
			if slices.Contains(closing, word) {
				p.take()
				p.take()
				return word, nil
			}
			if len(word) > 3 && word[:3] == "end" || word == "else" || word == "elif" {
				if len(closing) == 0 {
					return "", nil // Parse says so
				}
				return "", &SyntaxError{fmt.Sprintf("has {%% %s %%} where {%% %s %%} is due", word, closing[len(closing)-1])}
			}
			p.take()
			if err := p.statement(); err != nil {
				return "", err
			}
		}
	}
}

// note notes a variable that the template reads.
func (p *parser) note(text string, called bool) {
	for _, scope := range p.scopes {
		if slices.Contains(scope, text) {
			return
		}
	}
	p.found.Names = append(p.found.Names, Name{Text: text, Perhaps: p.perhaps > 0, Called: called})
}

// define notes that the template makes a name itself.
func (p *parser) define(text string) {
	last := len(p.scopes) - 1
	p.scopes[last] = append(p.scopes[last], text)
}

// excuse marks the names that were read since as ones that may be absent.
func (p *parser) excuse(since int) {
	for i := range p.found.Names[since:] {
		p.found.Names[since+i].Perhaps = true
	}
}
