package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shapesFolder is where the answers of MAS and Pocket ID lie as they were recorded.
const shapesFolder = "../internal/verify/testdata/shapes"

// told is a recorded answer.
type told struct {
	status int
	header http.Header
	body   string
}

// recorded reads the answers of a product by "METHOD PATH": each a line that begins with >, the status, headers, an empty line, the body.
func recorded(t *testing.T, text string) map[string]told {
	t.Helper()
	answers := map[string]told{}
	for _, block := range strings.Split("\n"+text, "\n> ")[1:] {
		head, body, _ := strings.Cut(block, "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		method, address, _ := strings.Cut(lines[0], " ")
		u, err := url.Parse(address)
		status, wrong := strconv.Atoi(lines[1])
		if err != nil || wrong != nil {
			t.Fatalf("%q: %v %v", lines, err, wrong)
		}
		one := told{status, http.Header{}, strings.TrimRight(body, "\n")}
		for _, line := range lines[2:] {
			name, value, _ := strings.Cut(line, ": ")
			one.header.Add(name, value)
		}
		answers[method+" "+path.Clean(u.Path)] = one
	}
	return answers
}

// replay answers as it was recorded, and 404 else.
func replay(answers map[string]told) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one, known := answers[r.Method+" "+path.Clean(r.URL.Path)]
		if !known {
			http.NotFound(w, r)
			return
		}
		for name, values := range one.header {
			w.Header()[name] = values
		}
		w.WriteHeader(one.status)
		io.WriteString(w, one.body)
	})
}

// authority signs the certificates of the test.
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
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "conformance"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(240 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
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

// file writes the authority as a file for --ca.
func (a authority) file(t *testing.T) string {
	return write(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), t.TempDir(), "ca.pem")
}

func (a authority) issue(host string, left time.Duration) (*tls.Certificate, error) {
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{host}, NotBefore: time.Now().Add(-90 * 24 * time.Hour), NotAfter: time.Now().Add(left), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, err
}

// nowhere returns an address at which nothing listens.
func nowhere(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", freePort(t))
}

// proxied hands requests on to a program.
func proxied(t *testing.T, base string) http.Handler {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} { // as Traefik says it
			if values, said := r.In.Header[name]; said {
				r.Out.Header[name] = values
			}
		}
	}}
	return proxy
}

// finding is what verify prints of one.
type finding struct {
	Rule, Message, File string
	Line                int
}

// verified runs the program as a user does, and returns its findings and what it counted.
func (d deployment) verified(t *testing.T, resolve map[string]string, ca string) ([]finding, map[string]int) {
	t.Helper()
	arguments := []string{"-C", filepath.Dir(filepath.Dir(d.dir)), "verify", d.name, "--format", "json", "--timeout", "4s", "--ca", ca}
	for host, to := range resolve {
		arguments = append(arguments, "--resolve", host+":"+to)
	}
	cmd := exec.Command(tool, arguments...)
	cmd.Env = append(os.Environ(), "HTTPS_PROXY=", "HTTP_PROXY=", "https_proxy=", "http_proxy=")
	began := time.Now()
	output, err := cmd.Output()
	if took := time.Since(began); took > 30*time.Second { // three questions that wait for each other, and a busy machine
		t.Errorf("matrixgen verify took %s", took)
	}
	var said struct {
		Findings []finding
		Summary  map[string]int
	}
	if json.Unmarshal(output, &said) != nil {
		t.Fatalf("matrixgen verify: %v\n%s", err, output)
	}
	if (err == nil) != (said.Summary["failed"]+said.Summary["unasked"] == 0) {
		t.Errorf("matrixgen verify: %v, and %v", err, said.Summary)
	}
	return said.Findings, said.Summary
}
