package format

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// allows says whether a scalar, of a kind that the type accepts, has a value that it accepts.
func (t *Type) allows(n *model.Node) bool {
	switch {
	case len(t.Literals) > 0:
		return slices.ContainsFunc(t.Literals, func(literal string) bool {
			return literal == n.Text || n.Kind == model.Bool && strings.EqualFold(literal, n.Text)
		})
	case t.Pattern != nil:
		return t.Pattern.MatchString(n.Text)
	}
	value, known := value(n)
	return !known || !t.Min.above(value) && !t.Max.below(value)
}

// above says whether the value is too small.
func (b *Bound) above(value float64) bool {
	return b != nil && (value < b.Value || b.Exclusive && value == b.Value)
}

// below says whether the value is too large.
func (b *Bound) below(value float64) bool {
	return b != nil && (value > b.Value || b.Exclusive && value == b.Value)
}

// value returns the number that a node is, if it is one: 10, 0o10, 0x10, 1_000, 1e3.
func value(n *model.Node) (float64, bool) {
	if n.Kind != model.Int && n.Kind != model.Float {
		return 0, false
	}
	if i, err := strconv.ParseInt(n.Text, 0, 64); err == nil {
		return float64(i), true
	}
	f, err := strconv.ParseFloat(n.Text, 64)
	return f, err == nil
}

// best returns the alternative that a map was probably written for: one whose literals it does not contradict, then the one that has most
// of its keys. What differs from a key in a letter counts in part.
func best(maps []*Type, n *model.Node) *Type {
	if len(maps) == 1 {
		return maps[0]
	}
	type score struct{ contradictions, likeness float64 }
	scores := map[*Type]score{}
	for _, t := range maps {
		var s score
		for _, f := range n.Fields {
			key := t.Key(f.Key)
			switch {
			case key == nil && !t.Open:
				s.likeness += similarity(f.Key, nearest(f.Key, t.names())) / 2
			case key != nil && key.contradicts(f.Value):
				s.contradictions++
			default:
				s.likeness++
			}
		}
		scores[t] = s
	}
	return slices.MaxFunc(maps, func(a, b *Type) int {
		return cmp.Or(cmp.Compare(scores[b].contradictions, scores[a].contradictions), cmp.Compare(scores[a].likeness, scores[b].likeness))
	})
}

// contradicts says whether the key takes certain values only, and this is none of them.
func (k *Key) contradicts(n *model.Node) bool {
	if n == nil {
		return false
	}
	listed := false
	for _, arm := range k.Type.Arms() {
		if arm.Accepts(n.Kind) {
			if len(arm.Literals) == 0 || arm.allows(n) {
				return false
			}
			listed = true
		}
	}
	return listed
}
