package verify

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// ask is a session that may ask two hosts, with a DNS of its own.
func asking(addresses map[string]string) *session {
	return newSession([]Probe{{About: "https://id.example.org/"}, {About: "matrix.example.org:5432"}}, Options{Now: time.Now, Timeout: time.Second,
		Lookup: func(_ context.Context, host string) ([]net.IPAddr, error) {
			if ip := net.ParseIP(addresses[host]); ip != nil {
				return []net.IPAddr{{IP: ip}}, nil
			}
			return nil, &net.DNSError{Name: host, IsNotFound: true}
		}})
}

// TestInside holds that nobody outside can send us to an address of the inside.
func TestInside(t *testing.T) {
	for _, c := range []struct {
		led             string
		outside, refuse bool
	}{{"", false, false}, {"id.example.org", false, false}, {"id.example.org", true, true}} {
		s := asking(map[string]string{"matrix.example.org": "127.0.0.1"})
		s.note("id.example.org", !c.outside)
		ctx := context.WithValue(t.Context(), ledKey{}, c.led)
		conn, err := s.dial(ctx, "tcp", "matrix.example.org:1")
		if err == nil {
			conn.Close()
		}
		var refused errRefused
		if errors.As(err, &refused) != c.refuse {
			t.Errorf("led by %q, which is outside: %v: %v", c.led, c.outside, err)
		}
	}
}

// TestStrangers holds that no host is asked that the deployment does not name.
func TestStrangers(t *testing.T) {
	s := asking(map[string]string{"example.net": "127.0.0.1"})
	for _, address := range []string{"https://example.net/", "https://127.0.0.1/", "https://id.example.org.example.net/"} {
		var refused errRefused
		if _, err := s.get(t.Context(), address); !errors.As(err, &refused) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := s.dial(t.Context(), "tcp", "example.net:443"); err == nil {
		t.Error("a connection to a stranger")
	}
}

// TestProxy holds that requests go through the proxy of the environment, unless --resolve says where they go.
func TestProxy(t *testing.T) {
	asked := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer proxy.Close()
	via, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := asking(nil)
	s.options.Proxy = http.ProxyURL(via)
	if _, err := s.get(t.Context(), "https://id.example.org/x"); err == nil || asked != "CONNECT id.example.org:443" {
		t.Errorf("the proxy was asked %q: %v", asked, err)
	}
	asked = ""
	s.options.Resolve = map[string]string{"id.example.org:443": "127.0.0.1:1"}
	if _, err := s.get(t.Context(), "https://id.example.org/y"); err == nil || asked != "" {
		t.Errorf("the proxy was asked %q: %v", asked, err)
	}
}

// TestCanonical signs as the specification shows: https://spec.matrix.org/v1.16/appendices/#signing-json
func TestCanonical(t *testing.T) {
	seed, err := base64.RawStdEncoding.DecodeString("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1")
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(seed)
	for body, want := range map[string]string{
		`{}`: "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
		`{"two": "Two", "one": 1, "signatures": {}, "unsigned": {"age": 3}}`: "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
	} {
		signed, err := canonical([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, signed)); got != want {
			t.Errorf("%s: signed %s", body, signed)
		}
	}
	// https://spec.matrix.org/v1.16/appendices/#canonical-json
	for body, want := range map[string]string{
		`{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {"display_name": "John Doe", "three_pids": [{"medium": "email", "address": "john.doe@example.org"}]}}}`: `{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"}]},"success":true}}`,
		`{"本": 2, "日": 1}`:                                     `{"日":1,"本":2}`,
		`{"a": "\u65E5", "b": null, "c": "<\u2028\u001f\"\\"}`: "{\"a\":\"日\",\"b\":null,\"c\":\"<\u2028\\u001f\\\"\\\\\"}",
	} {
		if got, err := canonical([]byte(body)); err != nil || string(got) != want {
			t.Errorf("%s: %s %v, want %s", body, got, err, want)
		}
	}
	if _, err := canonical([]byte(`["no object"]`)); err == nil {
		t.Error("a list is signed")
	}
}

// TestResolve reads what --resolve says.
func TestResolve(t *testing.T) {
	got, err := ParseResolve([]string{"Matrix.example.org:443:203.0.113.7", "id.example.org:443:[2001:db8::1]:8443"})
	if err != nil || got["matrix.example.org:443"] != "203.0.113.7:443" || got["id.example.org:443"] != "[2001:db8::1]:8443" {
		t.Error(got, err)
	}
	for _, text := range []string{"", "matrix.example.org", "matrix.example.org:443", "matrix.example.org:443:elsewhere.example", "matrix.example.org::203.0.113.7", "a:443:203.0.113.7:x"} {
		if _, err := ParseResolve([]string{text}); err == nil || !strings.Contains(err.Error(), "is n") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestOnly holds that a group brings what it waits for, and nothing else.
func TestOnly(t *testing.T) {
	probes := []Probe{
		{Name: "a", Group: Names}, {Name: "b", Group: Names}, {Name: "c", Group: Discovery, After: []string{key("a", "")}},
		{Name: "d", Group: Trust, After: []string{key("c", "")}}, {Name: "e", Group: Trust},
	}
	var got []string
	for _, p := range Only(probes, []Group{Trust}) {
		got = append(got, p.Name)
	}
	if strings.Join(got, "") != "acde" {
		t.Error(got)
	}
}

// TestAddresses holds that each address of a host is tried, and that one to which there is no way from here is no fault.
func TestAddresses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s := asking(nil)
	s.options.Lookup = func(context.Context, string) ([]net.IPAddr, error) {
		return []net.IPAddr{{IP: net.ParseIP("203.0.113.7")}, {IP: net.ParseIP("203.0.113.8")}}, nil
	}
	p := publicURL("https://id.example.org", diag.Position{})
	for to, want := range map[string]string{
		listener.Addr().String(): "",
		"127.0.0.1:1":            "some do not reach id.example.org: of its addresses in DNS, 203.0.113.8 does not answer: it refuses the connection",
	} {
		s.options.Resolve = map[string]string{"203.0.113.7:443": listener.Addr().String(), "203.0.113.8:443": to}
		o := s.addresses(t.Context(), p)
		got := ""
		for _, problem := range o.problems {
			got += problem.message
		}
		if got != want || o.fails() != (want != "") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
