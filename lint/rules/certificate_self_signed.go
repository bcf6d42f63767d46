package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// certificateSelfSigned: TLS needs a certificate, and Traefik makes up one that nobody trusts if it is given none.
func certificateSelfSigned() lint.Rule {
	return lint.Rule{
		Name:      "certificate-self-signed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "traefik, compose",
		Title:     "a router has TLS, and no certificate from anywhere",
		Why: "A router with TLS gets its certificate from a resolver, or from a file. With neither, Traefik shows one that it has made up. " +
			"Browsers warn of it, and apps and other servers refuse it without a word.",
		Sees: "TRAEFIK DEFAULT CERT, certificate signed by unknown authority, and no federation",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"TRAEFIK DEFAULT CERT"},
		},
		Before: strings.Replace(example.Resolved(`["80:80", "443:443"]`), "tls.certresolver=le", "tls=true", 1),
		After:  example.Resolved(`["80:80", "443:443"]`),
		Source: []string{
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/tls/tls-certificates/#default-certificate",
			"https://doc.traefik.io/traefik/reference/install-configuration/tls/certificate-resolvers/overview/",
		},
		Check: checkSelfSigned,
	}
}

func checkSelfSigned(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Proxy.Kind != "traefik" || d.Proxy.Home != d || !matrix.SeesProxy(d) || hasCertificates(d) {
		return
	}
	if _, published := container.Publishes(d.Proxy.Service, "443"); !published {
		return // what is in front of it may have one
	}
	for i := range d.Routes {
		r := &d.Routes[i]
		tls := r.At("tls")
		if tls == nil || tls.Unknown || tls.False() || r.At("tls", "certresolver") != nil || !r.Serves || !hasPublicHost(r) || hasResolver(d, r) {
			continue
		}
		at := matrix.RulePosition(r)
		if tls.Position.Line > 0 && tls.Kind != model.Map {
			at = tls.Position
		}
		report(diag.Finding{
			Position: at,
			Message:  fmt.Sprintf("apps and other servers refuse %s: it has TLS, and gets its certificate neither from a resolver nor from a file", matrix.RouteName(r)),
			Hint:     "write tls.certresolver with the name of a resolver, or give Traefik certificates in a file",
		})
		return // one cause for all of them
	}
}

// hasPublicHost reports whether a router has a public host, and leads to a service of Matrix.
func hasPublicHost(r *model.Route) bool {
	for _, product := range []string{"synapse", "mas", "element", "pocket-id", "lk-jwt"} {
		if r.ReachesProduct(product) && len(r.Matcher.Hosts()) > 0 {
			return matrix.IsPublicHost(r.Matcher.Hosts()[0])
		}
	}
	return false
}

// hasResolver reports whether an entry point of a router has a resolver for all its routers, or may have.
func hasResolver(d *model.Deployment, r *model.Route) bool {
	for _, point := range r.EntryPoints {
		if route.Has(d.Proxy.Static, "entrypoints."+strings.ToLower(point)+".http.tls.certresolver") {
			return true
		}
	}
	return len(r.EntryPoints) == 0 && len(d.Proxy.Names("certificatesresolvers")) > 0
}

// hasCertificates reports whether a file may give Traefik certificates.
func hasCertificates(d *model.Deployment) bool {
	for i := range d.Routes {
		if options := d.Routes[i].At("tls", "options"); options != nil && strings.HasSuffix(options.Text, "@file") {
			return true // a file that is not visible is there, too
		}
	}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindTraefikDynamic && doc.Root.Get("tls").IsSet() {
			return true
		}
	}
	return false
}
