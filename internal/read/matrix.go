package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// concernsMatrix reports whether a project runs a part of a Matrix server, or what goes with one, or speaks of Matrix at all.
func concernsMatrix(d *model.Deployment) bool {
	products := []string{"synapse", "mas", "element", "livekit", "lk-jwt", "coturn", "pocket-id", "traefik"}
	if slices.ContainsFunc(d.Services, func(s *model.Service) bool { return slices.Contains(products, s.Product) }) {
		return true
	}
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		switch doc.Kind {
		case model.KindEnv, model.KindScript, model.KindOther:
			return false
		case model.KindCompose, model.KindNginx, model.KindCaddy:
			return mentions(doc.Root, "matrix") || mentions(doc.Root, "synapse")
		}
		return true
	})
}

// mentions reports whether a key or a value in a tree holds a word, whatever its case.
func mentions(n *model.Node, word string) bool {
	return strings.Contains(strings.ToLower(n.Text), word) ||
		slices.ContainsFunc(n.Fields, func(f model.Field) bool {
			return strings.Contains(strings.ToLower(f.Key), word) || mentions(f.Value, word)
		}) ||
		slices.ContainsFunc(n.Items, func(item *model.Node) bool { return mentions(item, word) })
}
