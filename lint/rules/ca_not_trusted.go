package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// caNotTrusted: a certificate in the folder from which a distribution makes its bundle does nothing until somebody makes it.
func caNotTrusted() lint.Rule {
	return lint.Rule{
		Name:      "ca-not-trusted",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "compose",
		Title:     "a service does not read the CA that is mounted for it",
		Why: "A CA in /usr/local/share/ca-certificates counts once update-ca-certificates has run. The images of MAS and lk-jwt-service do not " +
			"have that program: they read the bundle of their image, or what SSL_CERT_FILE names.",
		Sees:   "invalid peer certificate: UnknownIssuer, or x509: certificate signed by unknown authority",
		Before: caExample(""),
		After:  caExample("    environment:\n      SSL_CERT_FILE: /usr/local/share/ca-certificates/home.crt\n"),
		Source: []string{
			"https://docs.rs/rustls-native-certs/latest/rustls_native_certs/",
			"https://pkg.go.dev/crypto/x509#SystemCertPool",
			"https://github.com/element-hq/matrix-authentication-service/issues/4885",
		},
		Check: checkCA,
	}
}

func caExample(environment string) string {
	return example.MAS("") + `-- ca/home.crt --
-----BEGIN CERTIFICATE-----
MIIB
-----END CERTIFICATE-----
` + example.Compose(`  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas.yaml:/config.yaml:ro
      - ./ca/home.crt:/usr/local/share/ca-certificates/home.crt:ro
    secrets: [database, encryption, key, shared, client]
`+environment)
}

func checkCA(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		if s.Product != "mas" && s.Product != "lk-jwt" || !container.RunsImage(s) || s.Image.Holds != "" || strings.Contains(s.Image.Tag, "debug") ||
			container.LacksVariable(d, s, "SSL_CERT_FILE", "SSL_CERT_DIR") != model.Yes {
			continue
		}
		for _, m := range s.Mounts {
			switch {
			case isAnchor(m.Target):
				report(diag.Finding{
					Position: m.Position,
					Message:  fmt.Sprintf("%s does not trust this CA: nothing in its image reads %s", s.Name, m.Target),
					Hint:     "name the file with SSL_CERT_FILE; if the service also talks to servers of others, let it hold their CAs, too",
				})
			case isBundle(m.Target) && holdsOneCertificate(m.Document):
				report(diag.Finding{
					Position: m.Position,
					Message:  fmt.Sprintf("%s trusts this one CA, and none of those of the internet: it takes the place of the whole bundle", s.Name),
					Hint:     "mount a bundle that has the usual CAs as well",
				})
			}
		}
	}
}

// isAnchor reports whether a path is where a distribution looks for CAs of one's own when it makes its bundle.
func isAnchor(target string) bool {
	for _, folder := range []string{"/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"} {
		if target == folder || strings.HasPrefix(target, folder+"/") {
			return true
		}
	}
	return false
}

func isBundle(target string) bool {
	return target == "/etc/ssl/certs/ca-certificates.crt" || target == "/etc/ssl/cert.pem"
}

func holdsOneCertificate(doc *model.Document) bool {
	return doc != nil && doc.Root != nil && !doc.Template && strings.Count(doc.Root.Text, "-----BEGIN CERTIFICATE-----") == 1
}
