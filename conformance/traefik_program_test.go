package conformance

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// edge is the entry point of a deployment: Traefik itself, which reads the labels from an engine.
type edge struct {
	authority, stranger authority
	hosts               []string
	broken              map[string]string // what is wrong with a host, as newScene's faults name it
	plain               http.Handler      // answers at port 80 in place of Traefik
}

// serve starts Traefik before the backends, and returns the addresses of TLS and of plain HTTP. A service without a backend is a container that does not run.
func (g *edge) serve(t *testing.T, d deployment, backends map[string]http.Handler) (secure, plain string) {
	t.Helper()
	program := os.Getenv("MATRIXGEN_CONFORMANCE_TRAEFIK")
	if program == "" {
		t.Skip("MATRIXGEN_CONFORMANCE_TRAEFIK is not set: run conformance/run")
	}
	project := d.project(t)
	for _, name := range project.ServiceNames() {
		if backends[name] == nil {
			delete(project.Services, name)
		}
	}
	e := newEngine()
	e.network = "127" // so that every container has an address of this machine
	e.run(d.name, project)
	for address, to := range e.reverse {
		name := path.Base(to.service)
		serveAt(t, address+":"+ports[name], backends[name])
		if name == "mas" {
			serveAt(t, address+":8081", backends[name]) // health
		}
	}
	routers := 0
	for _, container := range e.containers {
		labels := container["Config"].(map[string]any)["Labels"].(map[string]string)
		for _, label := range slices.Collect(maps.Keys(labels)) {
			router, isRule := strings.CutSuffix(label, ".rule")
			if !isRule || labels["traefik.enable"] != "true" {
				continue
			}
			routers++
			for host, what := range g.broken {
				if what == "http1" && strings.Contains(labels[label], "Host(`"+host+"`)") {
					labels[router+".tls.options"] = "http1@file"
				}
			}
		}
	}
	secure, plain = runTraefik(t, program, e, g.dynamic(t), routers)
	if g.plain != nil {
		plain = strings.TrimPrefix(listen(t, g.plain), "http://")
	}
	return secure, plain
}

// runTraefik starts Traefik beside the engine, and returns its addresses of TLS and of plain HTTP once it knows as many routers.
func runTraefik(t *testing.T, program string, e *engine, dynamic string, routers int) (secure, plain string) {
	t.Helper()
	secure, plain = nowhere(t), nowhere(t)
	api := nowhere(t)
	arguments := []string{
		"--entrypoints.websecure.address=" + secure, "--entrypoints.web.address=" + plain, "--entrypoints.traefik.address=" + api, "--api.insecure=true",
		"--entrypoints.web.http.redirections.entrypoint.to=:443", "--entrypoints.web.http.redirections.entrypoint.scheme=https",
		"--providers.docker.endpoint=" + e.serve(t), "--providers.docker.exposedbydefault=false", "--providers.docker.watch=false",
		"--providers.file.filename=" + dynamic, "--providers.providersthrottleduration=10ms",
		"--global.checknewversion=false", "--global.sendanonymoususage=false",
	}
	server := start(t, exec.Command(program, arguments...))
	server.until(t, "read the labels", 20*time.Second, func() error {
		response, err := http.Get("http://" + api + "/api/http/routers?per_page=1000")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		var known []struct{ Provider string }
		if err := json.NewDecoder(response.Body).Decode(&known); err != nil {
			return err
		}
		known = slices.DeleteFunc(known, func(r struct{ Provider string }) bool { return r.Provider != "docker" })
		if len(known) != routers {
			return fmt.Errorf("%d routers, want %d", len(known), routers)
		}
		return nil
	})
	return secure, plain
}

// TestTraefikWaits holds that nobody else answers for a container that is not healthy yet, or does not run: neither Synapse for MAS, nor MAS for
// Synapse, nor Element Web for the documents below /.well-known/.
func TestTraefikWaits(t *testing.T) {
	program := os.Getenv("MATRIXGEN_CONFORMANCE_TRAEFIK")
	if program == "" {
		t.Skip("MATRIXGEN_CONFORMANCE_TRAEFIK is not set: run conformance/run")
	}
	for _, c := range []struct{ stack, service, asked string }{
		{"home", "mas", "https://matrix.example.org/_matrix/client/v3/login"},
		{"home", "mas", "https://account.example.org/"},
		{"home", "synapse", "https://matrix.example.org/_matrix/client/versions"},
		{"mas-path", "mas", "https://matrix.mas-path.example/_matrix/client/v3/login"},
		{"mas-shared", "synapse", "https://matrix.mas-shared.example/_matrix/client/versions"},
		{"apex-element", "well-known", "https://element-apex.example/.well-known/matrix/client"},
	} {
		for _, state := range []map[string]any{
			{"Status": "running", "Health": map[string]any{"Status": "starting"}},
			{"Status": "running", "Health": map[string]any{"Status": "unhealthy"}},
			{"Status": "exited"},
		} {
			t.Run(fmt.Sprintf("%s/%s/%v", c.stack, c.service, state), func(t *testing.T) {
				d := deploymentOf(t, c.stack)
				e := newEngine()
				e.network = "127"
				e.run(d.name, d.project(t))
				routers := 0
				for address, to := range e.reverse {
					name := path.Base(to.service)
					if to.network == d.project(t).Networks["traefik"].Name {
						answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Backend", name) })
						serveAt(t, address+":"+ofPort(name), answer)
						if name == "mas" {
							serveAt(t, address+":8081", answer) // health
						}
					}
				}
				for _, container := range e.containers {
					labels := container["Config"].(map[string]any)["Labels"].(map[string]string)
					for label := range labels {
						if strings.HasSuffix(label, ".rule") && labels["traefik.enable"] == "true" {
							routers++
						}
					}
					if labels["com.docker.compose.service"] == c.service {
						container["State"] = state
					}
				}
				var err error
				secure, _ := runTraefik(t, program, e, write(t, []byte("{}"), t.TempDir(), "none.yaml"), routers)
				_, port, _ := strings.Cut(secure, ":")
				f := newFront(t, d)
				if f.ports["443"], err = strconv.Atoi(port); err != nil {
					t.Fatal(err)
				}
				response, err := f.client().Get(c.asked)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				// 503, or 500: what the label on the port leaves of a server has no address (pkg/provider/docker/config.go).
				if response.StatusCode < 500 || response.Header.Get("Backend") != "" {
					t.Errorf("%s: %s, by %q, want an error of Traefik's own", c.asked, response.Status, response.Header.Get("Backend"))
				}
			})
		}
	}
}

// dynamic writes the certificates of the hosts, and the file in which Traefik finds them.
func (g *edge) dynamic(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	certificate := func(name string, by authority, host string, left time.Duration) map[string]any {
		c, err := by.issue(host, left)
		if err != nil {
			t.Fatal(err)
		}
		key, err := x509.MarshalECPrivateKey(by.key)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]any{
			"certFile": write(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), folder, name+".crt"),
			"keyFile":  write(t, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key}), folder, name+".key"),
		}
	}
	const long = 80 * 24 * time.Hour
	var certificates []any
	for _, host := range g.hosts {
		switch g.broken[host] {
		case "expired":
			certificates = append(certificates, certificate(host, g.authority, host, -time.Hour))
		case "stranger":
			certificates = append(certificates, certificate(host, g.stranger, host, long))
		case "soon":
			certificates = append(certificates, certificate(host, g.authority, host, 30*time.Hour))
		case "other": // Traefik shows its own
		default:
			certificates = append(certificates, certificate(host, g.authority, host, long))
		}
	}
	text, err := yaml.Marshal(map[string]any{"tls": map[string]any{
		"certificates": certificates,
		"options":      map[string]any{"http1": map[string]any{"alpnProtocols": []string{"http/1.1"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return write(t, text, folder, "dynamic.yaml")
}

// serveAt serves a handler at an address of this machine.
func serveAt(t *testing.T, address string, h http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
}
