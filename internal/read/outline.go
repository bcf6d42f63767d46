package read

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/model"
)

// outline is what a document is recognised by: its keys, the keys below each, and those below these.
type outline map[string]*branch

type branch struct {
	text                    string // of a scalar
	children, grandchildren []string
}

// has reports whether any of the keys is there.
func (o outline) has(keys ...string) bool { return o.count(keys...) > 0 }

// count returns how many of the keys are there.
func (o outline) count(keys ...string) int {
	n := 0
	for _, key := range keys {
		if o[key] != nil {
			n++
		}
	}
	return n
}

// below reports whether any of the keys is below a key.
func (o outline) below(key string, keys ...string) bool {
	if o[key] == nil {
		return false
	}
	for _, child := range o[key].children {
		for _, want := range keys {
			if child == want {
				return true
			}
		}
	}
	return false
}

// outlineYAML returns the outline of a parsed YAML document, without following aliases.
func outlineYAML(root *yaml.Node) outline {
	o := outline{}
	eachKey(root, func(key string, value *yaml.Node) {
		b := &branch{}
		if value.Kind == yaml.ScalarNode {
			b.text = value.Value
		}
		o[key] = b
		eachKey(value, func(key string, value *yaml.Node) {
			b.children = append(b.children, key)
			eachKey(value, func(key string, _ *yaml.Node) { b.grandchildren = append(b.grandchildren, key) })
		})
	})
	return o
}

func eachKey(y *yaml.Node, visit func(string, *yaml.Node)) {
	if y.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(y.Content); i += 2 {
		visit(y.Content[i].Value, y.Content[i+1])
	}
}

// outlineTree returns the outline of a tree.
func outlineTree(root *model.Node) outline {
	o := outline{}
	for _, f := range root.Fields {
		b := &branch{}
		if f.Value.Kind != model.Map && f.Value.Kind != model.List {
			b.text = f.Value.Text
		}
		o[f.Key] = b
		for _, child := range f.Value.Fields {
			b.children = append(b.children, child.Key)
			for _, grandchild := range child.Value.Fields {
				b.grandchildren = append(b.grandchildren, grandchild.Key)
			}
		}
	}
	return o
}

// outlineText returns the outline of a YAML text that does not parse, or that may be none, by the indentation of its lines.
func outlineText(text string) outline {
	o := outline{}
	var top *branch
	child := 0 // the indentation of the children of top
	for line := range strings.SplitSeq(text, "\n") {
		bare := strings.TrimLeft(line, " ")
		key, rest, found := strings.Cut(bare, ":")
		if !found || rest != "" && rest[0] != ' ' && rest[0] != '\r' || !plainKey(key) {
			continue
		}
		key = strings.Trim(key, `"'`)
		switch indent := len(line) - len(bare); {
		case indent == 0:
			top, child = &branch{text: strings.Trim(rest, " \"'\r")}, 0
			o[key] = top
		case top == nil:
		case child == 0 || indent <= child:
			child = indent
			top.children = append(top.children, key)
		default:
			top.grandchildren = append(top.grandchildren, key)
		}
	}
	return o
}

// plainKey reports whether a text can be a key as configurations have them.
func plainKey(key string) bool {
	return key != "" && len(key) < 80 && key[0] != '#' && key[0] != '-' && !strings.ContainsAny(key, " \t{}[]()=;$")
}
