package rules

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseFederationClosed: an empty whitelist lets nobody in. Some mean just that, so it takes a sign that this one does not. One with a star
// lets nobody in either, and nobody means that.
func synapseFederationClosed() lint.Rule {
	return lint.Rule{
		Name:      "synapse-federation-closed",
		Severity:  diag.Warning,
		Documents: "synapse, compose, proxy",
		Title:     "a federation_domain_whitelist that lets nobody in",
		Why: "An empty list means that no server may federate, not that every one may; something else in this deployment says that they " +
			"should. Nor is * every server: Synapse looks for the whole name of a server in the list.",
		Sees: "403 M_FORBIDDEN and Federation denied with the name of the other server, for every one; rooms on other servers cannot be joined",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"M_FORBIDDEN", "Federation denied with"},
		},
		Before: example.Synapse(`federation_domain_whitelist: [] # empty = allow all
`),
		After: example.Synapse(`# federation_domain_whitelist: [matrix.org]
`),
		Source: []string{
			"element-hq/synapse synapse/config/federation.py",
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#federation_domain_whitelist",
		},
		Check: checkSynapseFederationClosed,
	}
}

// saysClosed matches a comment which says that federation is closed on purpose.
var saysClosed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(clos(e|es|ed|ing)|disabl\w*|isolat\w*|private|nobody|no (one|servers?|federation)|none|block\w*|den(y|y all|ied)|refuse\w*|without federation|off|harden\w*|lock\w*)\b`)
})

func checkSynapseFederationClosed(d *model.Deployment, report func(diag.Finding)) {
	list := d.Synapse.At("federation_domain_whitelist")
	if list == nil || list.Kind != model.List || list.Unknown || !matrix.MayServeFederation(d.Synapse) {
		return
	}
	if len(list.Items) > 0 {
		reportPatterns(list, report)
		return
	}
	comment := d.Synapse.Root.Field("federation_domain_whitelist").Comment
	if saysClosed().MatchString(comment) {
		return
	}
	evidence, found := openFederation(d, comment)
	if !found {
		return
	}
	f := diag.Finding{
		Position: d.Synapse.Nearest("federation_domain_whitelist"),
		Message:  "no other server may federate with this one, since the whitelist is empty, and " + evidence.Message,
		Hint:     "delete federation_domain_whitelist to let every server in, or say in its comment that federation is closed",
	}
	if evidence.Position != f.Position {
		f.Related = []diag.Related{evidence}
	}
	report(f)
}

// reportPatterns reports entries with a star: Synapse looks a server up in the list by its whole name.
func reportPatterns(list *model.Node, report func(diag.Finding)) {
	for _, entry := range list.Items {
		if text, known := entry.Literal(); known && strings.Contains(text, "*") {
			f := diag.Finding{
				Position: entry.Position,
				Message:  fmt.Sprintf("%q lets no server in: the whitelist has names, and no patterns", text),
				Hint:     "name each server, or delete federation_domain_whitelist to let every server in",
			}
			if len(list.Items) == 1 {
				f.Message = fmt.Sprintf("no other server may federate with this one: %q is no pattern, and the name of no server", text)
			}
			report(f)
			return
		}
	}
}

// saysOpen matches one which says that others may federate.
var saysOpen = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\b(allow\w*|everybody|everyone|open)\b`) })

// openFederation returns a sign that federation is wanted.
func openFederation(d *model.Deployment, comment string) (diag.Related, bool) {
	if saysOpen().MatchString(comment) {
		return diag.Related{Position: d.Synapse.Nearest("federation_domain_whitelist"), Message: "its comment says that they are allowed"}, true
	}
	if node := d.Synapse.At("serve_server_wellknown"); matrix.PythonTrue(node) == model.Yes {
		return diag.Related{Position: node.Position, Message: "Synapse tells the others where to find it"}, true
	}
	for _, doc := range d.Documents {
		if m := doc.Root.Get("m.server"); m != nil && doc.Kind == model.KindWellKnownServer && container.IsMounted(d, doc) {
			return diag.Related{Position: m.Position, Message: "a well-known document tells the others where to find it"}, true
		}
	}
	for i := range d.Routes {
		if r := &d.Routes[i]; r.Rule == nil && r.ReachesProduct("synapse") && strings.Contains(lineAt(d, r.Position), "federation") {
			return diag.Related{Position: r.Position, Message: "the proxy leads the others to it"}, true
		}
	}
	for _, s := range d.Services {
		if s.Inactive {
			continue
		}
		for _, label := range s.Labels {
			if text, known := label.Value.Literal(); known && strings.Contains(text, "/_matrix/federation") {
				return diag.Related{Position: label.Value.Position, Message: "a router leads the others to it"}, true
			}
		}
		if at, found := container.Publishes(s, "8448"); found {
			return diag.Related{Position: at, Message: "the port of federation is published"}, true
		}
	}
	return diag.Related{}, false
}

// lineAt returns the line of a text at a position.
func lineAt(d *model.Deployment, at diag.Position) string {
	for _, doc := range d.Documents {
		if doc.Format == model.Text && doc.Root != nil && doc.Root.Position.File == at.File {
			if lines := strings.Split(doc.Root.Text, "\n"); at.Line >= 1 && at.Line <= len(lines) {
				return lines[at.Line-1]
			}
		}
	}
	return ""
}
