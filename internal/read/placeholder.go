package read

import (
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// placeholders finds what stands for a value: places that a program fills in before the file is read, and places that people fill in.
type placeholders struct {
	rendered, byHand, inTemplate, inCompose *regexp.Regexp
}

func newPlaceholders() *placeholders {
	return &placeholders{
		rendered: regexp.MustCompile(`\$\{[A-Za-z_][^}]*\}|\$\([A-Z_][A-Z0-9_]*\)|\{\{.*?\}\}|\{%.*?%\}|__[A-Z][A-Z0-9_]*__|@[A-Z][A-Z0-9_]{2,}@|%%[A-Z][A-Z0-9_]*%%`),
		byHand: regexp.MustCompile(`(?i:\bchange[-_ ]?(?:me|this|it)\b|\bplaceholder\b|_placeholder\b)|\b(?:YOUR|REPLACE|INSERT|CHANGE|TODO|PLACEHOLDER)_[A-Z0-9_]+` +
			`|<(?i:your|my|the|insert|change|replace)?[A-Za-z][A-Za-z0-9]*(?:[ _-][A-Za-z0-9]+)+>|^<[A-Za-z0-9_ .-]+>$|<[A-Z][A-Z0-9_]+>|^(?:\.{3}|…)$`),
		inTemplate: regexp.MustCompile(`\$[A-Z_][A-Z0-9_]*|\{[A-Z][A-Z0-9_]*\}|^\([a-z][a-z _-]*\)$`),
		inCompose:  regexp.MustCompile(`\$(?:[A-Za-z_]|\{[A-Za-z_])|(?:^|[^$])\{[A-Z][A-Z0-9_]*\}`),
	}
}

// mark marks the values of a document that hold a placeholder, or that are encrypted, as unknown. It returns whether some are filled in by
// a program.
func (p *placeholders) mark(doc *model.Document) bool {
	m := marking{placeholders: p, kind: doc.Kind, template: isTemplate(doc.Name)}
	m.node(doc.Root)
	return m.rendered
}

type marking struct {
	*placeholders
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
	text := n.Text
	switch {
	case strings.HasPrefix(text, "ENC[AES256_GCM"), strings.HasPrefix(text, "$ANSIBLE_VAULT"):
		n.Unknown = true
	case m.kind == model.KindCompose && m.inCompose.MatchString(strings.ReplaceAll(text, "$$", "")):
		n.Unknown = true // until it is resolved
	case m.kind == model.KindEnv: // references are resolved when the variables are loaded
	case strings.Contains(text, "${") || strings.Contains(text, "$(") || strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "__") || strings.ContainsAny(text, "@%"):
		braces := m.kind == model.KindCompose && !m.template // {{ }} is for Docker or Traefik there
		if match := m.fills(text, braces); match {
			n.Unknown, m.rendered = true, true
		}
	}
	if m.template && m.kind != model.KindEnv && m.inTemplate.MatchString(text) {
		n.Unknown, m.rendered = true, true
	}
	if !n.Unknown && (mayBeByHand(text) && m.byHand.MatchString(text) || model.IsDescribed(text)) {
		n.Unknown = true
	}
}

// fills reports whether a program fills in a part of the text. In a compose file that is no template, braces are not for that.
func (m *marking) fills(text string, composeBraces bool) bool {
	for _, match := range m.placeholders.rendered.FindAllString(text, -1) {
		if !composeBraces || !strings.HasPrefix(match, "{") && !strings.HasPrefix(match, "$") {
			return true
		}
	}
	return false
}

// mayBeByHand is a quick look before the slow one.
func mayBeByHand(text string) bool {
	lower := strings.ToLower(text)
	for _, part := range []string{"<", "change", "placeholder", "your", "replace_", "insert_", "todo_"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return strings.HasPrefix(text, "...") || strings.HasPrefix(text, "…")
}
