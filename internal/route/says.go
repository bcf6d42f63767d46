package route

import (
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// Directives returns what a Caddy or an nginx in a container reads, with the blocks, and snippets and files in the place of their imports. What stands in the
// options of a Caddyfile is in a directive without a name. It is false if not all of it is visible.
func Directives(d *model.Deployment, s *model.Service) ([]nginx.Directive, bool) {
	switch s.Product {
	case "caddy":
		return caddyDirectives(mountedCaddyfile(d, s))
	case "nginx":
		n := readNginx(containerFiles(d, s))
		if n == nil || n.partial || n.guessed {
			return nil, false
		}
		all, ok := n.http()
		return all, ok && !hidesDirectives(all)
	}
	return nil, false
}

// hidesDirectives reports whether a file is included that is not visible.
func hidesDirectives(block []nginx.Directive) bool {
	for _, d := range block {
		if d.Name() == unseen || d.Name() == "include" || hidesDirectives(d.Block) {
			return true
		}
	}
	return false
}

func caddyDirectives(doc *model.Document) ([]nginx.Directive, bool) {
	if doc == nil || doc.Template || doc.Excerpt {
		return nil, false
	}
	tree, ok := caddyBlocks(doc)
	if !ok {
		return nil, false
	}
	snippets := map[string][]line{}
	var sites []line
	for _, block := range tree {
		if isSnippet(block) && len(block.words) > 0 {
			snippets[block.name()[1:len(block.name())-1]] = block.block
		} else {
			sites = append(sites, block)
		}
	}
	budget := mostImports
	for i := range sites {
		if sites[i].block, ok = expand(sites[i].block, snippets, &budget); !ok {
			return nil, false
		}
	}
	return asDirectives(sites), true
}

func asDirectives(block []line) []nginx.Directive {
	var all []nginx.Directive
	for _, n := range block {
		d := nginx.Directive{HasBlock: n.hasBlock, Block: asDirectives(n.block)}
		for _, w := range n.words {
			d.Words = append(d.Words, nginx.Word{Text: w.text, Quoted: w.quoted, Position: w.at})
		}
		if len(d.Words) == 0 {
			d.Words = []nginx.Word{{}}
		}
		all = append(all, d)
	}
	return all
}
