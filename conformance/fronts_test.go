package conformance

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// proxyTables are the tables of stacks whose proxy a generated file tells.
const proxyTables = "testdata/proxies/*.txt"

// eachFront runs a judge on every stack that has the file, with the rows of its table.
func eachFront(t *testing.T, file string, judge func(t *testing.T, d deployment, rows []row)) {
	tables, err := filepath.Glob(proxyTables)
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(workerTables + "/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	tables = append(tables, more...)
	judged := 0
	for _, table := range tables {
		d := deploymentOf(t, strings.TrimSuffix(filepath.Base(table), ".txt"))
		if !d.has(file) {
			continue
		}
		judged++
		t.Run(d.name, func(t *testing.T) {
			all := rows(t, table)
			if len(all) < 80 {
				t.Errorf("%d URLs alone", len(all))
			}
			judge(t, d, all)
		})
	}
	if judged == 0 {
		t.Errorf("no stack has %s", file)
	}
}

// front is a proxy of the test in front of backends, each of which answers with its name, and with what it was asked.
type front struct {
	deployment
	ports    map[string]int // the ports of the test in the place of those that the public asks
	backends map[string]*httptest.Server
}

func newFront(t *testing.T, d deployment) *front {
	return &front{deployment: d, ports: map[string]int{}, backends: map[string]*httptest.Server{}}
}

// port returns the port of the test in the place of one that the public asks.
func (f *front) port(t *testing.T, public string) int {
	t.Helper()
	if f.ports[public] == 0 {
		f.ports[public] = freePort(t)
	}
	return f.ports[public]
}

// backend returns the address of a service, and starts it the first time.
func (f *front) backend(t *testing.T, service string) string {
	t.Helper()
	if f.backends[service] == nil {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return // the proxy broke off
			}
			w.Header().Set("Backend", service)
			w.Header().Set("Asked", r.RequestURI)
			w.Header().Set("Asked-Host", r.Host)
			for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "Upgrade", "Connection"} {
				w.Header().Set("Asked-"+name, strings.Join(r.Header.Values(name), "|"))
			}
		}))
		t.Cleanup(server.Close)
		f.backends[service] = server
	}
	return f.backends[service].Listener.Addr().String()
}

// service returns which service of the stack a proxy finds at an address: by a name on its network, or by a port of the machine. Behind that of
// MAS stands its port, if it is another one than that of its pages.
func (f *front) service(t *testing.T, address string) string {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, config := range f.project(t).Services {
		if network := config.Networks["proxy"]; network != nil {
			for _, alias := range network.Aliases {
				if alias == host && (ofPort(name) == port || name == "mas") {
					return withPort(name, port)
				}
			}
		}
		for _, published := range config.Ports {
			if target := fmt.Sprint(published.Target); published.HostIP == host && published.Published == port && (target == ofPort(name) || name == "mas") {
				return withPort(name, target)
			}
		}
	}
	t.Errorf("no service is at %q", address)
	return ""
}

// addressed matches where the generated files name the address of a service.
var addressed = regexp.MustCompile(`(reverse_proxy |proxy_pass http://|set \$to )([^\s;$]+)`)

// divided and shared match where nginx and Caddy name several: a line of split_clients, and what follows the first address of reverse_proxy.
var (
	divided = regexp.MustCompile(`(?m)^(\t(?:[\d.]+%|\*) )(\S+);$`)
	shared  = regexp.MustCompile(`(reverse_proxy )(\S+) ([^{\n]+) \{`)
)

func ofPort(service string) string {
	port, _ := portOf(service)
	return port
}

// local puts the backends of the test in the place of the services.
func (f *front) local(t *testing.T, text []byte) []byte {
	t.Helper()
	found := 0
	replaced := addressed.ReplaceAllFunc(text, func(match []byte) []byte {
		parts := addressed.FindSubmatch(match)
		found++
		return append(parts[1], f.backend(t, f.service(t, string(parts[2])))...)
	})
	replaced = divided.ReplaceAllFunc(replaced, func(match []byte) []byte {
		parts := divided.FindSubmatch(match)
		return fmt.Appendf(nil, "%s%s;", parts[1], f.backend(t, f.service(t, string(parts[2]))))
	})
	replaced = shared.ReplaceAllFunc(replaced, func(match []byte) []byte {
		parts := shared.FindSubmatch(match)
		to := []string{string(parts[2])}
		for _, address := range strings.Fields(string(parts[3])) {
			to = append(to, f.backend(t, f.service(t, address)))
		}
		return []byte(string(parts[1]) + strings.Join(to, " ") + " {")
	})
	if found < 4 {
		t.Errorf("%d addresses of services alone", found)
	}
	return replaced
}

// client asks the proxy of the test, whatever host a URL names.
func (f *front) client() *http.Client {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		if f.ports[port] == 0 {
			return nil, fmt.Errorf("nobody listens at port %s", port)
		}
		return dialer.DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", f.ports[port]))
	}
	return &http.Client{Transport: transport, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// judge asks for every URL: the service has to be the one of the table, and to get the request as the client sent it.
func (f *front) judge(t *testing.T, all []row) {
	t.Helper()
	client := f.client()
	for _, r := range all {
		request, err := http.NewRequest(http.MethodGet, r.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Forwarded-For", "203.0.113.9")
		request.Header.Set("X-Forwarded-Proto", "gopher")
		got := ""
		response, err := client.Do(request)
		if err == nil {
			response.Body.Close()
			got = f.listening(t, response.Header.Get("Backend"), r.url)
		}
		if want := (row{service: r.decoded}); !want.fits("", "/"+got) && (got != "" || want.want("") != "") {
			t.Errorf("%s: %s: %q answers, want %q (%v)", r.at, r.url, got, want.want(""), err)
			continue
		}
		if got == "" {
			continue
		}
		for name, want := range map[string]string{"Asked": request.URL.RequestURI(), "Asked-Host": request.Host, "Asked-X-Forwarded-For": "127.0.0.1", "Asked-X-Forwarded-Proto": "https"} {
			if had := response.Header.Get(name); had != want {
				t.Errorf("%s: %s: %s is %q, want %q", r.at, r.url, name, had, want)
			}
		}
	}
}

// hosts are those of the rows.
func hosts(all []row) []string {
	seen := map[string]bool{}
	var list []string
	for _, r := range all {
		if u, err := url.Parse(r.url); err == nil && !seen[u.Hostname()] {
			seen[u.Hostname()] = true
			list = append(list, u.Hostname())
		}
	}
	return list
}

// synapseHost is the host of Synapse, with its port if it has one.
func synapseHost(t *testing.T, all []row) string {
	t.Helper()
	for _, r := range all {
		if u, err := url.Parse(r.url); err == nil && u.Path == "/_matrix/key/v2/server" {
			return u.Host
		}
	}
	t.Fatal("no row asks for the keys of the server")
	return ""
}

// certificate writes a certificate for the hosts, and its key.
func certificate(t *testing.T, hosts []string, folder string) (chain, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: hosts, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	chain = write(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), folder, "chain.pem")
	return chain, write(t, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded}), folder, "key.pem")
}
