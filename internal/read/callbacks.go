package read

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/model"
)

// isAddresses reports whether a block is nothing but URLs, and the prose speaks of where an identity provider leads back to.
func isAddresses(b block) bool {
	if b.language != "" && b.language != "text" && b.language != "txt" && b.language != "plaintext" || len(b.prose) == 0 {
		return false
	}
	found := false
	for _, line := range b.lines {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case len(fields) == 1 && strings.Contains(fields[0], "://"):
			found = true
		default:
			return false
		}
	}
	return found && regexp.MustCompile(`(?i)redirect|call-?backs?\b|log-?out`).MatchString(b.prose[len(b.prose)-1])
}

// callbacks adds a block of URLs to the client at the identity provider.
func (g *guide) callbacks(b block) {
	last := b.prose[len(b.prose)-1]
	key := "callbackURLs"
	if regexp.MustCompile(`(?i)\b(?:post[- ]?)?(?:log|sign)[- ]?out\b`).MatchString(last) {
		key = "logoutCallbackURLs"
	}
	at := offset{line: b.line - 1, column: b.indent}
	list := &model.Node{Kind: model.List}
	for i, line := range b.lines {
		if text := strings.TrimSpace(line); text != "" {
			column := utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeft(line, " \t")) + 1
			list.Items = append(list.Items, &model.Node{Kind: model.String, Text: text, Position: at.position(g.name, i+1, column)})
		}
	}
	list.Position = list.Items[0].Position
	root := &model.Node{Kind: model.Map, Position: list.Position, Fields: []model.Field{{Key: key, Value: list, Position: list.Position}}}
	doc := &model.Document{Format: model.JSON, Kind: model.KindPocketIDClient, Root: root}
	markPlaceholders(doc, nil)
	adds := regexp.MustCompile(`(?i)\b(?:add|append)\b`).MatchString(last)
	old := g.prose.isOld(b) || slices.ContainsFunc(b.prose, g.prose.undo.MatchString)
	g.parts = append(g.parts, part{name: "callbacks of the identity provider", doc: doc, old: old, whole: !adds})
}
