package conformance

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/sirupsen/logrus"
)

// traefikWords are rules with what Traefik, of the version that stacks pin, prints when it finds the containers of the example of their page.
var traefikWords = []struct{ rule, words string }{
	{"acme-challenge-unreachable", "Unable to obtain ACME certificate for domain"},
	{"traefik-label-invalid", "field not found, node: entrypoint"},
	{"traefik-rule-invalid", "unexpected number of parameters; got 2, expected one of [1]"},
	{"traefik-tls-options-conflict", "default TLSOptions will be applied"},
}

// TestTraefikWords holds the words of pages against those of Traefik.
func TestTraefikWords(t *testing.T) {
	for _, w := range traefikWords {
		t.Run(w.rule, func(t *testing.T) {
			page := readRulePage(t, w.rule)
			secure, log := traefikOn(t, page.file(t, "compose.yaml"))
			page.prints(t, "Traefik", log(w.words), w.words)
			switch w.rule {
			case "traefik-label-invalid", "traefik-rule-invalid":
				status, body, _ := answerTo(t, secure, "auth.example.org")
				page.prints(t, "Traefik", strings.TrimPrefix(status, "HTTP/1.1 ")+" "+body, "404 page not found")
			case "acme-challenge-unreachable":
				_, _, name := answerTo(t, secure, "chat.example.org")
				page.prints(t, "Traefik", name, "TRAEFIK DEFAULT CERT")
			}
		})
	}
	for rule, words := range map[string]string{"public-host-not-routed": "404 page not found", "matrix-path-not-routed": "404 page not found", "proxy-backend-unreachable": "502 Bad Gateway"} {
		t.Run(rule, func(t *testing.T) {
			page := readRulePage(t, rule)
			secure, _ := traefikOn(t, page.file(t, "compose.yaml"))
			path := "/_matrix/client/versions" // routed in each of the examples, to where nothing listens
			for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
				if status, _, _ := answerAt(t, secure, "matrix.example.org", path); strings.HasPrefix(status, "502") {
					break
				}
			}
			status, body, _ := answerTo(t, secure, "auth.example.org")
			page.prints(t, "Traefik", status+"\n"+status[:4]+body, words)
		})
	}
	t.Run("certificate-self-signed", func(t *testing.T) {
		page := readRulePage(t, "certificate-self-signed")
		secure, _ := traefikOn(t, page.file(t, "compose.yaml"))
		_, _, name := answerTo(t, secure, "chat.example.org")
		page.prints(t, "Traefik", name, "TRAEFIK DEFAULT CERT")
	})
}

// TestResolverWords has Traefik find a router of the example whose resolver nothing defines.
func TestResolverWords(t *testing.T) {
	page := readRulePage(t, "traefik-label-invalid")
	const words = "Router uses a nonexistent certificate resolver"
	_, log := traefikOn(t, strings.Replace(page.file(t, "compose.yaml"), "traefik.http.routers.mas.entrypoint: websecure", "traefik.http.routers.mas.tls.certresolver: nobody", 1))
	page.prints(t, "Traefik", log(words), words)
}

// TestUnsetVariableWords has Compose read a variable that nothing sets, and Traefik the label that it becomes.
func TestUnsetVariableWords(t *testing.T) {
	page := readRulePage(t, "compose-unset-variable")
	var warnings bytes.Buffer
	logrus.SetOutput(&warnings)
	defer logrus.SetOutput(t.Output())
	options, err := cli.NewProjectOptions([]string{write(t, []byte(page.file(t, "compose.yaml")), t.TempDir(), "compose.yaml")}, cli.WithName("example"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := options.LoadProject(t.Context()); err != nil {
		t.Fatal(err)
	}
	page.prints(t, "Docker Compose", warnings.String(), "variable is not set. Defaulting to a blank string")
	_, log := traefikOn(t, "name: example\nservices:\n  synapse:\n    image: example\n    labels:\n      - traefik.enable=true\n      - traefik.http.routers.synapse.rule=Host(``)\n")
	page.prints(t, "Traefik", log("empty args for matcher Host"), "empty args for matcher Host")
}

// traefikOn starts Traefik before the containers of a compose file. It returns the address of TLS, and what waits for words in the log, for some seconds at
// most, and returns the log.
func traefikOn(t *testing.T, compose string) (secure string, log func(words string) string) {
	t.Helper()
	program := os.Getenv("MATRIXGEN_CONFORMANCE_TRAEFIK")
	if program == "" {
		t.Skip("MATRIXGEN_CONFORMANCE_TRAEFIK is not set: run conformance/run")
	}
	folder := t.TempDir()
	text := "name: example\n" + strings.TrimPrefix(compose, "name: example\n")
	write(t, []byte(text), folder, "docker-compose.yml")
	d := deployment{name: "example", dir: folder}
	e := newEngine()
	e.network = "127" // where nothing listens
	e.run(d.name, d.project(t))
	for _, container := range e.containers { // what images say that they listen on
		container["NetworkSettings"].(map[string]any)["Ports"] = map[string]any{"8080/tcp": nil}
	}
	secure = nowhere(t)
	api := nowhere(t)
	server := start(t, exec.Command(program, "--entrypoints.websecure.address="+secure, "--entrypoints.websecure.http.tls=true", "--entrypoints.web.address="+nowhere(t),
		"--entrypoints.traefik.address="+api, "--api.insecure=true", "--log.nocolor=true",
		"--providers.docker.endpoint="+e.serve(t), "--providers.docker.exposedbydefault=false", "--providers.docker.watch=false",
		"--certificatesresolvers.le.acme.httpchallenge.entrypoint=web", "--certificatesresolvers.le.acme.storage="+folder+"/acme.json",
		"--certificatesresolvers.le.acme.caserver=http://"+nowhere(t),
		"--providers.providersthrottleduration=10ms", "--global.checknewversion=false", "--global.sendanonymoususage=false"))
	server.until(t, "answered", 20*time.Second, func() error {
		response, err := http.Get("http://" + api + "/api/http/routers")
		if err != nil {
			return err
		}
		return response.Body.Close()
	})
	return secure, func(words string) string {
		for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline) && !strings.Contains(server.log.String(), words); {
			time.Sleep(50 * time.Millisecond)
		}
		return server.log.String()
	}
}

// answerTo returns what the server at an address answers for a host by HTTPS, and whom its certificate names.
func answerTo(t *testing.T, address, host string) (status, body, certificate string) {
	t.Helper()
	return answerAt(t, address, host, "/")
}

// answerAt is answerTo for a path.
func answerAt(t *testing.T, address, host, path string) (status, body, certificate string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // whose it is, is asked
		Dial:            func(network, _ string) (net.Conn, error) { return net.Dial(network, address) },
	}}
	defer client.CloseIdleConnections()
	var response *http.Response
	var err error
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if response, err = client.Get("https://" + host + path); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.Status, string(text), response.TLS.PeerCertificates[0].Subject.CommonName
}
