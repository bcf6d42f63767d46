package conformance

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	httpmuxer "github.com/traefik/traefik/v3/pkg/muxer/http"
	"github.com/traefik/traefik/v3/pkg/provider/docker"
	"github.com/traefik/traefik/v3/pkg/safe"
	"gopkg.in/yaml.v3"
)

// provide returns the configuration that Traefik's Docker provider makes of the containers; what it complains about is a failure.
func provide(t *testing.T, e *engine) *dynamic.HTTPConfiguration {
	t.Helper()
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("DOCKER_API_VERSION", "")
	var complaints lockedBuffer
	pool := safe.NewPool(zerolog.New(&complaints).Level(zerolog.WarnLevel).WithContext(t.Context()))
	defer pool.Stop()
	var provider docker.Provider
	provider.SetDefaults()
	provider.Watch = false
	provider.Endpoint = e.serve(t)
	if err := provider.Init(); err != nil {
		t.Fatal(err)
	}
	messages := make(chan dynamic.Message, 1)
	if err := provider.Provide(messages, pool); err != nil {
		t.Fatal(err)
	}
	select {
	case message := <-messages:
		for line := range strings.Lines(complaints.String()) {
			t.Errorf("traefik: %s", line)
		}
		return message.Configuration.HTTP
	case <-time.After(20 * time.Second):
		t.Fatalf("traefik's Docker provider gives no configuration:\n%s", complaints.String())
	}
	return nil
}

// target returns the service behind a router, and fails unless it is one container, or several workers of a kind, on a network that Traefik is on, too.
func target(t *testing.T, e *engine, configuration *dynamic.HTTPConfiguration, name string, router *dynamic.Router) string {
	t.Helper()
	service := configuration.Services[router.Service]
	if service == nil || service.LoadBalancer == nil || len(service.LoadBalancer.Servers) == 0 {
		t.Errorf("the router %s goes to the service %q, which has no server", name, router.Service)
		return ""
	}
	for _, server := range service.LoadBalancer.Servers[1:] {
		if one, other := kind(e.behind(service.LoadBalancer.Servers[0].URL)), kind(e.behind(server.URL)); one != other || one == "" {
			t.Errorf("the router %s goes to %q and to %q", name, one, other)
		}
	}
	server, err := url.Parse(service.LoadBalancer.Servers[0].URL)
	if err != nil {
		t.Error(err)
		return ""
	}
	to := e.reverse[server.Hostname()]
	if strings.HasSuffix(to.network, "_internal") {
		t.Errorf("the router %s reaches %s on the network %s, which Traefik is not on", name, to.service, to.network)
	}
	for _, middleware := range router.Middlewares {
		if configuration.Middlewares[middleware] == nil && !strings.Contains(middleware, "@") {
			t.Errorf("the router %s uses the middleware %q, which does not exist", name, middleware)
		}
	}
	if router.TLS == nil && !ofEntryPoint[stackOf(to.service)] || len(router.EntryPoints) == 0 {
		t.Errorf("the router %s has the entry points %q and TLS %v", name, router.EntryPoints, router.TLS)
	}
	_, container, _ := strings.Cut(to.service, "/")
	if container == "mas" {
		return withPort(to.service, server.Port())
	}
	if want, known := portOf(container); known && server.Port() != want {
		t.Errorf("the router %s reaches %s at port %s, want %s", name, container, server.Port(), want)
	}
	return to.service
}

// withPort returns MAS with the port, if it is another one than that of its pages.
func withPort(service, port string) string {
	if port != ports["mas"] && (service == "mas" || strings.HasSuffix(service, "/mas")) {
		return service + ":" + port
	}
	return service
}

// listening returns the service that answers without the port of MAS. It fails unless MAS serves there what is asked, as its configuration says.
func (d deployment) listening(t *testing.T, service, asked string) string {
	t.Helper()
	name, port, _ := strings.Cut(service, ":")
	if name != "mas" && !strings.HasSuffix(name, "/mas") {
		return service
	}
	if port == "" {
		port = ports["mas"]
	}
	u, err := url.Parse(asked)
	if err != nil {
		t.Fatal(err)
	}
	var configuration struct {
		HTTP struct {
			Listeners []struct {
				Prefix    string
				Resources []struct{ Name string }
				Binds     []struct{ Address string }
			}
		}
	}
	if err := yaml.Unmarshal(d.read(t, "mas-config.yaml"), &configuration); err != nil {
		t.Fatal(err)
	}
	for _, listener := range configuration.HTTP.Listeners {
		path, below := strings.CutPrefix(u.Path, strings.TrimSuffix(listener.Prefix, "/"))
		if !below || !strings.HasSuffix(listener.Binds[0].Address, ":"+port) {
			continue
		}
		resource := "human"
		switch {
		case strings.HasPrefix(path, "/_matrix/"):
			resource = "compat"
		case strings.HasPrefix(path, "/api/"):
			resource = "adminapi"
		}
		for _, served := range listener.Resources {
			if served.Name == resource {
				return name
			}
		}
	}
	t.Errorf("MAS does not serve %s at port %s", asked, port)
	return service
}

// ofEntryPoint are the stacks that leave TLS to Traefik's entry point.
var ofEntryPoint = map[string]bool{"traefik-points": true}

// portOf returns where a service of a stack listens; all processes of Synapse listen at the same port.
func portOf(service string) (string, bool) {
	if kind(service) != "" {
		service = "synapse"
	}
	port, known := ports[service]
	return port, known
}

func stackOf(service string) string {
	stack, _, _ := strings.Cut(service, "/")
	return stack
}

// ports are where the images listen, or where their generated configuration makes them listen.
var ports = map[string]string{"synapse": "8008", "mas": "8080", "element": "80", "pocket-id": "1411", "well-known": "8080", "livekit": "7880", "lk-jwt": "8080"}

// labelled says whether labels tell the proxy of the deployment, which is a Traefik elsewhere.
func (d deployment) labelled(t *testing.T) bool {
	t.Helper()
	return d.project(t).Services["synapse"].Labels["traefik.enable"] == "true"
}

// TestTraefikLabels holds that Traefik takes every container of every deployment.
func TestTraefikLabels(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		if !d.labelled(t) {
			return
		}
		e := newEngine()
		e.run(d.name, d.project(t))
		configuration := provide(t, e)
		reached := map[string]bool{}
		for name, router := range configuration.Routers {
			reached[target(t, e, configuration, name, router)] = true
		}
		for _, service := range []string{"synapse", "mas", "element"} {
			if !reached[d.name+"/"+service] && d.project(t).Services[service].Labels["traefik.enable"] == "true" {
				t.Errorf("no router reaches %s", service)
			}
		}
		for service := range reached {
			if strings.HasSuffix(service, "postgres") || strings.HasSuffix(service, "volume") {
				t.Errorf("a router reaches %s", service)
			}
		}
	})
}

// TestTraefikRoutes puts stacks side by side behind one Traefik and asks its matcher who answers each URL of testdata/routes.
func TestTraefikRoutes(t *testing.T) {
	tables, err := filepath.Glob("testdata/routes/*.txt")
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	tables = append(tables, workerTables+"/workers.txt", workerTables+"/workers-small.txt")
	e := newEngine()
	for _, table := range tables {
		if name := strings.TrimSuffix(filepath.Base(table), ".txt"); name != "all" {
			e.run(name, deploymentOf(t, name).project(t))
		}
	}
	configuration := provide(t, e)
	muxers := map[string]*httpmuxer.Muxer{"https": muxer(t, e, configuration, true), "http": muxer(t, e, configuration, false)}
	asked := 0
	for _, table := range tables {
		name := strings.TrimSuffix(filepath.Base(table), ".txt")
		if name == "all" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, row := range rows(t, table) {
				asked++
				if got := ask(t, muxers, row.url); !row.fits(name, deploymentOf(t, name).listening(t, got, row.url)) {
					t.Errorf("%s: %s: %q answers, want %q", row.at, row.url, got, row.want(name))
				}
			}
		})
	}
	t.Logf("%d URLs", asked)
}

// muxer is Traefik's matcher over the routers with TLS, or those without.
func muxer(t *testing.T, e *engine, configuration *dynamic.HTTPConfiguration, tls bool) *httpmuxer.Muxer {
	t.Helper()
	return muxerTo(t, e, configuration, tls, func(service string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, service) })
	})
}

// muxerTo is the same with a handler for each service.
func muxerTo(t *testing.T, e *engine, configuration *dynamic.HTTPConfiguration, tls bool, handler func(service string) http.Handler) *httpmuxer.Muxer {
	t.Helper()
	parser, err := httpmuxer.NewSyntaxParser()
	if err != nil {
		t.Fatal(err)
	}
	m := httpmuxer.NewMuxer(parser, nil)
	for name, router := range configuration.Routers {
		if (router.TLS != nil) != tls {
			continue
		}
		service := target(t, e, configuration, name, router)
		priority := router.Priority
		if priority == 0 {
			priority = httpmuxer.GetRulePriority(router.Rule)
		}
		err := m.AddRoute(router.Rule, router.RuleSyntax, priority, "docker", handler(service))
		if err != nil {
			t.Errorf("traefik: the router %s: %v", name, err)
		}
	}
	return m
}

// ask returns the service that answers the URL, or "".
func ask(t *testing.T, muxers map[string]*httpmuxer.Muxer, target string) string {
	t.Helper()
	scheme, _, _ := strings.Cut(target, "://")
	recorder := httptest.NewRecorder()
	requestdecorator.New(nil).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, target, nil), muxers[scheme].ServeHTTP)
	if recorder.Code != http.StatusOK {
		return ""
	}
	return recorder.Body.String()
}

// row says which service of the stack answers a URL; "-" is none. A proxy that decodes paths before it looks at them may have another answer.
type row struct {
	at, url, service, decoded string
}

func (r row) want(stack string) string {
	if r.service == "-" {
		return ""
	}
	return stack + "/" + r.service
}

// fits reports whether it is the service of the row that answers, or one of those that begin as its service does.
func (r row) fits(stack, got string) bool {
	if prefix, several := strings.CutSuffix(r.want(stack), "*"); several {
		return strings.HasPrefix(got, prefix)
	}
	return got == r.want(stack)
}

// publicPort is the port at which the public asks for Synapse.
func publicPort(t *testing.T, all []row) string {
	t.Helper()
	_, port, _ := strings.Cut(synapseHost(t, all), ":")
	return cmp.Or(port, "443")
}

// rows reads a table and, with the hosts that it names, the rows that hold for all: a line is "host NAME HOST", or "URL SERVICE", or
// "URL SERVICE decoded=SERVICE". A host may have a port.
func rows(t *testing.T, table string) []row {
	t.Helper()
	var rows []row
	var hosts []string
	for _, file := range []string{table, "testdata/routes/all.txt"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(content), "\n") {
			fields := strings.Fields(line)
			switch {
			case len(fields) == 0 || fields[0][0] == '#':
			case len(fields) == 3 && fields[0] == "host":
				hosts = append(hosts, "{"+fields[1]+"}", fields[2])
			case len(fields) == 2, len(fields) == 3 && strings.HasPrefix(fields[2], "decoded="):
				r := row{fmt.Sprintf("%s:%d", filepath.Base(file), i+1), strings.NewReplacer(hosts...).Replace(fields[0]), fields[1], fields[1]}
				if len(fields) == 3 {
					r.decoded = strings.TrimPrefix(fields[2], "decoded=")
				}
				// A stack's own row wins over the one for all.
				twoPorts := strings.Count(strings.SplitN(r.url, "/", 4)[2], ":") > 1
				if !slices.ContainsFunc(rows, func(other row) bool { return other.url == r.url }) && !strings.Contains(r.url, "{") && !twoPorts {
					rows = append(rows, r)
				}
			default:
				t.Fatalf("%s:%d: %q is neither a host nor a row", file, i+1, line)
			}
		}
	}
	if filepath.Dir(table) == workerTables {
		return workerRows(t, strings.TrimSuffix(filepath.Base(table), ".txt"), rows)
	}
	return rows
}
