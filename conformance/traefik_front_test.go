package conformance

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	httpmuxer "github.com/traefik/traefik/v3/pkg/muxer/http"
	fileprovider "github.com/traefik/traefik/v3/pkg/provider/file"
	"gopkg.in/yaml.v3"
)

// TestTraefikFront has Traefik read the generated files, and asks its matcher for every URL of the table.
func TestTraefikFront(t *testing.T) {
	eachFront(t, "traefik-routes.yaml", func(t *testing.T, d deployment, all []row) {
		f := newFront(t, d)
		provider := &fileprovider.Provider{}
		configuration, err := provider.DecodeConfiguration(filepath.Join(d.dir, "traefik-routes.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		parser, err := httpmuxer.NewSyntaxParser()
		if err != nil {
			t.Fatal(err)
		}
		// What is routed at each port: a router is at the entry points that it names.
		at := map[string]*httpmuxer.Muxer{}
		points := d.entryPoints(t)
		for _, port := range points {
			at[port] = httpmuxer.NewMuxer(parser, nil)
		}
		for name, router := range configuration.HTTP.Routers {
			service := configuration.HTTP.Services[router.Service]
			if service == nil || service.LoadBalancer == nil || len(service.LoadBalancer.Servers) == 0 {
				t.Fatalf("the router %s goes to %q, which has no server", name, router.Service)
			}
			for _, middleware := range router.Middlewares {
				if configuration.HTTP.Middlewares[middleware] == nil {
					t.Errorf("the router %s uses the middleware %q, which does not exist", name, middleware)
				}
			}
			server, err := url.Parse(service.LoadBalancer.Servers[0].URL)
			if err != nil {
				t.Fatal(err)
			}
			to := d.name + "/" + f.service(t, server.Host)
			for _, further := range service.LoadBalancer.Servers[1:] {
				if at, err := url.Parse(further.URL); err != nil || kind(f.service(t, at.Host)) != kind(to) || kind(to) == "" {
					t.Errorf("the router %s goes to %s and to %s", name, to, further.URL)
				}
			}
			for _, point := range router.EntryPoints {
				if at[points[point]] == nil {
					t.Fatalf("the router %s is at the entry point %q, which does not exist", name, point)
				}
				if err := at[points[point]].AddRoute(router.Rule, router.RuleSyntax, router.Priority, "file", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, to) })); err != nil {
					t.Errorf("the router %s: %v", name, err)
				}
			}
		}
		none := httpmuxer.NewMuxer(parser, nil)
		for _, r := range all {
			u, err := url.Parse(r.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := ask(t, map[string]*httpmuxer.Muxer{"https": cmp.Or(at[cmp.Or(u.Port(), "443")], none), "http": none}, r.url); !r.fits(d.name, d.listening(t, got, r.url)) {
				t.Errorf("%s: %s: %q answers, want %q", r.at, r.url, got, r.want(d.name))
			}
		}
	})
}

// entryPoints returns the ports of the entry points in traefik.yaml.
func (d deployment) entryPoints(t *testing.T) map[string]string {
	t.Helper()
	var configuration struct {
		EntryPoints map[string]struct{ Address string } `yaml:"entryPoints"`
	}
	if err := yaml.Unmarshal(d.read(t, "traefik.yaml"), &configuration); err != nil {
		t.Fatal(err)
	}
	ports := map[string]string{}
	for name, point := range configuration.EntryPoints {
		ports[name] = strings.TrimPrefix(point.Address, ":")
	}
	return ports
}

// TestTraefikStatic holds that the names of the generated static configuration lead somewhere. Its keys are held against the table of Traefik's.
func TestTraefikStatic(t *testing.T) {
	eachFront(t, "traefik.yaml", func(t *testing.T, d deployment, _ []row) {
		var configuration struct {
			EntryPoints map[string]struct {
				Address string
				HTTP    struct {
					TLS          struct{ CertResolver string }
					Redirections struct{ EntryPoint struct{ To string } }
				}
			}
			Providers             struct{ File struct{ Filename string } }
			CertificatesResolvers map[string]struct{ ACME struct{ Storage string } }
		}
		if err := yaml.Unmarshal(lowered.ReplaceAllFunc(d.read(t, "traefik.yaml"), bytes.ToLower), &configuration); err != nil {
			t.Fatal(err)
		}
		secure, plain := configuration.EntryPoints["websecure"], configuration.EntryPoints["web"]
		resolver, known := configuration.CertificatesResolvers[secure.HTTP.TLS.CertResolver]
		if !known || plain.HTTP.Redirections.EntryPoint.To != secure.Address {
			t.Errorf("nothing gives certificates, or HTTP does not lead to HTTPS: %+v", configuration)
		}
		targets := map[string]bool{}
		for _, mount := range d.project(t).Services["traefik"].Volumes {
			targets[mount.Target] = true
			if mount.Source == "/var/run/docker.sock" {
				t.Error("Traefik has Docker's socket")
			}
		}
		if !targets[filepath.Dir(resolver.ACME.Storage)] || !targets[configuration.Providers.File.Filename] {
			t.Errorf("certificates or routes are on no mount: %v", targets)
		}
	})
}

// lowered matches the keys of a file, which have no case to Traefik.
var lowered = regexp.MustCompile(`(?m)^\s*[a-zA-Z]+:`)
