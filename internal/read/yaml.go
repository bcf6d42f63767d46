package read

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// Limits of what is read from one file. No configuration that people write comes near them.
const (
	maxDepth = 200
	maxNodes = 200_000
)

// problem is a place in a file that does not parse, with what is wrong there.
type problem struct {
	line, column int
	message      string
}

// yamlReader turns the YAML of one file into a tree.
type yamlReader struct {
	file    string
	at      offset
	dialect dialect
	masked  bool // placeholders are masked, see placeholder.Mask
	control placeholder.Control
	raw     map[*model.Node]bool // what a template engine copies as it stands
	nodes   int
	open    map[*yaml.Node]bool // anchors that are being expanded
}

// offset is where a text stands in its file: a text in a block of another file begins further down, and is indented. fixed is set if places
// in the text are not known; then everything stands there.
type offset struct {
	line, column int
	fixed        diag.Position
}

func (o offset) position(file string, line, column int) diag.Position {
	if o.fixed.Line > 0 {
		return o.fixed
	}
	return diag.Position{File: file, Line: line + o.line, Column: column + o.column}
}

var errNoYAML = errors.New("empty")

// yamlDocuments parses the first document of a YAML text, and tells where a second one begins (0 if there is none).
func yamlDocuments(text []byte) (root *yaml.Node, second int, err error) {
	defer func() {
		if r := recover(); r != nil { // yaml.v3 panics on a few malformed inputs
			root, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if err.Error() == "EOF" {
			return nil, 0, errNoYAML
		}
		return nil, 0, err
	}
	if len(document.Content) == 0 {
		return nil, 0, errNoYAML
	}
	var next yaml.Node
	switch err := decoder.Decode(&next); {
	case err == nil && len(next.Content) > 0 && next.Content[0].ShortTag() != "!!null":
		second = next.Content[0].Line
	case err != nil && err.Error() != "EOF":
		return nil, 0, err
	}
	root = document.Content[0]
	if root.Kind == yaml.MappingNode && len(root.Content) > 0 && document.HeadComment != "" { // apart from the first key by an empty line
		root.Content[0].HeadComment = document.HeadComment + "\n" + root.Content[0].HeadComment
	}
	return root, second, nil
}

// node returns the tree below a YAML node. It fails on trees that are too deep or too large, and on anchors that contain themselves.
func (r *yamlReader) node(y *yaml.Node, depth int) (*model.Node, *problem) {
	if r.nodes++; depth > maxDepth || r.nodes > maxNodes {
		what := "is nested too deeply"
		if depth <= maxDepth {
			what = "is too large when its aliases are expanded"
		}
		return nil, &problem{y.Line, y.Column, "the document " + what}
	}
	n := &model.Node{Position: r.at.position(r.file, y.Line, y.Column)}
	r.decide(n, y)
	if y.Tag != "" && y.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(y.Tag, "!!") {
		n.Tag, n.Unknown = y.Tag, y.Tag == "!vault"
	}
	switch y.Kind {
	case yaml.AliasNode:
		if r.open[y.Alias] {
			return nil, &problem{y.Line, y.Column, "the anchor " + y.Value + " contains itself"}
		}
		r.open[y.Alias] = true
		defer delete(r.open, y.Alias)
		return r.node(y.Alias, depth+1)
	case yaml.SequenceNode:
		if text := squareBrackets(y); placeholder.Rendered(text) {
			n.Kind, n.Text = model.String, text
			return n, nil
		}
		n.Kind = model.List
		for _, item := range y.Content {
			child, problem := r.node(item, depth+1)
			if problem != nil {
				return nil, problem
			}
			if r.control.Perhaps(item.Line) {
				perhaps(child)
			}
			n.Items = append(n.Items, child)
			n.Open = n.Open || child.Perhaps
		}
	case yaml.MappingNode:
		n.Kind = model.Map
		return n, r.fields(n, y, depth)
	default:
		n.Kind, n.Text = r.dialect.scalar(y)
		n.Text = r.unmask(n.Text)
	}
	return n, nil
}

// decide notes what the control tags of a template say of the line that a value begins in. A map or a list in lines of its own begins with its key.
func (r *yamlReader) decide(n *model.Node, y *yaml.Node) {
	isBlock := (y.Kind == yaml.MappingNode || y.Kind == yaml.SequenceNode) && y.Style&yaml.FlowStyle == 0
	n.Perhaps = r.control.Perhaps(y.Line) && !isBlock
	n.Unknown = n.Unknown || n.Perhaps
	if r.control.Raw(y.Line) {
		r.raw[n] = true
	}
}

// perhaps marks a value, with all that is in it, as one that may not be there.
func perhaps(n *model.Node) {
	n.Perhaps, n.Unknown = true, true
	for _, f := range n.Fields {
		perhaps(f.Value)
	}
	for _, item := range n.Items {
		perhaps(item)
	}
}

// squareBrackets returns [[ name ]] for a list that YAML reads in it, "" for any other: of one list of one word, written with a space.
func squareBrackets(y *yaml.Node) string {
	if len(y.Content) != 1 || y.Content[0].Kind != yaml.SequenceNode || len(y.Content[0].Content) != 1 {
		return ""
	}
	inner, word := y.Content[0], y.Content[0].Content[0]
	if word.Kind != yaml.ScalarNode || word.Style != 0 || y.Line != word.Line || inner.Column != y.Column+1 || word.Column != y.Column+3 {
		return ""
	}
	return "[[ " + word.Value + " ]]"
}

// fields fills in the fields of a map; the same key twice is two fields.
func (r *yamlReader) fields(n *model.Node, y *yaml.Node, depth int) *problem {
	var merged []*model.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		child, problem := r.node(value, depth+1)
		if problem != nil {
			return problem
		}
		if r.dialect.merge && key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
			if child.Kind == model.List {
				merged = append(merged, child.Items...)
			} else {
				merged = append(merged, child)
			}
			continue
		}
		n.Fields = append(n.Fields, model.Field{Key: r.unmask(keyText(key)), Value: child, Comment: r.unmask(comment(key, value)),
			Position: r.at.position(r.file, key.Line, key.Column)})
		if r.control.Perhaps(key.Line) {
			perhaps(child)
		}
		n.Open = n.Open || child.Perhaps || strings.Contains(n.Fields[len(n.Fields)-1].Key, "{%")
	}
	for _, m := range merged {
		for _, f := range m.Fields {
			if n.Get(f.Key) == nil {
				n.Fields = append(n.Fields, f)
			}
		}
	}
	return nil
}

func keyText(key *yaml.Node) string {
	for key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind == yaml.ScalarNode {
		return key.Value
	}
	return "?" // a list or a map as key: nobody reads it
}

// comment returns what stands above and beside a field, without comment marks.
func comment(key, value *yaml.Node) string {
	var lines []string
	for _, text := range []string{key.HeadComment, key.LineComment, value.LineComment} {
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(strings.TrimLeft(line, "# \t")); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (r *yamlReader) unmask(text string) string {
	if !r.masked {
		return text
	}
	return placeholder.Unmask(text)
}

// hasMapAsKey reports whether a key is a map: {{ X }} without quotes is one to YAML.
func hasMapAsKey(y *yaml.Node, depth int) bool {
	if depth > maxDepth {
		return false
	}
	for i, child := range y.Content {
		if y.Kind == yaml.MappingNode && i%2 == 0 && child.Kind == yaml.MappingNode || hasMapAsKey(child, depth+1) {
			return true
		}
	}
	return false
}
