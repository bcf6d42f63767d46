package read

import (
	"cmp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// hints are what the compose files of a tree say before any deployment is read: a bit too much rather than a bit too little. "" stands for what only
// the project tells.
type hints struct {
	products map[string]bool // what services may run
	networks map[string]bool // names of networks that projects may share
}

// MayRun reports whether a deployment of the tree may run one of the products.
func (t *Tree) MayRun(products ...string) bool {
	return t.hints.products[""] || slices.ContainsFunc(products, func(product string) bool { return t.hints.products[product] })
}

// MayJoin returns the names by which a deployment of the tree may join networks of others, and whether those are all.
func (t *Tree) MayJoin() (names map[string]bool, whole bool) {
	return t.hints.networks, !t.hints.networks[""]
}

// hints collects the hints of all compose files.
func (r *reader) hints() hints {
	h := hints{products: map[string]bool{}, networks: map[string]bool{}}
	for _, f := range r.files {
		for _, product := range f.products {
			h.products[product] = true
		}
		for _, name := range f.networks {
			h.networks[name] = true
		}
		if !f.is(model.KindQuadlet) && slices.ContainsFunc(f.uses, func(name string) bool { return r.files[name] == nil }) {
			h.products[""], h.networks[""] = true, true // what is included is read later
		}
	}
	return h
}

// mayRun returns the products that the services of a compose file may run.
func mayRun(doc *model.Document) []string {
	var products []string
	for _, f := range doc.Root.Get("services").Entries() {
		n := f.Value.Get("image")
		if n == nil {
			continue
		}
		name := ""
		if isPlain(n) {
			name = cmp.Or(product(image(n)), "other")
		}
		if !slices.Contains(products, name) {
			products = append(products, name)
		}
	}
	return products
}

// mayJoin returns the names of the networks of a compose file that are made elsewhere.
func mayJoin(doc *model.Document) []string {
	var names []string
	for _, f := range doc.Root.Get("networks").Entries() {
		external := f.Value.Get("external")
		name := cmpNode(external.Get("name"), f.Value.Get("name"))
		switch {
		case external == nil || external.Kind != model.Map && isPlain(external) && !external.True() && !external.Is("true"):
		case name == nil:
			names = append(names, f.Key)
		case isPlain(name):
			names = append(names, name.Text)
		default:
			names = append(names, "")
		}
	}
	return names
}

// isPlain reports whether a value is what stands there, whatever the project sets.
func isPlain(n *model.Node) bool {
	text, known := n.Literal()
	return known && !strings.Contains(text, "$")
}
