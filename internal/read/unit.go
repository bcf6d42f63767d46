package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// unitEndings are the endings of the files in which Podman is told of containers, and of what they need. The first section in brackets is what each
// has: https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html
func unitEndings() map[string]string {
	return map[string]string{".container": "Container", ".pod": "Pod", ".network": "Network", ".volume": "Volume", ".image": "Image", ".build": "Build", ".kube": "Kube"}
}

// isUnit reports whether a file is a unit of Podman by its name and its section, or changes one. systemd-networkd has files that end in .network, too.
func isUnit(name string, text []byte) bool {
	if dropInOf(name) != "" {
		return true
	}
	section := unitEndings()[unitEnding(name)]
	if section == "" {
		return false
	}
	has := func(section string) bool {
		return slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool { return strings.TrimSpace(line) == "["+section+"]" })
	}
	return has(section) && !has("Match")
}

// unitEnding returns the ending of a unit's name, behind which a template's may stand.
func unitEnding(name string) string { return strings.ToLower(path.Ext(stripTemplate(baseName(name)))) }

// unit returns the document of a unit: sections with keys, each of which has a list of its values, as systemd reads them.
func (p *parser) unit(name, at string, from offset, text []byte) *model.Document {
	root := &model.Node{Kind: model.Map, Position: from.position(at, 1, 1)}
	var section *model.Node
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "", line[0] == '#', line[0] == ';':
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			section = childOf(root, strings.Trim(line, "[]"), model.Map)
			section.Position = from.position(at, i+1, 1)
		default:
			key, value, found := strings.Cut(lines[i], "=")
			if !found || section == nil {
				continue
			}
			column := len([]rune(key)) + 2 + len([]rune(value)) - len([]rune(strings.TrimLeft(value, " \t")))
			item := &model.Node{Kind: model.String, Text: strings.TrimSpace(value), Position: from.position(at, i+1, column)}
			for strings.HasSuffix(item.Text, `\`) && i+1 < len(lines) {
				i++
				if next := strings.TrimSpace(lines[i]); !strings.HasPrefix(next, "#") && !strings.HasPrefix(next, ";") {
					item.Text = strings.TrimSpace(strings.TrimSuffix(item.Text, `\`)) + " " + next
				}
			}
			values := childOf(section, strings.TrimSpace(key), model.List)
			if values.Items = append(values.Items, item); item.Text == "" && dropInOf(name) == "" {
				values.Items = nil // an empty value takes back those before it
			}
		}
	}
	doc := &model.Document{Name: name, Format: model.Unit, Kind: model.KindQuadlet, Root: root}
	doc.Template = markPlaceholders(doc, nil) || isTemplate(name)
	return doc
}

// childOf returns the value at a key, which it makes if there is none.
func childOf(n *model.Node, key string, kind model.Kind) *model.Node {
	if child := n.Get(key); child != nil {
		return child
	}
	child := &model.Node{Kind: kind, Position: n.Position}
	n.Fields = append(n.Fields, model.Field{Key: key, Value: child, Position: n.Position})
	return child
}

// unitWords splits a value into words, as systemd does: in quotes there may be blanks. What systemd puts in for %h and the like is not known.
func unitWords(value *model.Node) []*model.Node {
	words, _ := model.SplitWords(value.Text)
	var nodes []*model.Node
	for _, word := range words {
		nodes = append(nodes, specified(value, word))
	}
	return nodes
}

// specified returns a part of a value with %% as it is read. With another specifier it is unknown.
func specified(value *model.Node, text string) *model.Node {
	n := &model.Node{Kind: model.String, Text: strings.ReplaceAll(text, "%%", "%"), Position: value.Position, Unknown: value.Unknown}
	rest := strings.ReplaceAll(text, "%%", "")
	if i := strings.IndexByte(rest, '%'); i >= 0 && i+1 < len(rest) && isLetter(rest[i+1]) {
		n.Unknown = true
	}
	return n
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
