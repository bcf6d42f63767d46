package read

import (
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// markForeign marks the services of a project that are surely none of the Matrix server's, nor what that depends on: other programs that lie beside
// it, whose secrets and images are nobody's business here. Where no service is known to be Matrix's, and in a stack, none is foreign.
func markForeign(d *model.Deployment) {
	if !slices.ContainsFunc(d.Services, func(s *model.Service) bool { return !isOfStack(s) }) {
		return
	}
	ours := map[*model.Service]bool{}
	for _, s := range d.Services {
		ours[s] = isOfMatrix(s)
	}
	for _, s := range d.Services {
		switch {
		case ours[s], s.Product == "traefik", s.Product == "caddy", s.Product == "nginx", isOfStack(s), s.Node.Get("extends").IsSet():
		default:
			s.Foreign = slices.ContainsFunc(d.Services, func(other *model.Service) bool { return ours[other] }) && !isTied(d, s, ours)
		}
	}
}

// isOfStack reports whether a service is one of a stack: derived from it, or written into it.
func isOfStack(s *model.Service) bool { return strings.HasSuffix(s.Position.File, ".cue") }

// isTied reports whether a service of Matrix or a document names a service, or it names one of Matrix, or has a document that is recognised.
func isTied(d *model.Deployment, s *model.Service, ours map[*model.Service]bool) bool {
	if slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
		return m.Document != nil && m.Document.Kind != model.KindOther && m.Document.Kind != model.KindScript
	}) {
		return true
	}
	return slices.ContainsFunc(d.Services, func(other *model.Service) bool {
		return ours[other] && (namesService(other.Node, s) || namesService(s.Node, other))
	}) || slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		switch doc.Kind {
		case model.KindCompose, model.KindEnv, model.KindScript, model.KindShell:
			return false
		}
		return doc.Root != nil && namesService(doc.Root, s)
	})
}

// ofMatrix matches what a service has that is part of a Matrix server, a bridge, a bot or an identity provider.
var ofMatrix = sync.OnceValue(func() func(text string) bool {
	return placeholder.Matching(`(?i)`, "matrix", "synapse", "continuwuity", "conduwuit", "tuwunel", "mautrix", "element", "homeserver", "livekit", "coturn", "hookshot", "draupnir", "mjolnir", "maubot",
		"heisenbridge", "sygnal", "authelia", "authentik", "keycloak", "zitadel", "kanidm", "rauthy", "lldap", `\bdex\b`)
})

// isOfMatrix reports whether a service is part of a Matrix server, or of what it logs people in by, as far as its product, its image and its settings tell.
func isOfMatrix(s *model.Service) bool {
	switch s.Product {
	case "synapse", "mas", "element", "livekit", "lk-jwt", "coturn", "pocket-id":
		return true
	}
	return ofMatrix()(s.Name) || mentions(s.Node, ofMatrix())
}

// namesService reports whether a text in a tree has a name of a service as a word.
func namesService(n *model.Node, s *model.Service) bool {
	names := []string{s.Name}
	for _, key := range []string{"container_name", "hostname"} {
		if name, known := s.Node.Get(key).Literal(); known && name != "" {
			names = append(names, name)
		}
	}
	return holdsWord(n, names)
}

func holdsWord(n *model.Node, words []string) bool {
	isWord := func(text string) bool {
		return text != "" && slices.ContainsFunc(words, func(word string) bool { return hasWord(text, word) })
	}
	return isWord(n.Text) ||
		slices.ContainsFunc(n.Fields, func(f model.Field) bool { return isWord(f.Key) || holdsWord(f.Value, words) }) ||
		slices.ContainsFunc(n.Items, func(item *model.Node) bool { return holdsWord(item, words) })
}

// hasWord reports whether a text holds a word between letters of no name.
func hasWord(text, word string) bool {
	isName := func(c byte) bool {
		return c == '-' || c == '_' || c >= '0' && c <= '9' || letter(c)
	}
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(word)
		if (begin == 0 || !isName(text[begin-1])) && (end == len(text) || !isName(text[end])) {
			return true
		}
		from = end
	}
}
