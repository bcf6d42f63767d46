package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// inlined reads the configs whose content stands in the compose file, as documents of the deployment. source returns the text of a compose
// file, by which the indentation of a block is known.
func (p *project) inlined(parser *parser, source func(file string) string) (docs []*model.Document, findings []diag.Finding) {
	for _, f := range p.inlineConfigs() {
		content := f.Value.Get("content")
		at := blockAt(source(content.Position.File), content.Position)
		read := parser.parseAt(content.Position.File+"#"+f.Key, content.Position.File, at, []byte(content.Text))
		findings = append(findings, read.findings...)
		if read.doc == nil {
			continue
		}
		read.doc.Name, read.doc.Upstream = inlineName(f.Key, content), read.doc.Kind.Upstream()
		read.doc.Template, read.doc.Inline = false, true
		docs = append(docs, read.doc)
	}
	return docs, findings
}

// inlineDocuments returns the documents of such configs by their keys: those among the documents, where they were read, or else new ones, since what
// was compiled is written document by document.
func (p *project) inlineDocuments(documents []*model.Document) map[string]*model.Document {
	inline := map[string]*model.Document{}
	configs := p.inlineConfigs()
	var unread []*model.Document
	for _, f := range configs {
		content := f.Value.Get("content")
		is := func(doc *model.Document) bool {
			return doc.Name == inlineName(f.Key, content) && doc.Root != nil && doc.Root.Position.File == content.Position.File
		}
		if i := slices.IndexFunc(documents, is); i >= 0 {
			inline[f.Key] = documents[i]
			continue
		}
		if unread == nil {
			unread, _ = p.inlined(&parser{}, func(string) string { return "" })
		}
		if i := slices.IndexFunc(unread, is); i >= 0 {
			inline[f.Key] = unread[i]
		}
	}
	return inline
}

// inlineConfigs returns the configs with their content in the compose file.
func (p *project) inlineConfigs() []model.Field {
	configs := p.root.Get("configs")
	if configs == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(configs.Fields), func(f model.Field) bool {
		content := f.Value.Get("content")
		return content == nil || content.Kind != model.String
	})
}

// inlineName returns the name of the document that a config holds.
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
