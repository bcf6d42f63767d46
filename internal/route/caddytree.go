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

// lines groups words into lines by the grammar of Caddyfiles, which knows no statement but the line:
//
//	block = { line }
//	line  = words [ "{" block "}" ]
//
// At the top, each line is a site or a snippet and has a block; the first may be a block alone, for the options of all sites. Below, a block
// follows whatever directive it likes:
//
//	{
//		email admin@example.org
//	}
//	example.org, www.example.org {
//		encode gzip
//		reverse_proxy synapse:8008 {
//			header_up Host {host}
//		}
//	}
type lines struct {
	words []word
	next  int
	depth int
}

// block reads lines up to the brace that closes their block, or at the top to the end of the words.
func (p *lines) block(top bool) ([]line, bool) {
	if p.depth++; p.depth > deepestBlock {
		return nil, false
	}
	defer func() { p.depth-- }()
	var all []line
	for p.next < len(p.words) {
		if p.words[p.next].isBrace("}") {
			return all, !top
		}
		n, ok := p.line(top)
		isOptions := top && len(all) == 0
		if !ok || top && !n.hasBlock || len(n.words) == 0 && !isOptions {
			return nil, false
		}
		all = append(all, n)
	}
	return all, top
}

// line reads the words of a line, and its block if it has one.
func (p *lines) line(top bool) (line, bool) {
	var n line
	for ; p.next < len(p.words); p.next++ {
		w := p.words[p.next]
		if w.isBrace("}") || w.starts && len(n.words) > 0 && !continues(n.words, top) {
			return n, true
		}
		if w.isBrace("{") {
			n.hasBlock = true
			break
		}
		n.words = append(n.words, w)
	}
	if !n.hasBlock {
		return n, true
	}
	p.next++
	block, ok := p.block(false)
	n.block = block
	return n, ok && p.close()
}

// close reads the brace that closes a block. What follows has to be on another line, or close the block around it.
func (p *lines) close() bool {
	if p.next >= len(p.words) {
		return false
	}
	p.next++
	return p.next == len(p.words) || p.words[p.next].starts || p.words[p.next].isBrace("}")
}

// isBrace says that a word is a brace that opens or closes a block.
func (w word) isBrace(brace string) bool { return w.text == brace && !w.quoted }

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
