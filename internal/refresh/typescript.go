package refresh

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// tsComment matches comments of TypeScript, and texts, so that no // in a text is taken for one.
var tsComment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)"[^"\n]*"|'[^'\n]*'|/\*.*?\*/|//[^\n]*`)
})

// tsWord matches a word, a text or a mark.
var tsWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[A-Za-z_$][A-Za-z0-9_$.]*|[0-9]+|"[^"\n]*"|'[^'\n]*'|=>|\S`)
})

// ReadInterface returns the members of an interface in TypeScript: a.b for a member, a.* for one with any name, a[] for an item. Types that are not
// in the text may be anything.
func ReadInterface(text []byte, name string) (List, error) {
	plain := tsComment().ReplaceAllStringFunc(string(text), func(found string) string {
		if strings.HasPrefix(found, "/") {
			return " "
		}
		return found
	})
	p := &tsReader{words: tsWord().FindAllString(plain, -1), list: List{}}
	if err := p.interfaceNamed(name, ""); err != nil {
		return nil, err
	}
	if len(p.list) == 0 {
		return nil, fmt.Errorf("the interface %s has no members", name)
	}
	return p.list, nil
}

// tsReader reads words from a place on.
type tsReader struct {
	words  []string
	at     int
	list   List
	within []string // the interfaces being read
}

func (p *tsReader) peek() string {
	if p.at < len(p.words) {
		return p.words[p.at]
	}
	return ""
}

func (p *tsReader) next() string {
	word := p.peek()
	p.at++
	return word
}

func (p *tsReader) take(word string) bool {
	if p.peek() == word {
		p.at++
		return true
	}
	return false
}

// interfaceNamed reads the interface of that name below a path, and comes back.
func (p *tsReader) interfaceNamed(name, path string) error {
	if slices.Contains(p.within, name) {
		return nil
	}
	back := p.at
	for i := 0; i+1 < len(p.words); i++ {
		if p.words[i] != "interface" || p.words[i+1] != name {
			continue
		}
		p.within = append(p.within, name)
		p.at = i + 2
		for p.peek() != "{" && p.peek() != "" { // extends others, which are not followed
			p.at++
		}
		err := p.members(path)
		p.within = p.within[:len(p.within)-1]
		p.at = back
		return err
	}
	if path == "" {
		return fmt.Errorf("there is no interface %s", name)
	}
	return nil
}

// members reads { a?: type; [key: string]: type }.
func (p *tsReader) members(path string) error {
	if !p.take("{") {
		return fmt.Errorf("want { at %q", p.peek())
	}
	for !p.take("}") {
		p.take("readonly")
		name := strings.Trim(p.next(), `"'`)
		if name == "" {
			return fmt.Errorf("the text ends in the middle of %s", path)
		}
		if name == "[" { // [name: string]
			for !p.take("]") {
				if p.next() == "" {
					return fmt.Errorf("the text ends in the middle of %s", path)
				}
			}
			name = "*"
		}
		p.take("?")
		if !p.take(":") {
			return fmt.Errorf("want : after %s, and there is %q", name, p.peek())
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		kinds, err := p.union(at)
		if err != nil {
			return err
		}
		slices.Sort(kinds)
		kinds = slices.Compact(kinds)
		if slices.Contains(kinds, "any") {
			kinds = []string{"any"}
		}
		p.list["key "+at] = strings.Join(kinds, "|")
		if !p.take(";") {
			p.take(",")
		}
	}
	return nil
}

// union reads types that are joined by |, and returns their names in JSON schema.
func (p *tsReader) union(at string) ([]string, error) {
	var kinds []string
	p.take("|")
	for {
		kind, err := p.one(at)
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
		if !p.take("|") {
			return kinds, nil
		}
	}
}

// one reads a type, and whether it is a list of it. What is below it stands below the path, for a list below its items.
func (p *tsReader) one(at string) (string, error) {
	below := at
	if p.isList() {
		below += "[]"
	}
	kind, err := p.single(below)
	if err != nil {
		return "", err
	}
	for p.peek() == "[" && p.at+1 < len(p.words) && p.words[p.at+1] == "]" {
		p.at += 2
		kind = "array"
	}
	return kind, nil
}

// isList reports whether [] follows the type that begins here.
func (p *tsReader) isList() bool {
	depth, i := 0, p.at
	for ; i < len(p.words); i++ {
		switch p.words[i] {
		case "{", "(", "<":
			depth++
		case "}", ")", ">":
			depth--
		}
		if depth == 0 {
			break
		}
	}
	if i+1 < len(p.words) && p.words[i+1] == "<" {
		return false
	}
	return i+2 < len(p.words) && p.words[i+1] == "[" && p.words[i+2] == "]"
}

func (p *tsReader) single(at string) (string, error) {
	if p.peek() == "{" {
		return "object", p.members(at)
	}
	switch word := p.next(); {
	case word == "(":
		kinds, err := p.union(at)
		p.take(")")
		return strings.Join(kinds, "|"), err
	case word == "string" || word == "number" || word == "boolean" || word == "null":
		return word, nil
	case strings.HasPrefix(word, `"`), strings.HasPrefix(word, "'"):
		return "string", nil
	case word == "typeof":
		p.next()
		return "any", nil
	case word == "Record" && p.take("<"):
		if _, err := p.union(at); err != nil { // the type of the keys
			return "", err
		}
		p.take(",")
		kinds, err := p.union(at + ".*")
		if err != nil {
			return "", err
		}
		p.list["key "+at+".*"] = strings.Join(kinds, "|")
		p.take(">")
		return "object", nil
	case word == "":
		return "", fmt.Errorf("the text ends in the middle of %s", at)
	default:
		if p.declares(word) {
			return "object", p.interfaceNamed(word, at)
		}
		return "any", nil
	}
}

// declares reports whether an interface of that name is in the text.
func (p *tsReader) declares(name string) bool {
	for i := 0; i+1 < len(p.words); i++ {
		if p.words[i] == "interface" && p.words[i+1] == name {
			return true
		}
	}
	return false
}
