package verify_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matrixgen/matrixgen/internal/verify"
)

// hosts are those of testdata/home.
var hosts = []string{"example.org", "matrix.example.org", "account.example.org", "element.example.org", "id.example.org", "rtc.example.org", "turn.example.org", "push.example.org", "admin.example.org", "call.example.org", "hooks.example.org"}

// now is when the tests are.
func now() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }

// network is the server of testdata/home as the public sees it: one entry point with the certificates of a test's authority, behind which answers of
// files lie.
type network struct {
	t       *testing.T
	answers answers
	// broken says of a host what is wrong with it: "expired", "other", "stranger", "soon", "http1", "refused", "unknown".
	broken map[string]string
	roots  *x509.CertPool
	ca     authority
	addr   map[string]string
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: now().Add(-time.Hour), NotAfter: now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

// issue returns a certificate for a host that counts so long, and counted for 90 days before.
func (a authority) issue(host string, left time.Duration) (*tls.Certificate, error) {
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{host}, NotBefore: now().Add(-90 * 24 * time.Hour), NotAfter: now().Add(left), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, err
}

// newNetwork serves the answers on this machine.
func newNetwork(t *testing.T, a answers, broken map[string]string) *network {
	t.Helper()
	n := &network{t: t, answers: a, broken: broken, roots: x509.NewCertPool(), ca: newAuthority(t), addr: map[string]string{}}
	n.roots.AddCert(n.ca.cert)
	stranger := newAuthority(t)
	secure := httptest.NewUnstartedServer(http.HandlerFunc(n.answer))
	secure.EnableHTTP2 = true
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.TLS = &tls.Config{
		NextProtos: []string{"h2", "http/1.1"},
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if broken[hello.ServerName] == "http1" {
				own := secure.TLS.Clone()
				own.NextProtos = []string{"http/1.1"}
				return own, nil
			}
			return nil, nil
		},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			switch broken[hello.ServerName] {
			case "expired":
				return n.ca.issue(hello.ServerName, -time.Hour)
			case "other":
				return n.ca.issue("traefik.default", 80*24*time.Hour)
			case "stranger":
				return stranger.issue(hello.ServerName, 80*24*time.Hour)
			case "soon":
				return n.ca.issue(hello.ServerName, 30*time.Hour)
			}
			return n.ca.issue(hello.ServerName, 80*24*time.Hour)
		},
	}
	secure.StartTLS()
	plain := httptest.NewServer(http.HandlerFunc(n.answer))
	t.Cleanup(func() { secure.CloseClientConnections(); secure.Close(); plain.Close() })
	refused := refusing(t)
	for _, host := range hosts {
		n.addr[host+":443"], n.addr[host+":80"] = secure.Listener.Addr().String(), plain.Listener.Addr().String()
		for _, port := range []string{"5432", "6379", "9090", "9093", "3000"} {
			n.addr[host+":"+port] = refused
		}
		n.addr[host+":3333"] = speaking(t, "HTTP/1.0 401 Unauthorized\r\n\r\n{\"message\": \"Unauthorized\"}") // Grafana, which asks who somebody is
		switch broken[host] {
		case "refused":
			n.addr[host+":443"] = refused
		case "unknown":
			for port := range n.addr {
				if strings.HasPrefix(port, host+":") {
					delete(n.addr, port)
				}
			}
		}
	}
	n.turn()
	for what, how := range broken {
		if host, _, err := net.SplitHostPort(what); err == nil && host != "turn.example.org" {
			n.addr[what] = speaking(t, how)
		}
	}
	return n
}

// refusing returns an address at which nothing listens.
func refusing(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// speaking returns an address at which everybody is told the same.
func speaking(t *testing.T, said string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 64))
			conn.Write([]byte(said))
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// options are those with which the network is asked.
func (n *network) options() verify.Options {
	return verify.Options{Resolve: n.addr, Roots: n.roots, Timeout: 3 * time.Second, Now: now, Page: func(rule string) string { return "https://matrixgen.example/" + rule },
		Lookup: func(_ context.Context, host string) ([]net.IPAddr, error) {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}}
}

// answer gives what lies in the files for a request.
func (n *network) answer(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	told := n.answers.to(r, scheme)
	for _, header := range told.header {
		w.Header().Add(header[0], strings.ReplaceAll(header[1], "*/", r.Host+"/"))
	}
	body := []byte(told.body)
	if bytes.HasPrefix(body, []byte("{{keys")) {
		body = keysOf(n.t, strings.Trim(string(body), "{} \n"))
	}
	switch told.status {
	case "hang":
		<-r.Context().Done()
	case "endless":
		for {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 64<<10)); err != nil {
				return
			}
		}
	case "dripping":
		for {
			if _, err := w.Write([]byte(" ")); err != nil || r.Context().Err() != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(50 * time.Millisecond)
		}
	case "headers":
		for i := range 1000 {
			w.Header().Set(fmt.Sprintf("x-%d", i), strings.Repeat("y", 10_000))
		}
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		status, err := strconv.Atoi(told.status)
		if err != nil {
			n.t.Errorf("the status %q of %s %s is none", told.status, r.Method, r.URL)
			status = 500
		}
		w.WriteHeader(status)
		w.Write(body)
	}
}
