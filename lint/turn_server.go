package lint

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// turnServer is a coturn with the options that its file and its command have.
type turnServer struct {
	service *model.Service
	options []turnOption
	// whole says that it has no other options.
	whole bool
	at    diag.Position
}

type turnOption struct {
	name  string
	value *model.Node
}

// turnServerOf returns the coturn of the deployment, or nil if there is none, or more than one.
func turnServerOf(d *model.Deployment) *turnServer {
	services := d.Of("coturn")
	t := &turnServer{whole: true}
	var docs []*model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCoturn && doc.Root != nil && (len(d.Services) == 0 || len(services) == 1 && mountsDocument(services[0], doc)) {
			docs = append(docs, doc)
		}
	}
	if len(services) > 1 || len(docs) > 1 || len(services)+len(docs) == 0 {
		return nil
	}
	if len(docs) == 1 {
		t.read(docs[0])
	}
	if len(services) == 1 {
		t.service = services[0]
		command := t.service.Node.Get("command")
		for _, word := range commandWords(command) {
			if text, found := strings.CutPrefix(word.Text, "--"); found {
				t.add(text, word.Position)
			}
		}
		t.whole = t.whole && runsImage(t.service) && isWhole(d, t.service) && (len(docs) == 1 || command != nil)
		if len(docs) == 0 {
			t.at = t.service.Position
			t.whole = t.whole && len(t.service.Mounts) == 0
		}
	}
	return t
}

// read reads turnserver.conf: an option to a line.
func (t *turnServer) read(doc *model.Document) {
	t.at = diag.Position{File: doc.Root.Position.File, Line: 1, Column: 1}
	t.whole = !doc.Excerpt && (!doc.Template || doc.Whole)
	n := 0
	for line := range strings.Lines(doc.Root.Text) {
		n++
		text := strings.TrimSpace(line)
		if text != "" && !strings.HasPrefix(text, "#") {
			t.add(text, diag.Position{File: t.at.File, Line: n, Column: 1 + strings.Index(line, text)})
		}
	}
}

func (t *turnServer) add(text string, at diag.Position) {
	name, value, _ := strings.Cut(text, "=")
	t.options = append(t.options, turnOption{
		name:  strings.TrimSpace(name),
		value: &model.Node{Kind: model.String, Text: strings.TrimSpace(value), Position: at},
	})
}

// option returns the values of an option.
func (t *turnServer) option(name string) []*model.Node {
	var values []*model.Node
	for _, o := range t.options {
		if o.name == name {
			values = append(values, o.value)
		}
	}
	return values
}

func (t *turnServer) has(names ...string) bool {
	return slices.ContainsFunc(t.options, func(o turnOption) bool { return slices.Contains(names, o.name) })
}

// commandWords returns the words of a command with their places, also those that are not known.
func commandWords(command *model.Node) []*model.Node {
	switch {
	case command == nil:
		return nil
	case command.Kind == model.List:
		return command.Items
	}
	var nodes []*model.Node
	words, _ := model.SplitWords(command.Text)
	for _, word := range words {
		nodes = append(nodes, &model.Node{Kind: model.String, Text: word, Position: command.Position})
	}
	return nodes
}
