package read

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// section is a section of a unit.
type section struct {
	at  *model.Node
	doc *model.Document
}

// sectionOf returns a section of a unit; an empty one if it has none.
func sectionOf(doc *model.Document, name string) section {
	if at := doc.Root.Get(name); at != nil {
		return section{at, doc}
	}
	return section{&model.Node{Kind: model.Map, Position: doc.Root.Position}, doc}
}

// written returns all values of a key as they stand there.
func (s section) written(key string) []*model.Node { return s.at.Get(key).Entered() }

// values returns all values of a key as Podman reads them.
func (s section) values(key string) []*model.Node {
	var values []*model.Node
	for _, item := range s.written(key) {
		values = append(values, specified(item, item.Text))
	}
	return values
}

// last returns the value of a key that counts once, or nil.
func (s section) last(key string) *model.Node {
	values := s.values(key)
	if len(values) == 0 {
		return nil
	}
	return values[len(values)-1]
}

// paths returns the values of a key that are files, as a compose file at the top would name them.
func (s section) paths(key string) []*model.Node {
	values := s.values(key)
	for _, v := range values {
		v.Text = strings.TrimPrefix(v.Text, "-") // it may be missing
		if !path.IsAbs(v.Text) && !v.Unknown {
			v.Text = path.Join(path.Dir(s.doc.Name), v.Text)
		}
	}
	return values
}

// mapping is a map of the compose file that is made.
type mapping struct{ *model.Node }

func (m mapping) add(key string, value *model.Node) {
	m.Fields = append(m.Fields, model.Field{Key: key, Value: value, Position: value.Position})
}

// text adds a value, or what stands for it if there is none; nothing if that is "".
func (m mapping) text(key string, value *model.Node, otherwise string) {
	switch {
	case value != nil:
		m.add(key, value)
	case otherwise != "":
		m.add(key, &model.Node{Kind: model.String, Text: otherwise, Position: m.Position})
	}
}

func (m mapping) list(key string, values []*model.Node) {
	if len(values) > 0 {
		m.add(key, &model.Node{Kind: model.List, Items: values, Position: values[0].Position})
	}
}

// words adds a command. What systemd puts in for a variable is not known.
func (m mapping) words(key string, values []*model.Node) {
	if len(values) == 0 {
		return
	}
	words := unitWords(values[len(values)-1])
	for _, word := range words {
		word.Unknown = word.Unknown || strings.Contains(word.Text, "$")
	}
	m.list(key, words)
}

// pairs adds the words NAME=VALUE of all values as a map.
func (m mapping) pairs(key string, values []*model.Node) {
	if len(values) == 0 {
		return
	}
	of := mapping{&model.Node{Kind: model.Map, Position: values[0].Position}}
	for _, value := range values {
		for _, word := range unitWords(value) {
			name, text, found := strings.Cut(word.Text, "=")
			word.Text = text
			if !found {
				word.Kind = model.Null // it comes from the environment of systemd
			}
			of.add(name, word)
		}
	}
	m.add(key, of.Node)
}

func (m mapping) append(key string, item *model.Node) {
	list := childOf(m.Node, key, model.List)
	list.Items = append(list.Items, item)
}
