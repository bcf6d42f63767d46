package minijinja

import "slices"

// expression reads "a if b else c", or what binds tighter.
func (p *parser) expression() error {
	if err := p.deeper(); err != nil {
		return err
	}
	defer func() { p.depth-- }()
	since := len(p.found.Names)
	if err := p.either(); err != nil {
		return err
	}
	for p.skip("if") {
		if err := p.either(); err != nil {
			return err
		}
		if p.skip("else") {
			if err := p.expression(); err != nil {
				return err
			}
		}
		p.excuse(since)
	}
	return nil
}

// either reads "a or b": the first may be absent.
func (p *parser) either() error {
	since := len(p.found.Names)
	if err := p.all(); err != nil {
		return err
	}
	for p.skip("or") {
		p.excuse(since)
		if err := p.all(); err != nil {
			return err
		}
	}
	return nil
}

// all reads "a and b".
func (p *parser) all() error {
	since := len(p.found.Names)
	if err := p.negated(); err != nil {
		return err
	}
	for p.skip("and") {
		if err := p.negated(); err != nil {
			return err
		}
		p.excuse(since)
	}
	return nil
}

func (p *parser) negated() error {
	if p.skip("not") {
		if err := p.deeper(); err != nil {
			return err
		}
		defer func() { p.depth-- }()
		return p.negated()
	}
	return p.compared()
}

func (p *parser) compared() error {
	if err := p.sum(); err != nil {
		return err
	}
	for {
		switch {
		case p.skip("==", "!=", "<", "<=", ">", ">=", "in"):
		case p.is("not") && p.ahead().text == "in":
			p.take()
			p.take()
		default:
			return nil
		}
		if err := p.sum(); err != nil {
			return err
		}
	}
}

// sum reads operands with the operators of numbers and texts between. How tight each binds makes no difference to what is asked for.
func (p *parser) sum() error {
	for {
		for p.skip("-", "+") {
		}
		if err := p.filtered(); err != nil {
			return err
		}
		if !p.skip("+", "-", "~", "*", "/", "//", "%", "**") {
			return nil
		}
	}
}

// filtered reads a value with the filters and tests behind it.
func (p *parser) filtered() error {
	since := len(p.found.Names)
	if err := p.value(); err != nil {
		return err
	}
	for {
		switch {
		case p.skip("|"):
			filter, err := p.wantKind(name, "the name of a filter")
			if err != nil {
				return err
			}
			p.found.Filters = append(p.found.Filters, Name{Text: filter.text, Perhaps: p.perhaps > 0})
			if filter.text == "default" || filter.text == "d" {
				p.excuse(since)
			}
			if p.is("(") {
				if err := p.arguments(); err != nil {
					return err
				}
			}
		case p.skip("is"):
			if err := p.test(since); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// test reads what follows "is": a name, with arguments or a single one without parentheses.
func (p *parser) test(since int) error {
	p.skip("not")
	test, err := p.wantKind(name, "the name of a test")
	if err != nil {
		return err
	}
	p.found.Tests = append(p.found.Tests, Name{Text: test.text, Perhaps: p.perhaps > 0})
	p.excuse(since)
	switch t := p.peek(); {
	case p.is("("):
		return p.arguments()
	case t.kind == text, t.kind == number, p.is("[", "{"), t.kind == name && !slices.Contains([]string{"and", "or", "else", "if", "is", "in", "not"}, t.text):
		return p.value()
	}
	return nil
}

// value reads a literal, a name, or something in brackets, with what is looked up in it.
func (p *parser) value() error {
	switch t := p.take(); {
	case t.kind == text, t.kind == number:
	case t.kind == name && slices.Contains([]string{"true", "false", "none", "True", "False", "None"}, t.text):
	case t.kind == name && slices.Contains([]string{"if", "else", "and", "or", "not", "in", "is"}, t.text):
		p.next--
		return p.unexpected("a value")
	case t.kind == name:
		p.note(t.text, p.is("("))
	case t.kind == operator && t.text == "(":
		if err := p.items(")", p.expression); err != nil {
			return err
		}
	case t.kind == operator && t.text == "[":
		if err := p.items("]", p.expression); err != nil {
			return err
		}
	case t.kind == operator && t.text == "{":
		if err := p.items("}", p.entry); err != nil {
			return err
		}
	default:
		if t.kind != end {
			p.next--
		}
		return p.unexpected("a value")
	}
	return p.lookups()
}

// lookups reads .attribute, [index] and (arguments) behind a value.
func (p *parser) lookups() error {
	for {
		switch {
		case p.skip("."):
			if t := p.peek(); t.kind != name && t.kind != number {
				return p.unexpected("the name of an attribute")
			}
			if method := p.take(); p.is("(") {
				p.found.Methods = append(p.found.Methods, Name{Text: method.text, Perhaps: p.perhaps > 0})
			}
		case p.skip("["):
			if err := p.slice(); err != nil {
				return err
			}
		case p.is("("):
			if err := p.arguments(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// slice reads an index, or up to three parts with colons between.
func (p *parser) slice() error {
	for parts := 0; ; parts++ {
		if !p.is(":", "]") {
			if err := p.expression(); err != nil {
				return err
			}
		} else if parts == 0 && p.is("]") {
			return p.unexpected("an index")
		}
		if parts == 2 || !p.skip(":") {
			return p.want("]")
		}
	}
}

// items reads a list up to what closes it, with commas between and perhaps at the end.
func (p *parser) items(closing string, item func() error) error {
	for !p.skip(closing) {
		if err := item(); err != nil {
			return err
		}
		if !p.skip(",") {
			return p.want(closing)
		}
	}
	return nil
}

// entry reads "key: value".
func (p *parser) entry() error {
	if err := p.expression(); err != nil {
		return err
	}
	if err := p.want(":"); err != nil {
		return err
	}
	return p.expression()
}

// arguments reads those of a call, in parentheses.
func (p *parser) arguments() error {
	p.take()
	return p.items(")", func() error {
		p.skip("*", "**")
		if p.peek().kind == name && p.ahead().kind == operator && p.ahead().text == "=" {
			p.take()
			p.take()
		}
		return p.expression()
	})
}
