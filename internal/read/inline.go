package read

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// inlined reads the configs whose content stands in the compose file, as documents of the deployment. sources holds the text of compose
// files, by which the indentation of a block is known.
func (p *project) inlined(parser *parser, sources map[string]string) (docs []*model.Document, findings []diag.Finding) {
	p.inline = map[string]*model.Document{}
	configs := p.root.Get("configs")
	if configs == nil {
		return nil, nil
	}
	for _, f := range configs.Fields {
		content := f.Value.Get("content")
		if content == nil || content.Kind != model.String {
			continue
		}
		name := content.Position.File + "#" + f.Key
		at := blockAt(sources[content.Position.File], content.Position)
		read := parser.parseAt(name, content.Position.File, at, []byte(content.Text))
		findings = append(findings, read.findings...)
		if read.doc == nil {
			continue
		}
		read.doc.Template = false // Compose hands it over as it stands
		p.inline[f.Key] = read.doc
		docs = append(docs, read.doc)
	}
	return docs, findings
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
