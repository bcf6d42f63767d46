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

var (
	listensIPv6      = regexp.MustCompile(`(?m)^\s*listen \[::\].*\n`)
	listensIPv4      = regexp.MustCompile(`listen (\d+)([^;]*);`)
	newerHTTP2       = regexp.MustCompile(`(?m)^\s*http2 on;\n`)
	namedCertificate = regexp.MustCompile(`(?m)^(\s*ssl_certificate(?:_key)?) (\S+);$`)
)

// TestNginxFront starts nginx with every generated nginx.conf, and asks it for every URL of the table.
func TestNginxFront(t *testing.T) {
	nginx := installed(t, "nginx", "/usr/sbin")
	eachFront(t, "nginx.conf", func(t *testing.T, d deployment, all []row) {
		f := newFront(t, d)
		folder := t.TempDir()
		chain, key := certificate(t, hosts(all), folder)
		text := string(f.local(t, d.read(t, "nginx.conf")))
		named := map[string]bool{}
		text = namedCertificate.ReplaceAllStringFunc(text, func(line string) string {
			parts := namedCertificate.FindStringSubmatch(line)
			named[parts[2]] = true
			file := map[bool]string{true: key, false: chain}[strings.HasSuffix(parts[1], "_key")]
			return parts[1] + " " + file + ";"
		})
		if len(named) == 0 {
			t.Error("no certificates")
		}
		// This machine may have no IPv6, and its nginx is older than the one of the stack.
		text = newerHTTP2.ReplaceAllString(listensIPv6.ReplaceAllString(text, ""), "")
		text = listensIPv4.ReplaceAllStringFunc(text, func(line string) string {
			parts := listensIPv4.FindStringSubmatch(line)
			return fmt.Sprintf("listen 127.0.0.1:%d%s;", f.port(t, parts[1]), parts[2])
		})
		if !strings.Contains(text, "default_server") {
			// What a machine has for hosts that nobody has.
			for public, port := range f.ports {
				if public != "80" {
					text += fmt.Sprintf("server { listen 127.0.0.1:%d ssl default_server; ssl_reject_handshake on; }\n", port)
				}
			}
		}
		write(t, []byte(text), folder, "default.conf")
		user := ""
		if os.Getuid() == 0 {
			user = "user root;"
		}
		main := write(t, fmt.Appendf(nil, nginxMain, user, folder), folder, "main.conf")
		server := start(t, exec.Command(nginx, "-e", "stderr", "-c", main))
		server.until(t, "listened", 10*time.Second, answers(f.port(t, publicPort(t, all))))
		f.judge(t, all)
		f.limits(t, synapseHost(t, all), http.StatusRequestEntityTooLarge)
		f.upgrades(t, synapseHost(t, all))
	})
}

// limits are what stacks let through to Synapse: what it takes for a file, or what it takes of other servers if that is more.
var limits = map[string]int64{"caddy-stack": 200 << 20, "caddy-host": 12800 << 10, "nginx-stack": 1024 << 30}

// limits holds that the largest request gets through, by what it says of its length, and one that is larger does not.
func (f *front) limits(t *testing.T, host string, refused int) {
	t.Helper()
	limit, ok := limits[f.name]
	if !ok {
		limit = 50 << 20
	}
	for size, want := range map[int64]int{13107200: 200, limit: 200, limit + 1: refused} {
		if size > 300<<20 { // by its length alone: nobody sends that much here
			continue
		}
		request, err := http.NewRequest(http.MethodPut, "https://"+host+"/_matrix/media/v3/upload", io.LimitReader(zeros{}, size))
		if err != nil {
			t.Fatal(err)
		}
		request.ContentLength = size
		response, err := f.client().Do(request)
		if err != nil {
			if want == 200 {
				t.Errorf("%d bytes: %v", size, err)
			}
			continue // the proxy closed the connection
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d bytes: %s, want %d", size, response.Status, want)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// upgrades holds that a WebSocket gets through, and that nothing else asks for another protocol.
func (f *front) upgrades(t *testing.T, host string) {
	t.Helper()
	for asked, want := range map[string]string{"websocket": "upgrade", "": ""} {
		request, err := http.NewRequest(http.MethodGet, "https://"+host+"/_matrix/client/versions", nil)
		if err != nil {
			t.Fatal(err)
		}
		if asked != "" {
			request.Header.Set("Upgrade", asked)
			request.Header.Set("Connection", "Upgrade")
		}
		response, err := f.client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Asked-Upgrade"); got != asked {
			t.Errorf("Upgrade arrives as %q, want %q", got, asked)
		}
		if got := strings.ToLower(response.Header.Get("Asked-Connection")); got != want {
			t.Errorf("Connection arrives as %q, want %q", got, want)
		}
	}
}
