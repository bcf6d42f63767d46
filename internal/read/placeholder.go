package read

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// markPlaceholders marks the values of a document that hold a placeholder, or that are encrypted, as unknown, but for raw ones, which a template
// engine copies. It returns whether some are filled in by a program before the file is read.
func markPlaceholders(doc *model.Document, raw map[*model.Node]bool) bool {
	m := marking{kind: doc.Kind, template: isTemplate(doc.Name), raw: raw}
	m.node(doc.Root)
	return m.rendered
}

type marking struct {
	kind     model.DocumentKind
	template bool
	raw      map[*model.Node]bool
	// filledIn says that the program itself fills in what stands there, so that what looks like a placeholder is none.
	filledIn bool
	rendered bool
}

func (m *marking) node(n *model.Node) {
	if m.filledIn {
		m.unescape(n)
	}
	for _, f := range n.Fields {
		if !m.template && model.IsFilledIn(m.kind, f.Key) {
			inside := marking{kind: m.kind, filledIn: true}
			inside.node(f.Value)
			m.rendered = m.rendered || inside.rendered
			continue
		}
		m.node(f.Value)
	}
	for _, item := range n.Items {
		m.node(item)
	}
	isDocument := m.kind == model.KindESS && strings.Contains(n.Text, "\n") // one of its own
	if n.Kind == model.String && n.Text != "" && !m.filledIn && !isDocument {
		m.scalar(n)
	}
}

func (m *marking) scalar(n *model.Node) {
	if m.raw[n] || m.unescape(n) {
		return
	}
	switch {
	case strings.HasPrefix(n.Text, "ENC[AES256_GCM"), strings.HasPrefix(n.Text, "$ANSIBLE_VAULT"):
		n.Unknown = true
	case m.kind == model.KindCompose && placeholder.ByCompose(n.Text):
		n.Unknown = true // until it is resolved
	case m.isRendered(n.Text):
		n.Unknown, m.rendered = true, true
	}
	if m.template && m.kind != model.KindEnv && placeholder.RenderedInTemplate(n.Text) {
		n.Unknown, m.rendered = true, true
	}
	if !n.Unknown && placeholder.ByHand(n.Text) {
		n.Unknown = true
	}
}

// unescape puts in the place of a text what a template engine makes of it, if it copies a part of it and fills in none, and reports whether it does.
func (m *marking) unescape(n *model.Node) bool {
	plain, found, known := placeholder.Unescape(n.Text)
	if n.Kind != model.String || !found {
		return false
	}
	m.rendered = true
	if n.Unknown = n.Unknown || !known; known {
		n.Text = plain
	}
	return true
}

// isRendered reports whether a program fills in a part of the text. References in a dotenv file are resolved when its variables are loaded.
func (m *marking) isRendered(text string) bool {
	switch {
	case m.kind == model.KindEnv:
		return strings.Contains(text, "{{") && placeholder.RenderedByEngine(text)
	case m.kind == model.KindCompose && !m.template:
		return placeholder.RenderedInCompose(text)
	}
	return placeholder.Rendered(text)
}
