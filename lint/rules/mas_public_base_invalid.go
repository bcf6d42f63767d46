package rules

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masPublicBase: every URL that MAS hands out begins with its public base: in its discovery document, in redirects, in its pages.
func masPublicBase() lint.Rule {
	return lint.Rule{
		Name:      "mas-public-base-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, proxy",
		Title:     "the public base of MAS is no public address",
		Why: "MAS builds every URL that it hands out of http.public_base. If that is no address of the web, MAS stops with a panic; if " +
			"nobody but MAS can reach it, Element and the identity provider are sent nowhere.",
		Sees: "base URL must be HTTP/HTTPS; or clients are sent to http://[::]:8080/",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"base URL must be HTTP/HTTPS"},
		},
		Before: example.MAS(`http:
  public_base: http://[::]:8080/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}, {name: graphql}, {name: assets}]
      binds: [{address: "0.0.0.0:8080"}]
`),
		After:   example.MAS(""),
		Repairs: "adds the slash that a path ends in",
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/5379",
			"https://github.com/element-hq/matrix-authentication-service/issues/2256",
			"element-hq/matrix-authentication-service crates/router/src/url_builder.rs",
		},
		Check: checkMASPublicBase,
	}
}

const cutPath = "MAS drops the last part of the path of its public base, because that does not end in a slash"

func checkMASPublicBase(d *model.Deployment, report func(diag.Finding)) {
	reportNoHTTP(d, report)
	base := d.MAS.At("http", "public_base")
	text, known := base.Literal()
	if !known || placeholder.In(text) {
		return
	}
	const hint = "write the address that browsers use, such as https://auth.example.org/"
	u, err := url.Parse(text)
	message, severity := "", diag.Error
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		message = "MAS does not start: its public base is no http or https URL"
	case u.User != nil:
		message = "MAS does not start: its public base holds a user name"
	case u.RawQuery != "" || u.Fragment != "":
		message = "MAS does not start: its public base has a query or a fragment"
	case isUnspecified(u.Hostname()):
		message = "browsers and clients are sent to " + u.Host + ", which is no address but stands for all of a host"
	case matrix.IsLoopback(u.Hostname()) && !matrix.IsLocal(d.MAS):
		message = "browsers and clients are sent to " + u.Host + ", which is their own machine"
	case u.Path != "" && !strings.HasSuffix(u.Path, "/"):
		message = cutPath
	case u.Scheme == "http" && !matrix.IsLoopback(u.Hostname()):
		message, severity = "MAS hands out http addresses, which Element X refuses", diag.Warning
	default:
		reportPrefix(d, base, u, report)
		return
	}
	f := diag.Finding{Severity: severity, Position: base.Position, Message: message, Hint: hint}
	if message == cutPath {
		f.Fix = lint.Rewrite(base, text+"/")
	}
	report(f)
}

// reportNoHTTP: without a section http, MAS says that it is at http://[::]:8080/, also to those who come through a proxy.
func reportNoHTTP(d *model.Deployment, report func(diag.Finding)) {
	if d.MAS == nil || d.MAS.Partial || d.MAS.Service == nil || d.MAS.Service.Inactive || d.MAS.At("http") != nil || d.MAS.Root == nil {
		return
	}
	if d.MAS.Guessed || d.Proxy == nil || d.Proxy.Guessed {
		return
	}
	for _, r := range matrix.RoutesTo(d, d.MAS.Service) {
		if len(r.Matcher.Hosts()) == 0 {
			continue
		}
		report(diag.Finding{
			Position: d.MAS.Root.KeyPosition(""),
			Message:  "browsers and clients are sent to http://[::]:8080/: MAS has no section http that says where it is",
			Hint:     "add http with public_base and listeners",
			Related:  []diag.Related{{Position: matrix.RulePosition(r), Message: "what leads to MAS"}},
		})
		return
	}
}

func isUnspecified(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsUnspecified()
}
