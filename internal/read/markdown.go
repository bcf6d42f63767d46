package read

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// maxBlocks is how many fenced blocks of a guide are read.
const maxBlocks = 5000

// Markdown reads the fenced blocks of a guide as the files of one deployment: a block belongs to the file that is named before it, or
// to the one that its content tells. Each object that installs Element's chart is a deployment of its own. Positions are those in the guide. Its prose is not read, except for what it says about a block.
func Markdown(name string, text []byte) ([]*model.Files, []diag.Finding, error) {
	if len(text) > maxFile {
		return nil, nil, fmt.Errorf("%s is larger than %d MB", name, maxFile>>20)
	}
	blocks := blocksOf(string(text))
	if len(blocks) > maxBlocks {
		return nil, nil, fmt.Errorf("%s has more than %d blocks", name, maxBlocks)
	}
	g := &guide{name: name, prose: newProse(), parser: &parser{}, values: map[string]*model.Document{}}
	for _, b := range blocks {
		if isShell(b.language) && g.prose.render.MatchString(strings.Join(b.lines, "\n")) {
			g.renders = true
		}
	}
	for _, b := range blocks {
		for _, one := range g.prose.split(b) {
			g.add(one)
		}
	}
	files := &model.Files{Name: name, Guide: true}
	for _, f := range g.files() {
		if f.old {
			f.doc.Upstream = f.doc.Kind.Upstream()
			files.Before = append(files.Before, f.doc)
		} else {
			files.Documents = append(files.Documents, f.doc)
		}
	}
	all := []*model.Files{files}
	releases, left := g.releases(files.Documents)
	if files.Documents = left; len(releases) > 0 && !slices.ContainsFunc(left, func(doc *model.Document) bool { return doc.Kind != model.KindShell }) {
		files.Documents, releases = releases[0], releases[1:]
	}
	for _, docs := range releases {
		all = append(all, &model.Files{Name: docs[len(docs)-1].Name, Guide: true, Documents: docs})
	}
	findings := g.findings
	for _, one := range all {
		_, more := complete(one, g.parser, func(string) string { return string(text) })
		findings = append(findings, more...)
	}
	all = slices.DeleteFunc(all, func(one *model.Files) bool { return len(one.Documents) == 0 })
	return all, diag.Sort(findings), nil
}

// guide collects what the blocks of a Markdown file show.
type guide struct {
	name   string
	prose  *prose
	parser *parser
	// renders says that a command of the guide fills in placeholders.
	renders bool
	parts   []part
	// places are the objects that may say something of Element's chart, and values the documents with what they give it.
	places []essPlace
	values map[string]*model.Document
	// section and last are where the last file was named, and which.
	section  int
	last     string
	findings []diag.Finding
}

// part is what one block shows of a file. name is "" if nothing says which file that is.
type part struct {
	name       string
	doc        *model.Document
	old, whole bool
}

// add reads a block.
func (g *guide) add(b block) {
	switch {
	case isShell(b.language):
		g.parts = append(g.parts, part{name: fmt.Sprintf("%s#L%d", g.name, b.line), doc: g.shell(b)})
	case isAddresses(b):
		g.callbacks(b)
	case g.objects(b):
	case isConfiguration(b.language):
		g.configuration(b)
	}
}

func isShell(language string) bool {
	switch language {
	case "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "terminal":
		return true
	}
	return false
}

// isConfiguration reports whether blocks in the language can be a file that is read; one that names no language can be anything.
func isConfiguration(language string) bool {
	switch language {
	case "", "yaml", "yml", "json", "jsonc", "json5", "env", "dotenv", "properties", "ini", "conf", "nginx", "caddy", "caddyfile", "text", "txt", "jinja", "jinja2":
		return true
	}
	return false
}

// shell returns a block of commands as a document.
func (g *guide) shell(b block) *model.Document {
	return &model.Document{Format: model.Text, Kind: model.KindShell, Root: &model.Node{Kind: model.String, Text: strings.Join(b.lines, "\n"),
		Position: diag.Position{File: g.name, Line: b.line, Column: b.indent + 1}}}
}

// files returns the files of the guide, each put together from its parts. A part that no file is named for belongs to the only file of its
// kind, or to one of the usual name.
func (g *guide) files() []part {
	var files []part
	for _, p := range g.parts {
		if p.name == "" {
			p.name = g.only(p.doc.Kind, p.old)
		}
		p.doc.Name = p.name
		i := 0
		for i < len(files) && (files[i].name != p.name || files[i].old != p.old) {
			i++
		}
		if i == len(files) || !join(files[i].doc, p.doc) {
			files = append(files, p)
			continue
		}
		files[i].whole = files[i].whole || p.whole
	}
	for _, f := range files {
		f.doc.Excerpt = !f.whole && f.doc.Kind != model.KindShell
	}
	return files
}

// only returns the name of the file of that kind, if the guide names one alone, or the usual name.
func (g *guide) only(kind model.DocumentKind, old bool) string {
	found := ""
	for _, p := range g.parts {
		if p.name == "" || p.doc.Kind != kind || p.old != old || p.name == found {
			continue
		}
		if found != "" {
			return usualName(kind)
		}
		found = p.name
	}
	if found == "" {
		return usualName(kind)
	}
	return found
}

// usualName returns what files of a kind are mostly called.
func usualName(kind model.DocumentKind) string {
	switch kind {
	case model.KindCompose:
		return "compose.yaml"
	case model.KindSynapse:
		return "homeserver.yaml"
	case model.KindMAS:
		return "mas.yaml"
	case model.KindElement:
		return "config.json"
	case model.KindEnv:
		return ".env"
	}
	return string(kind)
}
