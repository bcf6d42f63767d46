package conformance

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWallWords asks nginx for the API behind the password of an example.
func TestWallWords(t *testing.T) {
	page := readRulePage(t, "auth-wall-before-matrix")
	server := regexp.MustCompile(`(?m)^\s*ssl_certificate.*\n`).ReplaceAllString(page.file(t, "nginx.conf"), "")
	server = string(mapped(t, []byte(server), "/certs/htpasswd", write(t, nil, t.TempDir(), "htpasswd"), "http://synapse:8008", "http://127.0.0.1:9"))
	said := asksNginx(t, strings.Replace(server, "listen 443 ssl;", "listen 127.0.0.1:%d;", 1), "matrix.example.org", "/_matrix/client/versions")
	page.prints(t, "nginx", said, "401 Authorization Required")
}

// TestChainWords asks the inner proxy of an example for a host that it does not know.
func TestChainWords(t *testing.T) {
	page := readRulePage(t, "proxy-chain-broken")
	inner := strings.ReplaceAll(page.file(t, "inner.conf"), "listen 8080;", "listen 127.0.0.1:%[1]d;")
	inner = strings.ReplaceAll(inner, "http://synapse:8008", "http://127.0.0.1:9")
	page.prints(t, "nginx", asksNginx(t, inner, "matrix.example.org", "/_matrix/client/versions"), "404 Not Found")
}

// TestUpstreamWords has nginx read a server that leads to a name which nobody has.
func TestUpstreamWords(t *testing.T) {
	page, folder := readRulePage(t, "proxy-backend-unreachable"), t.TempDir()
	write(t, []byte("server { listen 127.0.0.1:1; location / { proxy_pass http://synapse.invalid:8008; } }\n"), folder, "default.conf")
	configuration := write(t, fmt.Appendf(nil, nginxMain, "", folder), folder, "nginx.conf")
	said, err := exec.Command(installed(t, "nginx", "/usr/sbin"), "-t", "-e", "stderr", "-c", configuration).CombinedOutput()
	if err == nil {
		t.Error("nginx takes a name that nobody has")
	}
	page.prints(t, "nginx", string(said), "host not found in upstream")
}

// asksNginx starts nginx with servers whose port is a %d, and returns the page that it answers a request with.
func asksNginx(t *testing.T, servers, host, path string) string {
	t.Helper()
	port, folder := freePort(t), t.TempDir()
	write(t, fmt.Appendf(nil, servers, port), folder, "default.conf")
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	configuration := write(t, fmt.Appendf(nil, nginxMain, user, folder), folder, "nginx.conf")
	start(t, exec.Command(installed(t, "nginx", "/usr/sbin"), "-e", "stderr", "-c", configuration)).until(t, "listened", 10*time.Second, answers(port))
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestCertificateWords starts coturn with the configuration of an example, whose certificate nobody wrote.
func TestCertificateWords(t *testing.T) {
	page := readRulePage(t, "certificate-never-written")
	folder := t.TempDir()
	own := strings.ReplaceAll(page.file(t, "turnserver.conf"), "/certs/", folder+"/")
	own += fmt.Sprintf("static-auth-secret=of-the-test\nlog-file=stdout\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port=%d\ntls-listening-port=%d\npidfile=%s/pid\n", freePort(t), freePort(t), folder)
	program := start(t, exec.Command(installed(t, "turnserver"), "-c", write(t, []byte(own), folder, "turnserver.conf")))
	const words = "cannot find certificate file"
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && !strings.Contains(program.log.String(), words); {
		time.Sleep(50 * time.Millisecond)
	}
	page.prints(t, "coturn", program.log.String(), words)
}
