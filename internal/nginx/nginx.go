// Package nginx reads the language of nginx's configuration: words, directives and blocks, each with where it stands. It knows no directive.
// The libraries for this language keep lines and no columns, and part words in other places than nginx does.
package nginx

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Word is a part of a directive.
type Word struct {
	// Text is the word as nginx takes it, without quotes and escapes.
	Text   string
	Quoted bool
	// Position is where the word begins, with its quote.
	Position diag.Position
}

// Directive is one statement, with the block behind it.
type Directive struct {
	// Words are the name and what follows it; there is one at least.
	Words []Word
	// HasBlock says that a block follows, which may be empty.
	HasBlock bool
	Block    []Directive
}

// Name returns the first word.
func (d *Directive) Name() string { return d.Words[0].Text }

// Arguments returns the words behind the name.
func (d *Directive) Arguments() []Word { return d.Words[1:] }

// Argument returns the text of the word of that number behind the name, which is the first one for 0, or "".
func (d *Directive) Argument(i int) string {
	if i+1 < len(d.Words) {
		return d.Words[i+1].Text
	}
	return ""
}

// Position returns where the directive begins.
func (d *Directive) Position() diag.Position { return d.Words[0].Position }

// Problem is what keeps nginx from reading a text, in nginx's words.
type Problem struct {
	Position diag.Position
	Message  string
}

// deepest is how far blocks in blocks are followed. nginx has no bound of its own, and no directive that goes deeper than ten.
const deepest = 50

// Parse returns the directives of a text. If nginx would not read it, the problem says where and why.
func Parse(file, text string) ([]Directive, *Problem) {
	p := &parser{lexer: newLexer(file, text)}
	directives := p.block(nil, 0)
	return directives, p.problem
}

// parser groups words into directives.
type parser struct {
	*lexer
}

// block reads directives up to the end of a block, or of the text for opening nil.
func (p *parser) block(opening *Word, depth int) []Directive {
	var all []Directive
	if depth > deepest {
		p.fail(opening.Position, "blocks are nested too deeply")
	}
	for p.problem == nil {
		words, end := p.directive()
		switch end {
		case endOfDirective:
			all = append(all, Directive{Words: words})
		case beginOfBlock:
			all = append(all, Directive{Words: words, HasBlock: true, Block: p.block(&words[0], depth+1)})
		case endOfBlock:
			if opening == nil {
				p.fail(p.last, `unexpected "}"`)
			}
			return all
		case endOfText:
			if opening != nil {
				p.fail(p.here(), fmt.Sprintf(`unexpected end of file, expecting "}" of %s in line %d`, opening.Text, opening.Position.Line))
			}
			return all
		}
	}
	return all
}
