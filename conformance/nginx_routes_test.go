package conformance

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// routeTables are what the linter says of configurations of nginx: the archives that internal/route is tested with. Their last file is a table
// of requests with the locations that take them.
const routeTables = "../internal/route/testdata/nginx*.txtar"

// TestNginxRoutes starts nginx with the configurations that the linter is tested with, and asks it for every URL of their tables: the backend
// that answers has to be the one that the linter names. Where that one cannot tell, anything may answer.
func TestNginxRoutes(t *testing.T) {
	nginx := installed(t, "nginx", "/usr/sbin")
	archives, err := filepath.Glob(routeTables)
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, archive := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(archive), ".txtar"), func(t *testing.T) {
			files := unpack(t, archive)
			r := &routed{folder: t.TempDir(), port: freePort(t), backends: map[string]string{}}
			r.write(t, files)
			user := ""
			if os.Getuid() == 0 {
				user = "user root;"
			}
			main := strings.Replace(fmt.Sprintf(nginxMain, user, r.folder), "default.conf", "nginx/*.conf", 1)
			configuration := write(t, []byte(main), r.folder, "main.conf")
			server := start(t, exec.Command(nginx, "-e", "stderr", "-c", configuration))
			server.until(t, "listened", 10*time.Second, answers(r.port))
			told := 0
			for line := range strings.Lines(files["want"]) {
				if r.judge(t, strings.TrimSpace(line)) {
					told++
				}
			}
			if told < 10 {
				t.Errorf("the linter tells of %d requests alone", told)
			}
		})
	}
}

// unpack returns the files of a txtar archive.
func unpack(t *testing.T, archive string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	name := ""
	for line := range strings.Lines(string(text)) {
		if inner, found := strings.CutPrefix(strings.TrimSpace(line), "-- "); found && strings.HasSuffix(inner, " --") {
			name = strings.TrimSuffix(inner, " --")
			continue
		}
		files[name] += line
	}
	return files
}

// routed is an nginx in front of backends, each of which answers with its name.
type routed struct {
	folder   string
	port     int
	backends map[string]string // addresses by name
}

var (
	listenLine   = regexp.MustCompile(`(?m)^(\s*)listen ([^;]*);`)
	certificates = regexp.MustCompile(`(?m)^\s*(ssl_certificate|ssl_certificate_key|lua_code_cache|content_by_lua_file) [^;]*;`)
	strange      = regexp.MustCompile(`content_by_lua_file [^;]*;`)
	address      = regexp.MustCompile(`\b(synapse|mas|element)(:\d+)?(;|/|$)`)
	addressLine  = regexp.MustCompile(`(?m)(proxy_pass|server|default) [^;\n]*;`)
	variableLine = regexp.MustCompile(`(?m)set \$to (\w+);((?s).*?)http://\$to:\d+`)
	snippet      = regexp.MustCompile(`include (snippets/[^;]*);`)
)

// write writes the files of nginx for this machine: on one port for HTTPS and another for HTTP, both without TLS, and with the backends here.
func (r *routed) write(t *testing.T, files map[string]string) {
	t.Helper()
	plain := freePort(t)
	for name, text := range files {
		if !strings.HasPrefix(name, "nginx/") {
			continue
		}
		text = listenLine.ReplaceAllStringFunc(text, func(line string) string {
			match := listenLine.FindStringSubmatch(line)
			switch {
			case strings.Contains(match[2], "["):
				return ""
			case strings.HasPrefix(match[2], "443"):
				rest := strings.TrimPrefix(strings.TrimPrefix(match[2], "443"), " ssl")
				return fmt.Sprintf("%slisten 127.0.0.1:%d%s;", match[1], r.port, rest)
			}
			return fmt.Sprintf("%slisten 127.0.0.1:%d;", match[1], plain)
		})
		text = strange.ReplaceAllString(certificates.ReplaceAllString(text, ""), "")
		text = variableLine.ReplaceAllStringFunc(text, func(match string) string {
			parts := variableLine.FindStringSubmatch(match)
			return "set $to 127.0.0.1;" + parts[2] + "http://$to:" + strings.TrimPrefix(r.backend(t, parts[1]), "127.0.0.1:")
		})
		text = addressLine.ReplaceAllStringFunc(text, func(line string) string {
			return address.ReplaceAllStringFunc(line, func(match string) string {
				parts := address.FindStringSubmatch(match)
				return r.backend(t, parts[1]) + parts[3]
			})
		})
		text = snippet.ReplaceAllStringFunc(text, func(line string) string {
			included := filepath.Join(r.folder, "nginx", snippet.FindStringSubmatch(line)[1])
			if files[strings.TrimPrefix(included, r.folder+"/")] == "" { // one that the linter does not see
				r.put(t, included, "")
			}
			return "include " + included + ";"
		})
		r.put(t, filepath.Join(r.folder, name), text)
	}
}

func (r *routed) put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, []byte(text), file)
}

// backend returns the address of a backend, and starts it the first time.
func (r *routed) backend(t *testing.T, name string) string {
	t.Helper()
	if r.backends[name] == "" {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Backend", name) })}
		go server.Serve(listener)
		t.Cleanup(func() { server.Close() })
		r.backends[name] = listener.Addr().String()
	}
	return r.backends[name]
}

// judge holds a line of the table against what nginx does, and returns whether the line says what that is.
func (r *routed) judge(t *testing.T, line string) bool {
	t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	where, says, _ := strings.Cut(rest, " ")
	host, path, _ := strings.Cut(where, "/")
	want := ""
	if first, _, found := strings.Cut(says, "="); found {
		want, _, _ = strings.Cut(strings.TrimPrefix(says, first+"="), ":")
	}
	if strings.HasPrefix(says, "…") || strings.HasPrefix(want, "?") {
		return false
	}
	request, err := http.NewRequest(method, fmt.Sprintf("http://127.0.0.1:%d/%s", r.port, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Errorf("%s: %v", line, err)
		return true
	}
	response.Body.Close()
	if got := response.Header.Get("Backend"); got != want {
		t.Errorf("%s: nginx answers %s from %q", line, response.Status, got)
	}
	return true
}
