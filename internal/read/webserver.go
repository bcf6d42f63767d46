package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// brokenNginx returns what keeps nginx from reading the files that its containers have where it looks for its configuration.
func brokenNginx(d *model.Deployment) []diag.Finding {
	var findings []diag.Finding
	var seen []*model.Document
	for _, s := range d.Of("nginx") {
		for _, m := range s.Mounts {
			for _, doc := range d.Documents {
				target := targetOf(m, doc)
				if doc.Kind != model.KindNginx || !strings.HasPrefix(target, "/etc/nginx/") || path.Ext(target) != ".conf" || slices.Contains(seen, doc) {
					continue
				}
				seen = append(seen, doc)
				if f, broken := brokenText(doc); broken {
					findings = append(findings, f)
				}
			}
		}
	}
	return findings
}

// targetOf returns where a mount has a document in the container, or "".
func targetOf(m model.Mount, doc *model.Document) string {
	if m.Document == doc {
		return m.Target
	}
	if rest, below := strings.CutPrefix(doc.Name, m.Source+"/"); below && m.Document == nil && m.Type == "bind" && m.Source != "" {
		return path.Join(m.Target, rest)
	}
	return ""
}

// brokenText parses a text as nginx does. One that something renders first is left alone.
func brokenText(doc *model.Document) (diag.Finding, bool) {
	if doc.Template || doc.Flat || placeholder.HoldsLines(doc.Root.Text) {
		return diag.Finding{}, false
	}
	_, problem := nginx.Parse(doc.Root.Position.File, doc.Root.Text)
	if problem == nil {
		return diag.Finding{}, false
	}
	at := problem.Position
	at.Line += doc.Root.Position.Line - 1
	at.Column += doc.Root.Position.Column - 1
	return diag.Finding{Rule: "syntax-error", Severity: diag.Error, Position: at, Message: "nginx does not start: " + problem.Message,
		Hint: "look for a semicolon that is missing before this place, and for a brace or a quote that has no other"}, true
}
