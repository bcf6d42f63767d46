package read

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// embedded returns the well-known documents that stand as texts in the configuration of Caddy or nginx, which a web server sends itself, and what is
// wrong with their form.
func (p *parser) embedded(server *model.Document) (docs []*model.Document, findings []diag.Finding) {
	if server.Kind != model.KindCaddy && server.Kind != model.KindNginx || server.Format != model.Text || server.Root == nil {
		return nil, nil
	}
	text := server.Root.Text
	if !strings.Contains(text, "m.homeserver") && !strings.Contains(text, "m.server") {
		return nil, nil
	}
	for _, q := range quotations(text) {
		if !strings.HasPrefix(strings.TrimSpace(q.text), "{") || strings.HasPrefix(strings.TrimSpace(q.text), "{{") {
			continue
		}
		at := offset{line: q.line - 1}
		padding := q.column - 1
		switch start := server.Root.Position; {
		case server.Flat:
			at = offset{fixed: start}
		default:
			at.line, at.column = at.line+start.Line-1, start.Column-1
		}
		mark := map[model.DocumentKind]string{model.KindCaddy: "{", model.KindNginx: "$"}[server.Kind]
		found := p.json(server.Name, server.Root.Position.File, at, []byte(strings.Repeat(" ", padding)+q.text))
		if doc := found.doc; doc != nil && (doc.Kind == model.KindWellKnownClient || doc.Kind == model.KindWellKnownServer) {
			doc.Name = server.Name + "#" + string(doc.Kind)
			doc.Inside, doc.Template, doc.Excerpt, doc.Ignored = server, doc.Template || server.Template, server.Excerpt, server.Ignored
			hide(doc.Root, mark)
			docs = append(docs, doc)
		}
		if isWellKnown(found) && !server.Template && !server.Excerpt && !strings.Contains(strings.TrimLeft(q.text, " {"), mark+"{") && !strings.Contains(q.text, "$") {
			for _, f := range found.findings {
				f.Fix = nil // what has to go may be escaped here
				findings = append(findings, f)
			}
		}
	}
	return docs, findings
}

// isWellKnown reports whether a text is one of the documents that are found by the server name, be it broken.
func isWellKnown(f file) bool {
	kind := f.kind
	if f.doc != nil {
		kind = f.doc.Kind
	}
	return kind == model.KindWellKnownClient || kind == model.KindWellKnownServer
}

// hide makes values unknown in which a web server puts what it knows of the request.
func hide(n *model.Node, mark string) {
	for _, f := range n.Fields {
		hide(f.Value, mark)
	}
	for _, item := range n.Items {
		hide(item, mark)
	}
	n.Unknown = n.Unknown || n.Kind == model.String && strings.Contains(n.Text, mark)
}

// quotation is a text in quotes.
type quotation struct {
	text         string
	line, column int
}

// quotations returns the texts in quotes of a configuration, and those between the marks <<END and END of Caddy. A quote counts at the beginning
// of a word alone. What is escaped keeps its place, so that columns do.
func quotations(text string) []quotation {
	var all []quotation
	line, start := 1, 0 // of the line
	for i := 0; i < len(text); i++ {
		c := text[i]
		first := i == 0 || strings.IndexByte(" \t\n{;", text[i-1]) >= 0
		switch {
		case c == '\n':
			line, start = line+1, i+1
		case c == '#' && first:
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case strings.HasPrefix(text[i:], "<<") && first:
			if q, length := heredoc(text[i:]); length > 0 {
				q.line, q.column = line+1, 1
				all = append(all, q)
				line += strings.Count(text[i:i+length], "\n")
				i += length - 1
				start = i + 1
			}
		case (c == '"' || c == '\'' || c == '`') && first:
			end := closingQuote(text, i)
			if end < 0 {
				return all
			}
			inner := text[i+1 : end]
			all = append(all, quotation{text: unquoted(inner, c), line: line, column: len([]rune(text[start:i])) + 2})
			line += strings.Count(inner, "\n")
			if last := strings.LastIndexByte(inner, '\n'); last >= 0 {
				start = i + 1 + last + 1
			}
			i = end
		}
	}
	return all
}

// closingQuote returns where the quote at a place is closed; -1 if it is not.
func closingQuote(text string, open int) int {
	for i := open + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[open] != '`':
			i++
		case text[i] == text[open]:
			return i
		}
	}
	return -1
}

// unquoted takes the backslashes before quotes away. In their place stands a space outside of the text that the quotes are around: the first,
// third and so on open one.
func unquoted(text string, quote byte) string {
	escaped := `\` + string(quote)
	if quote != '"' || !strings.Contains(text, escaped) {
		return text
	}
	parts := strings.Split(text, escaped)
	var out strings.Builder
	for i, part := range parts {
		out.WriteString(part)
		switch {
		case i == len(parts)-1:
		case i%2 == 0:
			out.WriteString(` "`)
		default:
			out.WriteString(`" `)
		}
	}
	return out.String()
}

// heredoc returns the lines between <<END and END, and how long all of it is; 0 if it has no end.
func heredoc(text string) (quotation, int) {
	head, rest, found := strings.Cut(text, "\n")
	mark := strings.TrimSpace(strings.TrimPrefix(head, "<<"))
	if !found || mark == "" || strings.ContainsAny(mark, " \t") {
		return quotation{}, 0
	}
	length := 0
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(strings.TrimSpace(line), mark) {
			return quotation{text: rest[:length]}, len(head) + 1 + length
		}
		length += len(line)
	}
	return quotation{}, 0
}
