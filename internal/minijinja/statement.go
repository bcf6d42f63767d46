package minijinja

import "fmt"

// statement reads a tag {% … %} and what belongs to it.
func (p *parser) statement() error {
	word, err := p.wantKind(name, "the name of a statement")
	if err != nil {
		return err
	}
	switch word.text {
	case "if":
		return p.condition()
	case "for":
		return p.loop()
	case "set":
		return p.set()
	case "with":
		return p.with()
	case "filter", "autoescape", "call":
		return p.around(word.text)
	case "macro":
		return p.macro()
	case "do":
		p.found.Fixed = false
		if err := p.expression(); err != nil {
			return err
		}
		return p.close()
	}
	return &SyntaxError{fmt.Sprintf("has {%% %s %%}, which the language does not know, or which needs another file", word.text)}
}

func (p *parser) close() error {
	_, err := p.wantKind(blockEnd, "%}")
	return err
}

// condition reads if, elif and else: what is asked for in any of them may be absent.
func (p *parser) condition() error {
	p.perhaps++
	defer func() { p.perhaps-- }()
	for {
		if err := p.expression(); err != nil {
			return err
		}
		if err := p.close(); err != nil {
			return err
		}
		word, err := p.body("elif", "else", "endif")
		switch {
		case err != nil:
			return err
		case word == "elif":
			continue
		case word == "else":
			if err := p.close(); err != nil {
				return err
			}
			if _, err := p.body("endif"); err != nil {
				return err
			}
		}
		return p.close()
	}
}

// loop reads "for a, b in list [if condition] [recursive]".
func (p *parser) loop() error {
	p.perhaps++
	p.scopes = append(p.scopes, []string{"loop"})
	defer func() { p.perhaps--; p.scopes = p.scopes[:len(p.scopes)-1] }()
	if err := p.targets(); err != nil {
		return err
	}
	if err := p.want("in"); err != nil {
		return err
	}
	if err := p.either(); err != nil {
		return err
	}
	if p.skip("if") {
		if err := p.expression(); err != nil {
			return err
		}
	}
	p.skip("recursive")
	if err := p.close(); err != nil {
		return err
	}
	word, err := p.body("else", "endfor")
	if err == nil && word == "else" {
		if err = p.close(); err == nil {
			_, err = p.body("endfor")
		}
	}
	if err != nil {
		return err
	}
	return p.close()
}

// targets reads the names to which something is assigned: a, (a, b), a.b.
func (p *parser) targets() error {
	inside := p.skip("(")
	for {
		target, err := p.wantKind(name, "a name")
		if err != nil {
			return err
		}
		if !p.is(".") {
			p.define(target.text)
		}
		for p.skip(".") {
			p.take()
		}
		if !p.skip(",") {
			break
		}
	}
	if inside {
		return p.want(")")
	}
	return nil
}

// set reads "set a = value", or "set a" with a body up to endset.
func (p *parser) set() error {
	if err := p.targets(); err != nil {
		return err
	}
	if p.skip("=") {
		if err := p.expression(); err != nil {
			return err
		}
		for p.skip(",") {
			if err := p.expression(); err != nil {
				return err
			}
		}
		return p.close()
	}
	return p.rest("endset")
}

// rest reads filters of a tag, its body, and the tag that closes it.
func (p *parser) rest(closing string) error {
	for p.skip("|") {
		filter, err := p.wantKind(name, "the name of a filter")
		if err != nil {
			return err
		}
		p.found.Filters = append(p.found.Filters, Name{Text: filter.text, Perhaps: p.perhaps > 0})
		if p.is("(") {
			if err := p.arguments(); err != nil {
				return err
			}
		}
	}
	if err := p.close(); err != nil {
		return err
	}
	if _, err := p.body(closing); err != nil {
		return err
	}
	return p.close()
}

// with reads "with a = value, b = value".
func (p *parser) with() error {
	p.scopes = append(p.scopes, nil)
	defer func() { p.scopes = p.scopes[:len(p.scopes)-1] }()
	for p.peek().kind == name {
		if err := p.targets(); err != nil {
			return err
		}
		if err := p.want("="); err != nil {
			return err
		}
		if err := p.expression(); err != nil {
			return err
		}
		p.skip(",")
	}
	return p.rest("endwith")
}

// around reads a tag that does something with what stands in it.
func (p *parser) around(word string) error {
	if word == "filter" {
		filter, err := p.wantKind(name, "the name of a filter")
		if err != nil {
			return err
		}
		p.found.Filters = append(p.found.Filters, Name{Text: filter.text, Perhaps: p.perhaps > 0})
		if p.is("(") {
			if err := p.arguments(); err != nil {
				return err
			}
		}
		return p.rest("endfilter")
	}
	if err := p.expression(); err != nil {
		return err
	}
	return p.rest("end" + word)
}

// macro reads "macro name(a, b=value)".
func (p *parser) macro() error {
	own, err := p.wantKind(name, "the name of the macro")
	if err != nil {
		return err
	}
	p.define(own.text)
	if err := p.want("("); err != nil {
		return err
	}
	p.scopes = append(p.scopes, []string{"caller"})
	p.perhaps++
	defer func() { p.perhaps--; p.scopes = p.scopes[:len(p.scopes)-1] }()
	if err := p.items(")", p.parameter); err != nil {
		return err
	}
	return p.rest("endmacro")
}

// parameter reads a name, with a default or without.
func (p *parser) parameter() error {
	parameter, err := p.wantKind(name, "the name of a parameter")
	if err != nil {
		return err
	}
	p.define(parameter.text)
	if p.skip("=") {
		return p.expression()
	}
	return nil
}
