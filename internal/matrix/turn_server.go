package matrix

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TurnServer is a coturn with the options that its file and its command have.
type TurnServer struct {
	Service *model.Service
	options []turnOption
	// Whole says that it has no other options.
	Whole bool
	At    diag.Position
}

type turnOption struct {
	name  string
	value *model.Node
}

// TurnServerOf returns the coturn of the deployment, or nil if there is none, or more than one.
func TurnServerOf(d *model.Deployment) *TurnServer {
	services := d.Of("coturn")
	t := &TurnServer{Whole: true}
	var docs []*model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCoturn && doc.Root != nil && (len(d.Services) == 0 || len(services) == 1 && container.MountsDocument(services[0], doc)) {
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
		t.Service = services[0]
		command := t.Service.Node.Get("command")
		for _, word := range commandWords(command) {
			if text, found := strings.CutPrefix(word.Text, "--"); found {
				t.add(text, word.Position)
			}
		}
		t.Whole = t.Whole && container.RunsImage(t.Service) && container.IsWhole(d, t.Service) && (isOfCoturn(t.Service.Image) || !slices.ContainsFunc(t.Service.Environment, mayBeOption))
		if len(docs) == 0 {
			t.At = t.Service.Position
			t.Whole = t.Whole && !slices.ContainsFunc(t.Service.Mounts, mayHoldOptions)
		}
	}
	return t
}

// isOfCoturn reports whether an image is coturn's own, whose entry point makes no options of variables.
func isOfCoturn(image model.Image) bool {
	return strings.TrimPrefix(image.Repository, "docker.io/") == "coturn/coturn"
}

// mayBeOption reports whether a variable may be an option for the entry point of an image of somebody else.
func mayBeOption(v model.Variable) bool {
	return strings.Contains(v.Name, "SECRET") || strings.HasPrefix(v.Name, "TURNSERVER_") || strings.HasPrefix(v.Name, "COTURN_")
}

// mayHoldOptions reports whether a mount may be where coturn looks for its file, which its image does not have.
func mayHoldOptions(m model.Mount) bool {
	return m.Target == "/" || m.Target == "/etc" || strings.HasPrefix(m.Target, "/etc/") || strings.Contains(m.Target, "turnserver") || strings.HasSuffix(m.Target, ".conf")
}

// read reads turnserver.conf: an option to a line.
func (t *TurnServer) read(doc *model.Document) {
	t.At = diag.Position{File: doc.Root.Position.File, Line: 1, Column: 1}
	t.Whole = !doc.Excerpt && (!doc.Template || doc.Whole)
	n := 0
	for line := range strings.Lines(doc.Root.Text) {
		n++
		text := strings.TrimSpace(line)
		if text != "" && !strings.HasPrefix(text, "#") {
			t.add(text, diag.Position{File: t.At.File, Line: n, Column: 1 + strings.Index(line, text)})
		}
	}
}

func (t *TurnServer) add(text string, at diag.Position) {
	name, value, _ := strings.Cut(text, "=")
	t.options = append(t.options, turnOption{
		name:  strings.TrimSpace(name),
		value: &model.Node{Kind: model.String, Text: strings.TrimSpace(value), Position: at},
	})
}

// Option returns the values of an option.
func (t *TurnServer) Option(name string) []*model.Node {
	var values []*model.Node
	for _, o := range t.options {
		if o.name == name {
			values = append(values, o.value)
		}
	}
	return values
}

func (t *TurnServer) Has(names ...string) bool {
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
