package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// placeholderNotRendered: none of these products replaces anything in its configuration.
func placeholderNotRendered() lint.Rule {
	return lint.Rule{
		Name:      "placeholder-not-rendered",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, element, well-known, livekit, coturn",
		Title:     "a placeholder that nothing replaces",
		Why: "The file is mounted as it stands, no script here fills it in, and MAS, Synapse, Element, LiveKit and coturn replace nothing in it. The text of the " +
			"placeholder becomes the value, or even the secret.",
		Sees: `Odd number of digits for key "default.secrets"; or nothing, and logins that fail`,
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Odd number of digits"},
		},
		Before: placeholderExample("${FORM_SECRET_FILE}"),
		After:  placeholderExample("/data/form_secret"),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/5363",
			"https://github.com/matrix-org/synapse/issues/11646",
		},
		Check: checkPlaceholderNotRendered,
	}
}

func checkPlaceholderNotRendered(d *model.Deployment, report func(diag.Finding)) {
	sent := map[*model.Document]bool{}
	for _, doc := range d.Documents {
		if doc.Root == nil || doc.Template || !sensitive.IsReadAsItStands(d, doc) || sent[doc.Inside] {
			continue
		}
		found := unreplaced(d, doc, remainders(doc))
		if doc.Inside != nil {
			sent[doc.Inside] = true
			found = unreplaced(d, doc.Inside, sentRemainders(d, doc.Inside))
		}
		if len(found) == 0 {
			continue
		}
		if d.Guide { // its readers go through it line by line
			reportEach(doc, found, report)
			continue
		}
		use := facts.ProductName(doc.Kind) + " reads"
		if strings.HasPrefix(string(doc.Kind), "well-known") {
			use = "the web server sends"
		}
		f := diag.Finding{
			Position: found[0].at,
			Message:  fmt.Sprintf("%s this file as it stands: nothing replaces %s", use, found[0].what),
			Hint:     "write the value, name a file that holds it, or render the file before it is mounted",
		}
		if doc.Inside != nil {
			f.Message = fmt.Sprintf("%s is sent as it stands: nothing replaces it", found[0].what)
			f.Hint = "write the value, or render the file before it is mounted"
		}
		for _, r := range found[1:] {
			f.Related = append(f.Related, diag.Related{Position: r.at, Message: "another stands here: " + r.what})
		}
		report(f)
	}
}

// placeholderExample returns a Synapse that reads its configuration from a folder.
func placeholderExample(file string) string {
	return example.Synapse("form_secret_path: "+file+"\n") + `-- compose.yaml --
services:
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    restart: unless-stopped
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - data:/data
      - ./secrets:/run/secrets:ro
volumes:
  data:
`
}

// remainder is a placeholder that is still there. what never is a secret: it stands for one.
type remainder struct {
	at   diag.Position
	what string
}

// remainders returns the placeholders in a document, in order, with those in keys.
func remainders(doc *model.Document) []remainder {
	if doc.Kind == model.KindCoturn {
		return textRemainders(doc.Root)
	}
	var found []remainder
	var walk func(n *model.Node)
	walk = func(n *model.Node) {
		if n.Unknown && n.Kind != model.Map && n.Kind != model.List {
			found = append(found, remainder{n.Position, placeholderIn(n.Text)})
		}
		for _, f := range n.Fields {
			if model.IsFilledIn(doc.Kind, f.Key) {
				continue
			}
			if doc.Kind == model.KindLiveKit && placeholder.In(f.Key) {
				found = append(found, remainder{f.Position, placeholderIn(f.Key)})
			}
			walk(f.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	walk(doc.Root)
	return found
}

// sentRemainders returns the placeholders in the documents that stand in the configuration of a web server. What that fills in itself is none.
func sentRemainders(d *model.Deployment, server *model.Document) []remainder {
	var found []remainder
	for _, doc := range d.Documents {
		if doc.Inside != server {
			continue
		}
		for _, r := range remainders(doc) {
			if !strings.HasPrefix(r.what, "$") && !strings.HasPrefix(r.what, "{") && placeholder.In(r.what) {
				found = append(found, r)
			}
		}
	}
	return found
}

// textRemainders returns the placeholders in a text of lines, outside of its comments.
func textRemainders(root *model.Node) []remainder {
	var found []remainder
	line := root.Position.Line
	for text := range strings.Lines(root.Text) {
		_, value, _ := strings.Cut(strings.TrimSpace(text), "=")
		if !strings.HasPrefix(strings.TrimSpace(text), "#") && placeholder.In(value) {
			at := diag.Position{File: root.Position.File, Line: line, Column: root.Position.Column + strings.Index(text, "=") + 1}
			found = append(found, remainder{at, placeholderIn(value)})
		}
		line++
	}
	return found
}

// placeholderIn returns the part of a text that waits to be replaced, without what surrounds it.
func placeholderIn(text string) string {
	if strings.HasPrefix(text, "ENC[") || strings.HasPrefix(text, "$ANSIBLE_VAULT") {
		return "an encrypted value"
	}
	part := placeholder.Shown(text)
	switch {
	case part != "":
		return part
	case len(text) <= 40:
		return text
	}
	return "a placeholder"
}
