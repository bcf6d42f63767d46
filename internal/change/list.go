package change

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// normal returns a value in the form in which it is compared: a list that could be a map is one, null where a map belongs is an empty one, and
// the label that stands for the content of mounted files is left out.
func (p place) normal(n *model.Node) *model.Node {
	if n == nil {
		return nil
	}
	if n.Kind == model.List && p.table != nil && p.table.Accepts(model.Map) && p.table.Accepts(model.List) && len(p.table.Kinds) < 5 {
		n = asMap(n)
	}
	if n.Kind == model.Null && p.table != nil && p.table.Accepts(model.Map) && !p.table.Accepts(model.String) {
		n = &model.Node{Kind: model.Map, Position: n.Position} // a network or a volume without settings
	}
	if n.Kind == model.Map && n.Get(hashLabel) != nil {
		stripped := *n
		stripped.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f model.Field) bool { return f.Key == hashLabel })
		if n = &stripped; len(n.Fields) == 0 {
			return nil
		}
	}
	return n
}

// asMap returns a list of NAME=value, or of names alone, as a map.
func asMap(list *model.Node) *model.Node {
	m := &model.Node{Kind: model.Map, Position: list.Position}
	for _, item := range list.Items {
		if item.Kind != model.String {
			return list
		}
		name, text, assigned := strings.Cut(item.Text, "=")
		value := &model.Node{Kind: model.Null, Text: "null", Position: item.Position}
		if assigned {
			value = &model.Node{Kind: model.String, Text: text, Position: item.Position, Unknown: item.Unknown}
		}
		m.Fields = append(m.Fields, model.Field{Key: name, Value: value, Position: item.Position})
	}
	return m
}

// whole says that a list is one value to an operator: a command may be text as well.
func (p place) whole() bool {
	return p.table != nil && p.table.Accepts(model.String) && p.table.Accepts(model.List) && !p.table.Accepts(model.Map)
}

// items compares two lists: by what tells their items apart, else by their content. What is left on both sides is taken for the same item if the
// two have most in common.
func (w *walker) items(p place, values pair) {
	values = pair{p.longForm(values.before), p.longForm(values.after)}
	old, new := slices.Clone(values.before.Items), slices.Clone(values.after.Items)
	below := p
	below.item, below.around, below.identity, below.table = true, [2]pair{values, p.around[0]}, "", nil
	if p.table != nil {
		for _, arm := range p.table.Arms() {
			if arm.Items != nil {
				below.table = arm.Items
			}
		}
	}
	pairs := match(&old, &new, w.equal)
	moved := len(old)+len(new) == 0
	pairs = append(pairs, match(&old, &new, func(a, b *model.Node) bool {
		id := identity(p.identity, a)
		return id != "" && id == identity(p.identity, b)
	})...)
	pairs = append(pairs, match(&old, &new, w.alike)...)
	if p.identity == "" && len(old) == len(new) {
		pairs = append(pairs, match(&old, &new, func(a, b *model.Node) bool { return a.Kind == model.Map && b.Kind == model.Map })...)
	}
	for _, left := range old {
		pairs = append(pairs, pair{before: left})
	}
	for _, left := range new {
		pairs = append(pairs, pair{after: left})
	}
	if moved {
		w.changes = append(w.changes, Change{Document: w.name(), Setting: p.setting, Kind: Reordered, Secret: p.secret, Consequence: below.consequence(values), Position: values.position()})
		return
	}
	for _, items := range pairs {
		below.setting = p.setting + "[" + w.bracket(p.identity, items, values) + "]"
		w.compare(below.inItem(items), items)
	}
}

// inItem returns the place of an item: its facts are not those of what is in it.
func (p place) inItem(items pair) place {
	if items.before != nil && items.after != nil && items.before.Kind == model.Map {
		p.facts = inherited(p.facts)
	}
	return p
}

// match takes pairs that belong together out of two lists.
func match(old, new *[]*model.Node, same func(a, b *model.Node) bool) []pair {
	var pairs []pair
	*old = slices.DeleteFunc(*old, func(a *model.Node) bool {
		i := slices.IndexFunc(*new, func(b *model.Node) bool { return same(a, b) })
		if i < 0 {
			return false
		}
		pairs = append(pairs, pair{a, (*new)[i]})
		*new = slices.Delete(*new, i, i+1)
		return true
	})
	return pairs
}

// alike reports whether two maps have at least half of their keys and values in common.
func (w *walker) alike(a, b *model.Node) bool {
	if a.Kind != model.Map || b.Kind != model.Map {
		return false
	}
	same := 0
	for _, f := range a.Fields {
		if other := b.Get(f.Key); other != nil && w.equal(f.Value, other) {
			same++
		}
	}
	return 2*same >= max(len(a.Fields), len(b.Fields))
}

// identity returns what tells an item from the others, or "".
func identity(key string, n *model.Node) string {
	switch {
	case n == nil || key == "":
		return ""
	case n.Kind == model.Map:
		text, _ := n.Get(key).Literal()
		return text
	case key == "target":
		return target(n.Text)
	}
	return n.Text
}

// longForm returns a list of mounts with those in their short form, source:target:options, as maps.
func (p place) longForm(list *model.Node) *model.Node {
	if p.identity != "target" {
		return list
	}
	long := *list
	long.Items = slices.Clone(list.Items)
	for i, item := range long.Items {
		parts := strings.Split(item.Text, ":")
		if item.Kind != model.String || len(parts) < 2 || target(item.Text) != parts[1] || !strings.HasPrefix(parts[1], "/") {
			continue
		}
		kind := "volume"
		if strings.ContainsAny(parts[0], "/.~") {
			kind = "bind"
		}
		mount := &model.Node{Kind: model.Map, Position: item.Position}
		for _, field := range [][2]string{{"type", kind}, {"source", parts[0]}, {"target", parts[1]}} {
			mount.Fields = append(mount.Fields, model.Field{Key: field[0], Value: &model.Node{Kind: model.String, Text: field[1], Position: item.Position}})
		}
		if len(parts) > 2 && slices.Contains(strings.Split(parts[2], ","), "ro") {
			mount.Fields = append(mount.Fields, model.Field{Key: "read_only", Value: &model.Node{Kind: model.Bool, Text: "true", Position: item.Position}})
		}
		long.Items[i] = mount
	}
	return &long
}

// target returns what a mount or a port in its short form is inside of the container: the last part of a port, the second of a mount.
func target(short string) string {
	parts := strings.Split(short, ":")
	last, _, _ := strings.Cut(parts[len(parts)-1], "/")
	if _, err := strconv.Atoi(last); err == nil || len(parts) == 1 {
		return last
	}
	return parts[1]
}

// bracket returns what stands in brackets behind the list, so that an operator finds the item.
func (w *walker) bracket(key string, items, lists pair) string {
	for _, n := range []*model.Node{items.before, items.after} {
		if id := identity(key, n); id != "" && n.Kind == model.Map {
			return id
		}
	}
	list, item := lists.after, items.after
	if item == nil {
		list, item = lists.before, items.before
	}
	if item.Kind != model.Map && item.Kind != model.List {
		return "" // the value says it
	}
	return strconv.Itoa(slices.Index(list.Items, item))
}
