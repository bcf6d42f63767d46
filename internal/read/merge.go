package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// merge lays one compose tree over another as Compose does: maps key by key, lists one after the other, and the rest replaced. key is where
// the two stand; some keys have rules of their own.
func merge(key string, base, over *model.Node) *model.Node {
	switch {
	case over == nil:
		return base
	case over.Tag == "!reset":
		return nil
	case base == nil || over.Tag == "!override":
		return over
	}
	switch key {
	case "environment", "labels", "networks", "depends_on", "annotations", "extra_hosts", "sysctls", "args":
		base, over = asMap(base), asMap(over)
	case "env_file", "dns", "dns_search", "tmpfs":
		base, over = asList(base), asList(over)
	}
	switch {
	case base.Kind == model.Map && over.Kind == model.Map:
		return mergeMaps(base, over)
	case base.Kind == model.List && over.Kind == model.List:
		return mergeLists(key, base, over)
	}
	return over
}

func mergeMaps(base, over *model.Node) *model.Node {
	merged := *over
	merged.Fields = nil
	for _, f := range base.Fields {
		i := slices.IndexFunc(over.Fields, func(g model.Field) bool { return g.Key == f.Key })
		if i < 0 {
			merged.Fields = append(merged.Fields, f)
		} else if value := merge(f.Key, f.Value, over.Fields[i].Value); value != nil {
			f := over.Fields[i]
			f.Value = value
			merged.Fields = append(merged.Fields, f)
		}
	}
	for _, f := range over.Fields {
		if base.Get(f.Key) == nil && f.Value.Tag != "!reset" {
			merged.Fields = append(merged.Fields, f)
		}
	}
	return &merged
}

func mergeLists(key string, base, over *model.Node) *model.Node {
	switch key {
	case "command", "entrypoint", "test":
		return over
	}
	merged := *over
	merged.Items = nil
	for _, item := range base.Items {
		if !slices.ContainsFunc(over.Items, func(other *model.Node) bool { return sameItem(key, item, other) }) {
			merged.Items = append(merged.Items, item)
		}
	}
	merged.Items = append(merged.Items, over.Items...)
	return &merged
}

// sameItem reports whether an item of a list replaces another: the same text, or what is mounted at the same place.
func sameItem(key string, a, b *model.Node) bool {
	switch key {
	case "volumes":
		at, bt := volumeTarget(a), volumeTarget(b)
		return at != "" && at == bt
	case "secrets", "configs":
		return grantSource(a) == grantSource(b)
	}
	return a.Kind == model.String && b.Kind == model.String && a.Text == b.Text
}

func volumeTarget(n *model.Node) string {
	if n.Kind == model.Map {
		text, _ := n.Get("target").Literal()
		return text
	}
	_, target := splitVolume(n.Text)
	return target
}

func grantSource(n *model.Node) string {
	if n.Kind == model.Map {
		text, _ := n.Get("source").Literal()
		return text
	}
	return n.Text
}

// asMap returns a list of KEY=VALUE or of names as a map. What is no list is returned as it is.
func asMap(n *model.Node) *model.Node {
	if n == nil || n.Kind != model.List {
		return n
	}
	m := &model.Node{Kind: model.Map, Position: n.Position, Tag: n.Tag}
	for _, item := range n.Items {
		key, value, found := strings.Cut(item.Text, "=")
		node := *item
		node.Text = value
		if !found {
			node.Kind, node.Unknown = model.Null, false
		}
		m.Fields = slices.DeleteFunc(m.Fields, func(f model.Field) bool { return f.Key == key })
		m.Fields = append(m.Fields, model.Field{Key: key, Value: &node, Position: item.Position})
	}
	return m
}

// asList returns one value as a list of one.
func asList(n *model.Node) *model.Node {
	if n == nil || n.Kind == model.List || n.Kind == model.Null {
		return n
	}
	return &model.Node{Kind: model.List, Items: []*model.Node{n}, Position: n.Position}
}
