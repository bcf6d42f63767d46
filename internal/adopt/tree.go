package adopt

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// at returns the keys of a path that is written with dots.
func at(dotted string) []string { return strings.Split(dotted, ".") }

func text(s string) *model.Node { return &model.Node{Kind: model.String, Text: s} }

func boolean(b bool) *model.Node { return &model.Node{Kind: model.Bool, Text: strconv.FormatBool(b)} }

func null() *model.Node { return &model.Node{Kind: model.Null, Text: "null"} }

func mapping(fields ...model.Field) *model.Node { return &model.Node{Kind: model.Map, Fields: fields} }

func list(items ...*model.Node) *model.Node { return &model.Node{Kind: model.List, Items: items} }

// valued returns a value with the place of another, which it was made from.
func valued(n, from *model.Node) *model.Node {
	if n == from || from == nil {
		return n
	}
	c := *n
	c.Position = from.Position
	return &c
}

// put sets the value at a path, and makes the maps above it.
func put(root, value *model.Node, path ...string) {
	for _, key := range path[:len(path)-1] {
		next := root.Get(key)
		if next == nil || next.Kind != model.Map {
			next = mapping()
			set(root, key, next)
		}
		root = next
	}
	set(root, path[len(path)-1], value)
}

// set sets a key of a map.
func set(n *model.Node, key string, value *model.Node) {
	if f := n.Field(key); f != nil {
		f.Value = value
		return
	}
	n.Fields = append(n.Fields, model.Field{Key: key, Value: value})
}

// without returns a copy of a tree without what is at a path. A map that is empty then goes as well; one that was empty stays.
func without(n *model.Node, path ...string) *model.Node {
	if n == nil || n.Kind != model.Map || n.Get(path[0]) == nil {
		return n
	}
	c := *n
	c.Fields = nil
	for _, f := range n.Fields {
		if f.Key == path[0] {
			if len(path) == 1 {
				continue
			}
			before := f.Value
			f.Value = without(before, path[1:]...)
			if f.Value != before && f.Value.Kind == model.Map && len(f.Value.Fields) == 0 {
				continue
			}
		}
		c.Fields = append(c.Fields, f)
	}
	return &c
}

// leaves returns the paths of what is no map in a tree, and of empty maps.
func leaves(n *model.Node) [][]string {
	var paths [][]string
	for _, f := range n.Fields {
		if f.Value.Kind != model.Map || len(f.Value.Fields) == 0 {
			paths = append(paths, []string{f.Key})
			continue
		}
		for _, below := range leaves(f.Value) {
			paths = append(paths, append([]string{f.Key}, below...))
		}
	}
	return paths
}

// same reports whether two trees say the same. The order of keys and comments count if they are to be the same to the byte.
func same(a, b *model.Node, exact bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Kind != model.Null && a.Text != b.Text || len(a.Fields) != len(b.Fields) || !slices.EqualFunc(a.Items, b.Items, func(x, y *model.Node) bool { return same(x, y, exact) }) {
		return false
	}
	for i, f := range a.Fields {
		g := b.Field(f.Key)
		if g == nil || !same(f.Value, g.Value, exact) || exact && (b.Fields[i].Key != f.Key || g.Comment != f.Comment) {
			return false
		}
	}
	return true
}

// clone returns a copy of a tree, changed by a function that is given each value. What it returns nil for is left out.
func clone(n *model.Node, change func(*model.Node) *model.Node) *model.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Fields, c.Items = nil, nil
	for _, f := range n.Fields {
		if f.Value = clone(f.Value, change); f.Value != nil {
			c.Fields = append(c.Fields, f)
		}
	}
	for _, item := range n.Items {
		if item = clone(item, change); item != nil {
			c.Items = append(c.Items, item)
		}
	}
	if change == nil {
		return &c
	}
	return change(&c)
}

// literal returns the text of a scalar that is known.
func literal(n *model.Node) string {
	text, _ := n.Literal()
	return text
}
