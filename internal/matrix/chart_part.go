package matrix

import (
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ChartPart is a text in values for Element's chart that a program of the chart merges with others, and puts variables into: all of it is read, its comments too.
// https://github.com/element-hq/ess-helm/blob/main/matrix-tools/internal/pkg/renderer/renderer.go
type ChartPart struct {
	Doc *model.Document
	// Product reads what comes of it, and Component is where the chart has that among its values.
	Product   string
	Component []string
}

// ChartParts returns the parts that the values of a deployment hold. Those that something renders before the chart has them are left out, and so are the texts
// for Element and for the server name, which the chart takes in another way.
func ChartParts(d *model.Deployment) []ChartPart {
	var parts []ChartPart
	for _, doc := range d.Documents {
		part := ChartPart{Doc: doc}
		switch doc.Kind {
		case model.KindSynapse:
			part.Product, part.Component = "Synapse", []string{"synapse"}
		case model.KindMAS:
			part.Product, part.Component = "MAS", []string{"matrixAuthenticationService"}
		case model.KindLiveKit:
			part.Product, part.Component = "LiveKit", []string{"matrixRTC", "sfu"}
		}
		if doc.Source != nil && !doc.Template && part.Product != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// EachLine calls visit with each line of the part, and a function that tells where a byte of it stands.
func (p ChartPart) EachLine(visit func(line string, at func(i int) diag.Position)) {
	for i, line := range strings.Split(p.Doc.Source.Text, "\n") {
		visit(line, func(n int) diag.Position {
			at := p.Doc.Source.Position
			if !p.Doc.Flat {
				at.Line, at.Column = at.Line+i, at.Column+utf8.RuneCountInString(line[:n])
			}
			return at
		})
	}
}

// InComment reports whether what follows the beginning of a line stands in a comment.
func InComment(before string) bool {
	bare := strings.TrimSpace(before)
	return strings.HasPrefix(bare, "#") || strings.Contains(before, " #")
}
