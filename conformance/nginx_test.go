package conformance

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// nginxMain is what the image puts around the generated server, as far as it matters here.
const nginxMain = `
daemon off;
%s
pid %[2]s/nginx.pid;
error_log stderr warn;
events {}
http {
	default_type application/octet-stream;
	access_log off;
	client_body_temp_path %[2]s/body;
	proxy_temp_path %[2]s/proxy;
	fastcgi_temp_path %[2]s/fastcgi;
	uwsgi_temp_path %[2]s/uwsgi;
	scgi_temp_path %[2]s/scgi;
	include %[2]s/default.conf;
}
`

// TestNginx starts nginx with the generated configuration and asks it what clients and servers ask the apex.
func TestNginx(t *testing.T) {
	nginx := installed(t, "nginx", "/usr/sbin")
	each(t, func(t *testing.T, d deployment) {
		if !d.has("well-known/nginx.conf") {
			return
		}
		port, folder := freePort(t), t.TempDir()
		write(t, mapped(t, d.read(t, "well-known/nginx.conf"),
			"listen 8080;", fmt.Sprintf("listen 127.0.0.1:%d;", port),
			"/srv/well-known/", filepath.Join(d.dir, "well-known")+"/"), folder, "default.conf")
		user := ""
		if os.Getuid() == 0 {
			user = "user root;" // its workers read the folders of the test
		}
		configuration := write(t, fmt.Appendf(nil, nginxMain, user, folder), folder, "nginx.conf")
		server := start(t, exec.Command(nginx, "-e", "stderr", "-c", configuration))
		server.until(t, "listened", 10*time.Second, answers(port))

		base := fmt.Sprintf("http://127.0.0.1:%d", port)
		serves(t, d, base, "client", true)
		serves(t, d, base, "server", false)
		serves(t, d, base, "support", true)
		for _, path := range []string{"/", "/index.html", "/.well-known/matrix/", "/.well-known/matrix/client/", "/.well-known/matrix/clientx", "/.well-known/matrix/nginx.conf", "/.well-known/openid-configuration", "/_matrix/client/versions"} {
			if response, _ := get(t, base+path); response.StatusCode != http.StatusNotFound {
				t.Errorf("nginx answers %s with %s, want 404", path, response.Status)
			}
		}
	})
}

// serves fails unless nginx serves the document, if there is one, in the form that clients and servers ask for.
func serves(t *testing.T, d deployment, base, name string, cors bool) {
	t.Helper()
	response, body := get(t, base+"/.well-known/matrix/"+name)
	if !d.has("well-known/" + name) {
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("nginx answers %s with %s, and there is none", name, response.Status)
		}
		return
	}
	if response.StatusCode != http.StatusOK || string(body) != string(d.read(t, "well-known/"+name)) {
		t.Errorf("nginx answers %s with %s: %s", name, response.Status, body)
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" {
		t.Errorf("nginx serves %s as %q", name, response.Header.Get("Content-Type"))
	}
	if origin := response.Header.Values("Access-Control-Allow-Origin"); cors && (len(origin) != 1 || origin[0] != "*") {
		t.Errorf("nginx serves %s with Access-Control-Allow-Origin %q", name, origin)
	}
}

// get asks without following redirects.
func get(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	client := http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}
