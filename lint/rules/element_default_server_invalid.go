package rules

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
)

// elementDefaultServerInvalid: Element asks one homeserver when it starts, and shows a page of errors instead of a login if it cannot tell
// which.
func elementDefaultServerInvalid() lint.Rule {
	return lint.Rule{
		Name:      "element-default-server-invalid",
		Severity:  diag.Error,
		Documents: "element",
		Title:     "Element cannot tell which homeserver to ask",
		Why: "Element takes exactly one way to name its homeserver, with the URL under which /_matrix is found. Otherwise it shows an " +
			"error instead of a login.",
		Sees: "Your Element is misconfigured: no default server specified, or Invalid base_url for m.homeserver",
		Quotes: map[string][]string{
			"Element Web 1.12.26": {"Invalid base_url for m.homeserver"},
		},
		Before: `-- element.json --
{
  "brand": "Example",
  "default_server_config": {
    "m.homeserver": {"base_url": "matrix.example.org", "server_name": "example.org"}
  }
}
`,
		After: `-- element.json --
{
  "brand": "Example",
  "default_server_config": {
    "m.homeserver": {"base_url": "https://matrix.example.org", "server_name": "example.org"}
  }
}
`,
		Repairs: "puts https:// before a host alone, and removes /_matrix from the end",
		Source: []string{
			"element-hq/element-web apps/web/src/vector/app.tsx",
			"https://github.com/element-hq/element-web/blob/develop/docs/config.md",
			"https://github.com/element-hq/element-web/issues/23352",
		},
		Check: checkElementDefaultServer,
	}
}

func checkElementDefaultServer(d *model.Deployment, report func(diag.Finding)) {
	if d.Element == nil || d.Element.Root == nil {
		return
	}
	base, old := matrix.ElementBaseURL(d.Element), d.Element.At("default_hs_url")
	for _, key := range []string{"default_server_config", "default_server_name"} {
		if other := d.Element.At(key); old.IsSet() && other.IsSet() {
			report(diag.Finding{
				Position: old.Position,
				Message:  "Element shows an error instead of a login: default_hs_url may not stand beside " + key,
				Hint:     "delete default_hs_url, and default_is_url too",
				Related:  []diag.Related{{Position: d.Element.Root.Field(key).Position, Message: "the other one"}},
			})
			return
		}
	}
	if !namesServer(d.Element.Root) && !d.Element.Partial && !otherElementNamesServer(d) {
		report(diag.Finding{
			Position: d.Element.Nearest(),
			Message:  "Element shows an error instead of a login: nothing here says which homeserver is the default",
			Hint:     "write default_server_config with base_url and server_name of m.homeserver",
		})
	}
	if config := d.Element.At("default_server_config"); config != nil && config.Kind == model.Map && !config.Unknown && !base.IsSet() &&
		d.Element.Lacks("default_server_name") == model.Yes {
		report(diag.Finding{
			Position: d.Element.Nearest("default_server_config", "m.homeserver", "base_url"),
			Message:  "Element shows an error instead of a login: default_server_config does not say where the homeserver is",
			Hint:     "write m.homeserver with base_url, such as https://matrix.example.org",
		})
	}
	for _, node := range []*model.Node{base, old} {
		if problem, severity := homeserverURLProblem(node); problem != "" && !placeholder.FillsBraces(d, node.Text) {
			report(diag.Finding{
				Severity: severity,
				Position: node.Position,
				Message:  problem,
				Hint:     "write what stands before /_matrix in the homeserver's addresses, such as https://matrix.example.org",
				Fix:      repairHomeserverURL(node),
			})
		}
	}
}

// namesServer reports whether a configuration of Element says which homeserver it asks.
func namesServer(root *model.Node) bool {
	return root.Get("default_server_config").IsSet() || root.Get("default_server_name").IsSet() || root.Get("default_hs_url").IsSet()
}

// otherElementNamesServer reports whether Element may read another file instead, one for the host that it is opened on.
func otherElementNamesServer(d *model.Deployment) bool {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindElement && namesServer(doc.Root) {
			return true
		}
	}
	return false
}

// homeserverURLProblem returns what Element makes of a URL that is none of a homeserver, or "".
func homeserverURLProblem(node *model.Node) (string, diag.Severity) {
	text, known := node.Literal()
	if !known || placeholder.In(text) {
		return "", 0
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return fmt.Sprintf("Element shows an error instead of a login: %q is no URL with https://", text), diag.Error
	case strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/_matrix"):
		return "Element finds no homeserver, since it appends /_matrix to this URL, which already ends in it", diag.Error
	case u.Scheme == "http" && matrix.IsPublicHost(u.Hostname()):
		return fmt.Sprintf("Element sends passwords and messages to %s without encryption, and no browser lets it from a page on https", u.Host), diag.Warning
	}
	return "", 0
}

// repairHomeserverURL returns the fix for a URL that lacks its scheme, or ends in what Element appends, or nil.
func repairHomeserverURL(node *model.Node) *diag.Fix {
	u, err := url.Parse(node.Text)
	if err != nil {
		return nil
	}
	if before, found := strings.CutSuffix(strings.TrimSuffix(node.Text, "/"), "/_matrix"); found && u.Host != "" {
		return lint.Rewrite(node, before)
	}
	bare := u.Scheme == "" && u.Host == "" && !strings.ContainsAny(node.Text, "/:?#")
	if bare && net.ParseIP(node.Text) == nil && matrix.IsPublicHost(node.Text) {
		return lint.Rewrite(node, "https://"+node.Text)
	}
	return nil
}
