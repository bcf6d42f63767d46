package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// inlineText is a document that stands as a text in the compose file.
type inlineText struct {
	// key is the name of the config, or service.VARIABLE.
	key     string
	content *model.Node
	// kind is what the place says that it is, or "".
	kind model.DocumentKind
}

// inlined reads the documents whose text stands in the compose file, as documents of the deployment. source returns the text of a compose
// file, by which the indentation of a block is known.
func (p *project) inlined(parser *parser, source func(file string) string) (docs []*model.Document, findings []diag.Finding) {
	for _, text := range p.inlineTexts() {
		content := text.content
		at := blockAt(source(content.Position.File), content.Position)
		read := text.parse(parser, at)
		findings = append(findings, read.findings...)
		if read.doc == nil {
			continue
		}
		read.doc.Name, read.doc.Upstream = inlineName(text.key, content), read.doc.Kind.Upstream()
		read.doc.Template, read.doc.Inline = false, true
		docs = append(docs, read.doc)
	}
	return docs, findings
}

// parse reads the text, as what its place says that it is.
func (t inlineText) parse(parser *parser, at offset) file {
	name, source := t.content.Position.File+"#"+t.key, t.content.Position.File
	if t.kind == "" {
		return parser.parseAt(name, source, at, []byte(t.content.Text))
	}
	read := parser.yaml(name, source, at, []byte(t.content.Text))
	if read.doc == nil || read.doc.Root.Kind != model.Map {
		return file{findings: read.findings}
	}
	read.doc.Kind = t.kind
	return read
}

// inlineDocuments returns the documents of such texts by their keys: those among the documents, where they were read, or else new ones, since what
// was compiled is written document by document.
func (p *project) inlineDocuments(documents []*model.Document) map[string]*model.Document {
	inline := map[string]*model.Document{}
	var unread []*model.Document
	for _, text := range p.inlineTexts() {
		content := text.content
		is := func(doc *model.Document) bool {
			return doc.Name == inlineName(text.key, content) && doc.Root != nil && doc.Root.Position.File == content.Position.File
		}
		if i := slices.IndexFunc(documents, is); i >= 0 {
			inline[text.key] = documents[i]
			continue
		}
		if unread == nil {
			unread, _ = p.inlined(&parser{}, func(string) string { return "" })
		}
		if i := slices.IndexFunc(unread, is); i >= 0 {
			inline[text.key] = unread[i]
		}
	}
	return inline
}

// inlineTexts returns the configs with their content in the compose file, and the variables of services that hold a whole file.
func (p *project) inlineTexts() []inlineText {
	var texts []inlineText
	for _, f := range p.root.Get("configs").Entries() {
		if content := f.Value.Get("content"); content != nil && content.Kind == model.String {
			texts = append(texts, inlineText{key: f.Key, content: content})
		}
	}
	for _, f := range p.root.Get("services").Entries() {
		for _, v := range p.variables(f.Value.Get("environment")) {
			if kind := heldKind(v.Name); kind != "" && v.Value != nil && v.Value.Kind == model.String {
				texts = append(texts, inlineText{key: heldKey(f.Key, v.Name), content: v.Value, kind: kind})
			}
		}
	}
	return texts
}

// heldKind returns what a variable holds the whole file of, or "". Source: livekit/livekit cmd/server/main.go, the flag config-body.
func heldKind(variable string) model.DocumentKind {
	if variable == "LIVEKIT_CONFIG" {
		return model.KindLiveKit
	}
	return ""
}

// heldKey returns the key of the text in a variable of a service.
func heldKey(service, variable string) string { return service + "." + variable }

// held returns the documents in variables of a service.
func (p *project) held(service string, variables []model.Variable) []*model.Document {
	var docs []*model.Document
	for _, v := range variables {
		if doc := p.inline[heldKey(service, v.Name)]; doc != nil && heldKind(v.Name) != "" {
			docs = append(docs, doc)
		}
	}
	return docs
}

// inlineName returns the name of the document that a config or a variable holds.
func inlineName(key string, content *model.Node) string {
	return path.Base(content.Position.File + "#" + key)
}

// blockAt returns where the text of a block scalar begins, whose mark (| or >) stands at a position.
func blockAt(source string, at diag.Position) offset {
	lines := strings.Split(source, "\n")
	if source == "" || at.Line >= len(lines) || at.Line < 1 {
		return offset{fixed: at}
	}
	runes := []rune(lines[at.Line-1])
	if at.Column > len(runes) || runes[at.Column-1] != '|' {
		return offset{fixed: at}
	}
	for _, line := range lines[at.Line:] {
		if bare := strings.TrimLeft(line, " "); bare != "" {
			return offset{line: at.Line, column: len(line) - len(bare)}
		}
	}
	return offset{fixed: at}
}
