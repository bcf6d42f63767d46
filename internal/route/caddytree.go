package route

import "strings"

// line is a directive of a Caddyfile with its block.
type line struct {
	words    []word
	hasBlock bool
	block    []line
}

func (n *line) name() string { return n.words[0].text }

// caddyTree returns the blocks of a Caddyfile with the lines in them; false if it is not one that is understood.
func caddyTree(words []word) ([]line, bool) {
	p := &lines{words: words}
	tree, ok := p.block(true)
	return tree, ok && p.next == len(words)
}

// deepestBlock is how far blocks in blocks are followed, and mostImports how many imports a site may have, those of its snippets included.
const (
	deepestBlock = 20
	mostImports  = 50
)

// lines groups words.
type lines struct {
	words []word
	next  int
	depth int
}

func (p *lines) block(top bool) ([]line, bool) {
	if p.depth++; p.depth > deepestBlock {
		return nil, false
	}
	defer func() { p.depth-- }()
	var all []line
	for p.next < len(p.words) {
		if w := p.words[p.next]; w.text == "}" && !w.quoted {
			return all, !top
		}
		var n line
		for p.next < len(p.words) && !n.hasBlock {
			w := p.words[p.next]
			if w.starts && len(n.words) > 0 && !continues(n.words, top) || w.text == "}" && !w.quoted {
				break
			}
			p.next++
			if w.text == "{" && !w.quoted {
				n.hasBlock = true
				break
			}
			n.words = append(n.words, w)
		}
		if n.hasBlock {
			var ok bool
			if n.block, ok = p.block(false); !ok || p.next >= len(p.words) {
				return nil, false
			}
			p.next++
			if p.next < len(p.words) && !p.words[p.next].starts && p.words[p.next].text != "}" {
				return nil, false
			}
		}
		if !n.hasBlock && top || len(n.words) == 0 && !(top && len(all) == 0) {
			return nil, false
		}
		all = append(all, n)
	}
	return all, top
}

// continues reports whether the addresses of a site go on in the next line.
func continues(words []word, top bool) bool {
	return top && strings.HasSuffix(words[len(words)-1].text, ",")
}

// expand puts snippets in the place of their imports; false if one is not visible, or takes arguments.
func expand(block []line, snippets map[string][]line, budget *int) ([]line, bool) {
	var all []line
	for _, n := range block {
		if n.name() != "import" {
			if n.hasBlock {
				var ok bool
				if n.block, ok = expand(n.block, snippets, budget); !ok {
					return nil, false
				}
			}
			all = append(all, n)
			continue
		}
		if *budget--; len(n.words) != 2 || n.hasBlock || *budget < 0 {
			return nil, false
		}
		body, found := snippets[n.words[1].text]
		if !found {
			return nil, false
		}
		expanded, ok := expand(body, snippets, budget)
		if !ok {
			return nil, false
		}
		all = append(all, expanded...)
	}
	return all, true
}
