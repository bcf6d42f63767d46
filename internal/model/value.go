package model

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Literal returns the text of a scalar that stands there as the service reads it. It is false for maps, lists, null, nothing, and values
// that are not known.
func (n *Node) Literal() (string, bool) {
	if n == nil || n.Unknown || n.Kind == Null || n.Kind == Map || n.Kind == List {
		return "", false
	}
	return n.Text, true
}

// Is reports whether the node is the literal.
func (n *Node) Is(text string) bool {
	literal, known := n.Literal()
	return known && literal == text
}

// True reports whether the node is the literal true.
func (n *Node) True() bool { return n != nil && n.Kind == Bool && n.Is("true") }

// False reports whether the node is the literal false.
func (n *Node) False() bool { return n != nil && n.Kind == Bool && n.Is("false") }

// Compare answers whether two services read the same value. Two references to the same source are the same; two different sources cannot be
// told.
func Compare(a, b *Node) Answer {
	if a == nil || b == nil || a.Kind == Map || b.Kind == Map || a.Kind == List || b.Kind == List {
		return CannotTell
	}
	switch {
	case a.Unknown && b.Unknown && a.Text == b.Text && a.Text != "":
		return Yes
	case a.Unknown || b.Unknown:
		return CannotTell
	case a.Text == b.Text:
		return Yes
	}
	return No
}

// SameURL answers whether two URLs are the same, and ignores one final slash and the case of what stands before the path.
func SameURL(a, b *Node) Answer {
	if answer := Compare(a, b); answer != No {
		return answer
	}
	if normalURL(a.Text) == normalURL(b.Text) {
		return Yes
	}
	return No
}

func normalURL(text string) string {
	scheme, rest, found := strings.Cut(strings.TrimSuffix(text, "/"), "://")
	if !found {
		return text
	}
	host, path, _ := strings.Cut(rest, "/")
	return strings.ToLower(scheme+"://"+host) + "/" + path
}

// IsSet reports whether something stands there. Upstream reads null as absent where it reads a scalar.
func (n *Node) IsSet() bool { return n != nil && n.Kind != Null }

// Entries returns the fields of a map; none of what is absent or something else.
func (n *Node) Entries() []Field {
	if n == nil {
		return nil
	}
	return n.Fields
}

// ItemsAt returns the items of the list at the key; none if there is no list.
func (n *Node) ItemsAt(key string) []*Node {
	if list := n.Get(key); list != nil && list.Kind == List {
		return list.Items
	}
	return nil
}

// KeyPosition returns where the key stands in the map. Without such a key it is where the map begins.
func (n *Node) KeyPosition(key string) diag.Position {
	if f := n.Field(key); f != nil {
		return f.Position
	}
	if len(n.Fields) > 0 {
		return n.Fields[0].Position
	}
	return n.Position
}

// Entered returns the items of a list; none of what is absent or something else.
func (n *Node) Entered() []*Node {
	if n == nil || n.Kind != List {
		return nil
	}
	return n.Items
}
