package route

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// labelTable has the labels that Traefik decodes, one to a line with the type of its value: what its own type dynamic.Configuration says, of
// 3.7.13, which has all of 3.6. * is a name, [] an index, ** any path.
//
//go:embed labels.txt
var labelTable string

// labels returns the table as a tree of path elements; it is read once, when the first label is looked at.
var labels = sync.OnceValue(readLabels)

func readLabels() *element {
	root := &element{}
	for line := range strings.Lines(labelTable) {
		path, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		e := root
		for part := range strings.SplitSeq(path, ".") {
			e = e.child(strings.TrimSuffix(part, "[]"))
		}
		e.kind = kind
	}
	return root
}

// element is a part of the name of a label, and what may follow it.
type element struct {
	kind     string // the type of a value that stands here; "" if none can
	names    []string
	children map[string]*element
}

func (e *element) child(name string) *element {
	if e.children == nil {
		e.children = map[string]*element{}
	}
	if e.children[name] == nil {
		e.children[name] = &element{}
		e.names = append(e.names, name)
	}
	return e.children[name]
}

// LabelProblem returns why Traefik drops the whole container because of a label, and what to do; "" if it does not. surely is the name that
// the label was meant to have, if there is no doubt, or "".
func LabelProblem(label model.Variable) (reason, hint, surely string) {
	lower := strings.ToLower(label.Name)
	if !strings.HasPrefix(lower, "traefik.http.") && !strings.HasPrefix(lower, "traefik.tcp.") && !strings.HasPrefix(lower, "traefik.udp.") {
		return "", "", ""
	}
	if strings.Contains(lower, "${") {
		return "", "", ""
	}
	parts := strings.Split(label.Name, ".")[1:]
	e := labels()
	for i, part := range parts {
		name, _, _ := strings.Cut(part, "[")
		next := e.children[strings.ToLower(name)]
		switch {
		case part == "":
			return "a part of its name is empty", "", ""
		case e.children["**"] != nil:
			return "", "", ""
		case next == nil && e.children["*"] != nil:
			next = e.children["*"]
		case next == nil:
			nearest := suggest.Nearest(strings.ToLower(name), e.names)
			if nearest == "" {
				return "field not found, node: " + part, "", ""
			}
			before := slices.Concat([]string{"traefik"}, parts[:i], []string{nearest})
			if name == part && nearest == suggest.Meant(strings.ToLower(name), e.names) {
				surely = strings.Join(slices.Concat(before, parts[i+1:]), ".")
			}
			return "field not found, node: " + part, fmt.Sprintf("did you mean %s?", strings.Join(before, ".")), surely
		}
		e = next
	}
	if e.children["**"] != nil {
		return "", "", ""
	}
	reason, hint = valueProblem(e, parts[len(parts)-1], label.Value)
	return reason, hint, ""
}

// valueProblem returns what is wrong with the value of a label.
func valueProblem(e *element, name string, value *model.Node) (reason, hint string) {
	if e.kind == "" {
		return name + " cannot be a standalone element", "a label sets a field below it"
	}
	text, known := value.Literal()
	if !known {
		return "", ""
	}
	var err error
	switch e.kind {
	case "bool":
		if len(e.names) > 0 {
			return "", "" // a section: every other value than true leaves it out
		}
		if _, err = strconv.ParseBool(text); err != nil {
			hint = "write true or false"
		}
	case "int":
		if _, err = strconv.ParseInt(text, 10, 64); err != nil {
			hint = "write a number"
		}
	case "duration":
		if _, err = strconv.Atoi(text); err != nil {
			if _, err = time.ParseDuration(text); err != nil {
				hint = "write a duration such as 10s"
			}
		}
	}
	if err != nil {
		return name + map[string]string{"bool": " is neither true nor false", "int": " is no number", "duration": " is no duration"}[e.kind], hint
	}
	return "", ""
}

// labelTree returns what the labels of a container say as the tree that a file would have. Names of fields are put in lower case.
func labelTree(variables []model.Variable) *model.Node {
	root := &model.Node{Kind: model.Map}
	made := map[string]*model.Node{} // by path in lower case
	for _, v := range variables {
		prefix, rest, found := strings.Cut(v.Name, ".")
		if !found || !strings.EqualFold(prefix, "traefik") || v.Value == nil {
			continue
		}
		n, path := root, ""
		parts := strings.Split(rest, ".")
		for i, part := range parts {
			path += "." + strings.ToLower(part)
			n.Kind = model.Map
			if made[path] == nil {
				made[path] = &model.Node{Kind: model.Map, Position: v.Position}
				n.Fields = append(n.Fields, model.Field{Key: part, Value: made[path], Position: v.Position})
			}
			n = made[path]
			if i == len(parts)-1 {
				kind := v.Value.Kind
				if len(n.Fields) > 0 {
					kind = model.Map
				}
				fields := n.Fields
				*n = *v.Value
				n.Kind, n.Fields = kind, fields
			}
		}
	}
	return root
}

// get returns the value of a key in whatever case, as Traefik reads labels and files.
func get(n *model.Node, path ...string) *model.Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		var next *model.Node
		for _, f := range n.Fields {
			if strings.EqualFold(f.Key, key) {
				next = f.Value
			}
		}
		n = next
	}
	return n
}
