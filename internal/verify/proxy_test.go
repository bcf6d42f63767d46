package verify_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/matrixgen/matrixgen/internal/verify"
)

// forwarder is a proxy as a company has it: it opens tunnels, and fetches what is asked without TLS.
type forwarder struct {
	// to are the addresses that it knows, by "host:port".
	to map[string]string
	mu sync.Mutex
	// asked are the hosts and ports that it was asked for.
	asked map[string]bool
}

func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	place := r.Host
	if r.Method != http.MethodConnect && r.URL.Port() == "" {
		place += ":80"
	}
	f.mu.Lock()
	f.asked[place] = true
	f.mu.Unlock()
	conn, err := net.Dial("tcp", f.to[place])
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer conn.Close()
	if r.Method != http.MethodConnect {
		if r.Write(conn) == nil {
			w.WriteHeader(http.StatusPermanentRedirect)
		}
		return
	}
	w.WriteHeader(http.StatusOK)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	go func() { io.Copy(conn, buffered); conn.Close() }()
	io.Copy(client, conn)
}

// TestThroughProxy asks a healthy server from behind a real proxy, without any way around it: all that goes by HTTPS passes, and what the proxy hides is told
// as not asked, with the reason.
func TestThroughProxy(t *testing.T) {
	n := newNetwork(t, recorded(t, "home"), nil)
	f := &forwarder{to: n.addr, asked: map[string]bool{}}
	server := httptest.NewServer(f)
	defer server.Close()
	via, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	options := n.options()
	options.Resolve, options.Proxy = nil, http.ProxyURL(via)
	passed := map[string]bool{}
	for _, r := range verify.Run(t.Context(), verify.Plan(deployment(t, "testdata/home")), options, nil) {
		switch {
		case r.Status == verify.Passed:
			passed[r.Name] = true
		case r.Status == verify.Failed, r.Because == "" && !strings.Contains(r.Reason, "proxy"):
			t.Errorf("%s: %s: %s %v", r.Key(), r.Status, r.Reason, r.Findings)
		}
	}
	for _, name := range []string{"certificate", "well-known-client", "client-versions", "mas-discovery", "auth-metadata", "element-config", "sign-in-page", "provider-discovery", "authorization-request", "redirect-uri",
		"compat-route", "token-check", "closed-admin", "well-known-server", "federation-version", "server-keys", "device-grant", "rendezvous", "call-tokens", "push-gateway"} {
		if !passed[name] {
			t.Errorf("%s is not asked through the proxy", name)
		}
	}
	for place := range f.asked {
		if host, _, err := net.SplitHostPort(place); err != nil || !slices.Contains(hosts, host) {
			t.Errorf("the proxy was asked for %s", place)
		}
	}
	if !f.asked["id.example.org:443"] || !f.asked["matrix.example.org:443"] {
		t.Errorf("the proxy was asked for %v", f.asked)
	}
}
