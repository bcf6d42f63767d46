package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// certificateNeverWritten: Traefik keeps all certificates in one JSON file, and nobody else can read that.
func certificateNeverWritten() lint.Rule {
	return lint.Rule{
		Name:      "certificate-never-written",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "coturn, synapse, livekit, compose",
		Title:     "a certificate is looked for where Traefik writes none",
		Why: "Traefik keeps its certificates in acme.json, and writes no files such as example.org.crt. A service that looks for one in the same " +
			"volume finds none, ever, unless a program takes them out of acme.json.",
		Sees: "cannot find certificate file, in coturn's log, and no TLS on its port",
		Quotes: map[string][]string{
			"coturn 4.6.1": {"cannot find certificate file"},
		},
		Before: certificateExample("acme", ""),
		After:  certificateExample("certs", certificateDumper),
		Source: []string{
			"https://doc.traefik.io/traefik/reference/install-configuration/tls/certificate-resolvers/acme/#storage",
			"https://github.com/traefik/traefik/issues/4916",
		},
		Check: checkCertificateFiles,
	}
}

func certificateExample(volume, dumper string) string {
	return strings.Replace(example.Resolved(`["80:80", "443:443"]`), "volumes:\n  acme: {}\n", `  turn:
    image: docker.io/coturn/coturn:4.17.0
    network_mode: host
    volumes: ["./turnserver.conf:/etc/coturn/turnserver.conf:ro", "`+volume+`:/certs:ro"]
`+dumper+`volumes:
  acme: {}
  certs: {}
`, 1) + `-- turnserver.conf --
use-auth-secret
realm=turn.example.org
denied-peer-ip=10.0.0.0-10.255.255.255
cert=/certs/turn.example.org.crt
pkey=/certs/turn.example.org.key
`
}

const certificateDumper = `  dumper:
    image: docker.io/ldez/traefik-certs-dumper:v2.10.0
    command: file --version v2 --watch --source /acme/acme.json --dest /certs
    volumes: ["acme:/acme:ro", "certs:/certs"]
`

// certificateUse is a path of a container at which a service looks for a certificate.
type certificateUse struct {
	service *model.Service
	path    *model.Node
	name    string
}

func checkCertificateFiles(d *model.Deployment, report func(diag.Finding)) {
	store := acmeStore(d)
	if store == nil {
		return
	}
	reported := map[*model.Service]bool{}
	for _, use := range certificateUses(d) {
		text, known := use.path.Literal()
		mount := use.service.MountAt(text)
		if !known || mount == nil || mount.Type != store.Type || mount.Source != store.Source || reported[use.service] ||
			path.Base(text) == path.Base(store.Target) || mayWrite(d, store, use.service) {
			continue
		}
		reported[use.service] = true
		report(diag.Finding{
			Position: use.path.Position,
			Message:  fmt.Sprintf("%s never finds this %s: Traefik keeps certificates in acme.json there, and writes no such file", use.service.Name, use.name),
			Hint:     "let a program such as traefik-certs-dumper write them to a volume of their own, and mount that one",
			Related:  []diag.Related{{Position: store.Position, Message: "where Traefik keeps them"}},
		})
	}
}

// acmeStore returns the mount of Traefik that holds its certificates, or nil.
func acmeStore(d *model.Deployment) *model.Mount {
	if d.Proxy == nil || d.Proxy.Kind != "traefik" || d.Proxy.Service == nil || d.Proxy.Home != d {
		return nil
	}
	for _, name := range d.Proxy.Names("certificatesresolvers") {
		storage, known := d.Proxy.Static["certificatesresolvers."+name+".acme.storage"].Literal()
		if mount := d.Proxy.Service.MountAt(storage); known && mount != nil && mount.Source != "" {
			return mount
		}
	}
	return nil
}

// certificateUses returns where services look for certificates.
func certificateUses(d *model.Deployment) []certificateUse {
	var uses []certificateUse
	add := func(s *model.Service, n *model.Node, name string) {
		if s != nil && n.IsSet() {
			uses = append(uses, certificateUse{s, n, name})
		}
	}
	if turn := matrix.TurnServerOf(d); turn != nil {
		for _, name := range []string{"cert", "pkey"} {
			for _, n := range turn.Option(name) {
				add(turn.Service, n, name)
			}
		}
	}
	if d.Synapse != nil && !d.Synapse.Guessed {
		for _, key := range []string{"tls_certificate_path", "tls_private_key_path"} {
			add(d.Synapse.Service, d.Synapse.At(key), key)
		}
	}
	if server, s := matrix.CallServerOf(d), matrix.OnlyService(d, "livekit"); server != nil {
		add(s, server.Doc.Root.At("turn", "cert_file"), "cert_file")
	}
	return uses
}

// mayWrite reports whether a container besides Traefik and the one that looks may write files there.
func mayWrite(d *model.Deployment, store *model.Mount, reader *model.Service) bool {
	for _, s := range d.Services {
		if s == d.Proxy.Service || s == reader {
			continue
		}
		for _, m := range s.Mounts {
			if m.Source == store.Source || store.Type == "bind" && (strings.HasPrefix(m.Source, store.Source+"/") || strings.HasPrefix(store.Source, m.Source+"/")) {
				return true
			}
		}
	}
	return !container.MountsKnown(d, reader)
}
