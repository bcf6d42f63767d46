package read

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// markPlaceholders marks the values of a document that hold a placeholder, or that are encrypted, as unknown. It returns whether some are
// filled in by a program before the file is read.
func markPlaceholders(doc *model.Document) bool {
	m := marking{kind: doc.Kind, template: isTemplate(doc.Name)}
	m.node(doc.Root)
	return m.rendered
}

type marking struct {
	kind     model.DocumentKind
	template bool
	rendered bool
}

func (m *marking) node(n *model.Node) {
	for _, f := range n.Fields {
		if !m.template && model.IsFilledIn(m.kind, f.Key) {
			continue
		}
		m.node(f.Value)
	}
	for _, item := range n.Items {
		m.node(item)
	}
	if n.Kind == model.String && n.Text != "" {
		m.scalar(n)
	}
}

func (m *marking) scalar(n *model.Node) {
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

// isRendered reports whether a program fills in a part of the text. References in a dotenv file are resolved when its variables are loaded.
func (m *marking) isRendered(text string) bool {
	switch {
	case m.kind == model.KindEnv:
		return false
	case m.kind == model.KindCompose && !m.template:
		return placeholder.RenderedInCompose(text)
	}
	return placeholder.Rendered(text)
}
