package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// workerTables are the tables of stacks with workers: hosts alone, since the rows are those of testdata/workers.txt.
const workerTables = "testdata/workers"

// kind returns what a worker is one of: synapse-pusher of synapse-pusher-2; "" for other services.
func kind(service string) string {
	_, name, found := strings.Cut(service, "/")
	if !found {
		name = service
	}
	if match := regexp.MustCompile(`^(synapse-.+)-\d+$`).FindStringSubmatch(name); match != nil {
		return match[1]
	}
	return ""
}

// behind returns the service at an address.
func (e *engine) behind(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return e.reverse[at.Hostname()].service
}

// expected is a row of testdata/workers.txt.
type expected struct{ who, path string }

// expectations reads testdata/workers.txt.
func expectations(t *testing.T) []expected {
	t.Helper()
	content, err := os.ReadFile("testdata/workers.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []expected
	for line := range strings.Lines(string(content)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] != "#" {
			all = append(all, expected{fields[1], fields[2]})
		}
	}
	return all
}

// answers returns the service of a stack that is to answer, with a star for each of a kind.
func (e expected) answers(d deployment, delegated bool) string {
	who := e.who
	switch {
	case who == "mas" && !delegated && strings.HasSuffix(e.path, "/login"),
		!delegated && regexp.MustCompile(`/(register|available|validity|password_policy|deactivate)$`).MatchString(e.path):
		who = "client-reader"
	case who == "mas" && !delegated:
		who = "main"
	}
	if stream, writes := strings.CutPrefix(who, "writer:"); writes {
		who = "stream-writer"
		if !d.has("workers/stream-writer-1.yaml") && stream == "device_lists" {
			who = "client-reader"
		}
	}
	switch {
	case d.has("workers/" + who + "-1.yaml"):
		return "synapse-" + who + "-*"
	case who == "mas", who == "-":
		return who
	}
	return "synapse"
}

// workerRows are the rows of a stack with workers. Of what holds for all stacks, any process of Synapse may answer what is Synapse's.
func workerRows(t *testing.T, stack string, forAll []row) []row {
	t.Helper()
	d := deploymentOf(t, stack)
	host, delegated := strings.TrimSuffix(d.homeserver(t).PublicBaseURL, "/"), d.delegates(t)
	var list []row
	for _, e := range expectations(t) {
		service := e.answers(d, delegated)
		list = append(list, row{"workers.txt: " + e.path, host + e.path, service, service})
	}
	for _, r := range forAll {
		if r.service == "synapse" {
			r.service = "synapse*"
		}
		if r.decoded == "synapse" {
			r.decoded = "synapse*"
		}
		if delegated || r.service != "mas" {
			list = append(list, r)
		}
	}
	return list
}

// workers are the processes of a Synapse that runs.
type workers struct {
	deployment
	base map[string]string // where each answers, by its name; the main process is "main"
}

// TestWorkersStart starts Synapse with all its workers, Redis and Postgres by the generated files, and asks each process for what it is to serve.
func TestWorkersStart(t *testing.T) {
	w := deploymentOf(t, "workers").startWorkers(t)
	if len(w.base) < 6 {
		t.Fatalf("%d processes alone", len(w.base))
	}
	writers := struct {
		Streams map[string]any `yaml:"stream_writers"`
	}{}
	w.parse(t, map[string]any{"synapse-config.yaml": &writers})
	asked := 0
	for _, e := range expectations(t) {
		who := e.who
		if stream, found := strings.CutPrefix(who, "writer:"); found {
			who = fmt.Sprint(writers.Streams[stream])
		} else if who != "main" {
			who += "-1"
		}
		if w.base[who] == "" || regexp.MustCompile(`/(register|available|validity|password_policy|deactivate|delete_devices|oidc/callback|authn_response|pick_\w+|new_user_consent|sso_register)$`).MatchString(e.path) {
			continue // MAS's, nobody's, or not there where MAS signs people in
		}
		asked++
		if !w.serves(t, who, e.path) {
			t.Errorf("%s does not serve %s", who, e.path)
		}
	}
	if asked < 80 {
		t.Errorf("%d requests alone", asked)
	}
	// Neither does another process: these are why requests have to go where they go.
	for who, path := range map[string]string{
		"main":                "/_matrix/client/v1/media/config",
		"federation-reader-1": "/_matrix/client/v3/sync",
		"pusher-1":            "/_matrix/client/versions",
		"synchrotron-1":       "/_matrix/federation/v1/version",
		"media-repository-1":  "/_matrix/client/v3/sync",
	} {
		if w.serves(t, who, path) {
			t.Errorf("%s serves %s", who, path)
		}
	}
}

// serves reports whether a process knows a path, with whatever method.
func (w workers) serves(t *testing.T, who, path string) bool {
	t.Helper()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		request, err := http.NewRequest(method, w.base[who]+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		var said struct{ Errcode string }
		unknown := json.Unmarshal(body, &said) != nil && response.StatusCode == http.StatusNotFound || said.Errcode == "M_UNRECOGNIZED"
		if !unknown {
			return true
		}
	}
	return false
}

// startWorkers starts Redis, Postgres, the main process and every worker as the compose file does.
func (d deployment) startWorkers(t *testing.T) workers {
	t.Helper()
	w := workers{d, map[string]string{}}
	s := synapse{deployment: d, homeserver: d.homeserver(t), asked: &atomic.Int32{}}
	project := d.project(t)
	redis := d.redis(t)
	pairs := []string{fmt.Sprintf("host: synapse-redis.%s.internal\n  port: 6379\n", project.Name), fmt.Sprintf("host: 127.0.0.1\n  port: %d\n", redis)}
	replication := map[string]int{"synapse": freePort(t)}
	for name := range project.Services {
		if kind(name) != "" {
			replication[name] = freePort(t)
		}
	}
	var shared struct {
		Instances map[string]struct{ Host string } `yaml:"instance_map"`
	}
	d.parse(t, map[string]any{"synapse-config.yaml": &shared})
	for _, at := range shared.Instances {
		service, _, _ := strings.Cut(at.Host, ".")
		pairs = append(pairs, fmt.Sprintf("host: %s\n    port: 9093\n", at.Host), fmt.Sprintf("host: 127.0.0.1\n    port: %d\n", replication[service]))
	}
	pairs = append(pairs, "port: 9093\n", fmt.Sprintf("port: %d\n", replication["synapse"]))
	passwords, err := os.ReadFile(filepath.Join(d.secrets(t), "synapse_pgpass"))
	if err != nil {
		t.Fatal(err)
	}
	base, main, files := d.runSynapseWith(t, d.postgres(t, d.databaseServer(t, "synapse")), passwords, s.mas(t)+"/", pairs...)
	main.complains(t, "authenticate_request failed")
	w.base["main"] = base
	for name, service := range project.Services {
		if kind(name) == "" {
			continue
		}
		file := "workers/" + strings.TrimPrefix(name, "synapse-") + ".yaml"
		port := freePort(t)
		own := mapped(t, d.read(t, file), ": /config/log.yaml\n", ": "+filepath.Join(d.dir, "synapse-log.yaml")+"\n", "port: 8008\n", fmt.Sprintf("port: %d\n", port), "- 0.0.0.0\n", "- 127.0.0.1\n")
		own = bytes.ReplaceAll(own, []byte("port: 9093\n"), fmt.Appendf(nil, "port: %d\n", replication[name]))
		var arguments []string
		for _, argument := range service.Command[1:] {
			switch argument {
			case "--config-path=/data/homeserver.yaml":
				argument = "--config-path=" + files[0]
			case "--config-path=/config/worker.yaml":
				argument = "--config-path=" + write(t, own, t.TempDir(), "worker.yaml")
			}
			arguments = append(arguments, argument)
		}
		cmd := exec.Command(python(t, "default"), arguments...)
		cmd.Dir = t.TempDir()
		p := start(t, cmd)
		p.complains(t, "authenticate_request failed")
		w.base[strings.TrimPrefix(name, "synapse-")] = fmt.Sprintf("http://127.0.0.1:%d", port)
		p.until(t, "answered /health as "+name, 2*time.Minute, healthy(w.base[strings.TrimPrefix(name, "synapse-")]))
	}
	return w
}

// healthy asks as the health check of the compose file does.
func healthy(base string) func() error {
	return func() error {
		response, err := http.Get(base + "/health")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("/health: %s", response.Status)
		}
		return nil
	}
}

// redis starts Redis by its command in the compose file, and returns its port.
func (d deployment) redis(t *testing.T) int {
	t.Helper()
	port := freePort(t)
	command := d.project(t).Services["synapse-redis"].Command
	arguments := []string{filepath.Join(d.secrets(t), filepath.Base(command[1]))}
	arguments = append(arguments, command[2:]...)
	cmd := exec.Command(installed(t, command[0]), append(arguments, "--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--dir", t.TempDir())...)
	p := start(t, cmd)
	p.until(t, "listened", 10*time.Second, answers(port))
	// Without the password it says that it wants one, and redis-cli ends well: so the health check needs none.
	ping := d.project(t).Services["synapse-redis"].HealthCheck.Test
	output, err := exec.Command(installed(t, ping[1]), "-p", fmt.Sprint(port), ping[2]).CombinedOutput()
	if err != nil || !strings.Contains(string(output), "NOAUTH") {
		t.Errorf("%v without the password: %v\n%s", ping, err, output)
	}
	return port
}

// TestWorkersFound holds that each worker that others hand work to listens where they look for it, and has the name that they use.
func TestWorkersFound(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		var shared struct {
			Instances map[string]struct {
				Host string
				Port int
			} `yaml:"instance_map"`
		}
		d.parse(t, map[string]any{"synapse-config.yaml": &shared})
		for name, at := range shared.Instances {
			service := "synapse"
			if name != "main" {
				service += "-" + name
			}
			finds(t, d.project(t), "synapse", service, fmt.Sprintf("http://%s:%d", at.Host, at.Port), "9093")
			if name == "main" {
				continue
			}
			var own struct {
				Name      string `yaml:"worker_name"`
				Listeners []struct {
					Port      int
					Resources []struct{ Names []string }
				} `yaml:"worker_listeners"`
			}
			if err := yaml.Unmarshal(d.read(t, "workers/"+name+".yaml"), &own); err != nil {
				t.Fatal(err)
			}
			if own.Name != name || !strings.Contains(fmt.Sprint(own.Listeners), fmt.Sprintf("{%d [{[replication]}]}", at.Port)) {
				t.Errorf("%s is not found at %+v: %+v", name, at, own)
			}
		}
	})
}
