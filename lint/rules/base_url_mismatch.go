package rules

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// baseURLMismatch: the public address of the homeserver, which clients learn from three places. That the proxy knows it too is for the rules
// on routes.
func baseURLMismatch() lint.Rule {
	return lint.Rule{
		Name:      "base-url-mismatch",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Fatal:     true,
		Documents: "synapse, element, well-known",
		Title:     "the homeserver's public address differs between files",
		Why: "Clients learn the homeserver's address from Element's file, from the well-known document and from Synapse itself. Where these " +
			"differ, some clients end up elsewhere, and links in mails and QR codes lead nowhere.",
		Sees: "Invalid scheme '': only https and http are supported, or .well-known not available",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Invalid scheme '': only https and http are supported"},
		},
		Before: baseURLExample("https://synapse.example.org"),
		After:  baseURLExample("https://matrix.example.org"),
		Source: []string{
			"element-hq/synapse synapse/config/server.py",
			"https://github.com/element-hq/synapse/issues/18859",
			"https://github.com/element-hq/element-web/issues/33037",
		},
		Check: checkBaseURLMismatch,
	}
}

func baseURLExample(base string) string {
	return example.Synapse("") + `-- element.json --
{
  "brand": "Example",
  "default_server_config": {
    "m.homeserver": {"base_url": "` + base + `", "server_name": "example.org"}
  }
}
`
}

func checkBaseURLMismatch(d *model.Deployment, report func(diag.Finding)) {
	reportNoScheme(d, report)
	report = lint.Guessing(report, d.Synapse, d.Element)
	public := d.Synapse.At("public_baseurl")
	if !public.IsSet() {
		reportNoBaseURL(d, report)
		return
	}
	if text, known := public.Literal(); known && !placeholder.In(text) && !hasWebScheme(text) {
		report(diag.Finding{
			Position: public.Position,
			Message:  fmt.Sprintf("Synapse does not start: public_baseurl %q has neither http:// nor https://", text),
			Hint:     "write the address that clients use, such as https://matrix.example.org/",
		})
		return
	}
	reportUnencrypted(d, public, report)
	wellKnown := differentWellKnown(d, public)
	element := differentElement(d, public)
	if wellKnown != nil {
		f := baseURLFinding(wellKnown, public, "clients that ask for the well-known document go to")
		if element != nil && model.SameURL(element, wellKnown) == model.Yes {
			f.Related = append(f.Related, diag.Related{Position: element.Position, Message: "Element goes there too"})
			element = nil
		}
		report(f)
	}
	if element != nil {
		f := baseURLFinding(element, public, "Element goes to")
		f.Severity = diag.Warning
		report(f)
	}
}

// reportNoScheme reports a well-known document whose address is no URL.
func reportNoScheme(d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		if doc.Kind != model.KindWellKnownClient || doc.Template || !container.IsMounted(d, doc) {
			continue
		}
		base := doc.Root.At("m.homeserver", "base_url")
		if text, known := base.Literal(); known && text != "" && !placeholder.In(text) && !hasWebScheme(text) {
			report(diag.Finding{
				Position: base.Position,
				Message:  fmt.Sprintf("clients do not find the homeserver by its name: base_url %q has neither http:// nor https://", text),
				Hint:     "write the address that clients use, such as https://matrix.example.org",
			})
		}
	}
}

// reportUnencrypted reports an address without TLS of a homeserver that its proxy serves with TLS: it is what Synapse tells clients.
func reportUnencrypted(d *model.Deployment, public *model.Node, report func(diag.Finding)) {
	text, known := public.Literal()
	host, ok := matrix.PublicHost(public)
	if !known || !ok || !strings.HasPrefix(strings.ToLower(text), "http://") || !matrix.IsPublicHost(host) {
		return
	}
	if what, r := matrix.FateOf(d, matrix.ClientRequest(host)); what != matrix.FateService || !r.ReachesProduct("synapse") || !matrix.HasTLS(d.Proxy, r) {
		return
	}
	lint.GuessingProxy(d, report)(diag.Finding{
		Severity: diag.Warning,
		Position: public.Position,
		Message:  fmt.Sprintf("clients that ask Synapse where it is are told to come to %s without TLS, which browsers refuse from a page on https", host),
		Hint:     "write https://, as the proxy serves it",
	})
}

// reportNoBaseURL reports a Synapse that takes itself to be at its server name, while the proxy has it on another host alone. That Synapse then
// has no document for clients is for another rule.
func reportNoBaseURL(d *model.Deployment, report func(diag.Finding)) {
	a, ok := matrix.ApexOf(d)
	if !ok || d.Synapse.Partial || a.IsHomeserver {
		return
	}
	hosts := matrix.HomeserverHosts(d)
	document, _ := d.Answering(matrix.Get(a.Host, "/.well-known/matrix/client"))
	elsewhere, _ := matrix.FateOf(d, matrix.ClientRequest(a.Host))
	if len(hosts) == 0 || !matrix.IsPublicHost(hosts[0]) || len(document) > 0 && document[0].ReachesProduct("synapse") ||
		(elsewhere == matrix.FateUnknown || elsewhere == matrix.FateFiles) && (a.IsNamed || d.Proxy.Partial) {
		return
	}
	severity := diag.Error
	if !a.IsNamed {
		severity = diag.Warning // what has that host may lead to Synapse, too
	}
	lint.GuessingProxy(d, report)(diag.Finding{
		Severity: severity,
		Position: d.Synapse.Nearest("public_baseurl"),
		Message:  fmt.Sprintf("links in mails, QR codes and single sign-on lead to %s: without public_baseurl Synapse takes that for its address, and it is at %s", a.Host, hosts[0]),
		Hint:     "write public_baseurl: https://" + hosts[0] + "/",
	})
}

func baseURLFinding(node, public *model.Node, who string) diag.Finding {
	return diag.Finding{
		Position: node.Position,
		Message:  fmt.Sprintf("%s %s, and Synapse takes itself to be at %s", who, node.Text, public.Text),
		Hint:     "write one address in both; a final slash makes no difference",
		Related:  []diag.Related{{Position: public.Position, Message: "public_baseurl of Synapse"}},
	}
}

// differentElement returns the homeserver's address in Element's file if it is another than Synapse's, and nothing shows that Synapse is
// reached there too.
func differentElement(d *model.Deployment, public *model.Node) *model.Node {
	base := matrix.ElementBaseURL(d.Element)
	if !matrix.Related(d, d.Synapse, d.Element) || !differentURL(d, base, public) {
		return nil
	}
	return base
}

// differentWellKnown returns the homeserver's address in a well-known document that is served, if it is another than Synapse's.
func differentWellKnown(d *model.Deployment, public *model.Node) *model.Node {
	if len(d.Services) > 0 && d.Synapse.Service == nil {
		return nil
	}
	for _, doc := range d.Documents {
		base := doc.Root.At("m.homeserver", "base_url")
		if doc.Kind == model.KindWellKnownClient && container.IsMounted(d, doc) && differentURL(d, base, public) {
			return base
		}
	}
	if base := sentByNeighbour(d).At("m.homeserver", "base_url"); differentURL(d, base, public) {
		return base
	}
	return nil
}

// sentByNeighbour returns the document for clients that a proxy of another deployment sends itself for the server name, or nil.
func sentByNeighbour(d *model.Deployment) *model.Node {
	a, known := matrix.ApexOf(d)
	if !known || d.Proxy == nil || d.Proxy.Home == nil || d.Proxy.Home == d || d.Proxy.Guessed {
		return nil
	}
	routes, _ := d.Answering(matrix.Get(a.Host, "/.well-known/matrix/client"))
	if len(routes) == 0 || routes[0].Body == nil {
		return nil
	}
	at := routes[0].Body.Position
	for _, doc := range d.Proxy.Home.Documents {
		if doc.Kind == model.KindWellKnownClient && doc.Root.Position.File == at.File && doc.Root.Position.Line == at.Line {
			return doc.Root
		}
	}
	return nil
}

// differentURL reports whether two addresses of the homeserver differ for sure: both are known, and no proxy has the other host.
func differentURL(d *model.Deployment, base, public *model.Node) bool {
	text, known := base.Literal()
	publicText, _ := public.Literal()
	if !known || placeholder.In(text) || placeholder.In(publicText) || model.SameURL(base, public) != model.No || !hasWebScheme(text) {
		return false
	}
	u, err := url.Parse(text)
	withoutTLS := "http://" + strings.TrimPrefix(strings.TrimSuffix(publicText, "/"), "https://")
	if err != nil || strings.TrimSuffix(text, "/") == withoutTLS || matrix.MayBecomeSame(d, base, public) {
		return false // http instead of https is for the rule on Element's default server
	}
	return !isNamedByProxy(d, u.Hostname())
}

// isNamedByProxy reports whether Synapse is reached on the host by a proxy, too, or whether that may be: the proxy has the host, or is not
// whole, and the host stands in one of the places where hosts are named.
func isNamedByProxy(d *model.Deployment, host string) bool {
	if d.Proxy != nil {
		switch what, r := matrix.FateOf(d, matrix.ClientRequest(host)); {
		case what == matrix.FateService:
			return r.ReachesProduct("synapse")
		case what == matrix.FateNobody, matrix.IsNamed(d, host):
			return what != matrix.FateNobody
		}
	}
	word := regexp.MustCompile(`(?i)(^|[^\w.-])` + regexp.QuoteMeta(host) + `($|[^\w.-])`)
	for _, s := range d.Services {
		for _, label := range s.Labels {
			if label.Value != nil && word.MatchString(label.Value.Text) {
				return true
			}
		}
	}
	for _, doc := range d.Documents {
		switch doc.Kind {
		case model.KindNginx, model.KindCaddy:
			if slices.ContainsFunc(strings.Split(doc.Root.Text, "\n"), func(line string) bool { return namesHosts(doc, line) && word.MatchString(line) }) {
				return true
			}
		case model.KindTraefikDynamic:
			if contains(doc.Root, word) {
				return true
			}
		}
	}
	return false
}

// namesHosts reports whether a line of a web server's configuration says which hosts it is for.
func namesHosts(doc *model.Document, line string) bool {
	if doc.Kind == model.KindNginx {
		return strings.Contains(line, "server_name") || !strings.ContainsAny(line, ";{\"'")
	}
	line = strings.TrimSpace(line)
	return strings.HasSuffix(line, "{") || strings.HasSuffix(line, ",")
}

// contains reports whether a text in a tree matches an expression.
func contains(n *model.Node, expression *regexp.Regexp) bool {
	return n != nil && (expression.MatchString(n.Text) ||
		slices.ContainsFunc(n.Items, func(item *model.Node) bool { return contains(item, expression) }) ||
		slices.ContainsFunc(n.Fields, func(f model.Field) bool { return contains(f.Value, expression) }))
}

// hasWebScheme reports whether a text begins as a URL of the web does.
func hasWebScheme(text string) bool {
	text = strings.ToLower(text)
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}
