package conformance

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// world is a running stack: real Synapse on Postgres, real nginx for the documents, real Traefik in front, real LiveKit, and MAS, Pocket ID and
// lk-jwt-service as they were recorded.
type world struct {
	deployment
	serverName string
	hosts      []string // that Traefik has
	synapse    string   // where it answers
	livekit    string   // where that answers; "" without calls
	database   int
	mas        *string  // the shared secret that MAS has; nil if it does not run
	pairs      []string // how Synapse's configuration is changed
	edge       authority
	stranger   authority
	ca         string
}

// fault is one thing to break, as testdata/verify.txt says it.
type fault struct {
	name  string
	steps [][]string // a verb, what it is about, and an edit
	want  []string
}

// TestVerify asks the whole system, which is well, and then with one fault at a time: it finds that one, and nothing else.
func TestVerify(t *testing.T) { verifyWorld(t, newWorld(t, "home"), "testdata/verify.txt", 30, 40) }

// TestVerifyCalls does so with calls, by a LiveKit that runs.
func TestVerifyCalls(t *testing.T) {
	w := newWorld(t, "calls")
	w.livekit = w.deployment.livekit(t)
	verifyWorld(t, w, "testdata/verify_calls.txt", 40, 8)
}

// TestVerifySignIn does so where people sign in at Synapse, and MAS is prepared.
func TestVerifySignIn(t *testing.T) {
	d := deploymentOf(t, "accounts-verified")
	w := &world{deployment: d, serverName: d.homeserver(t).ServerName}
	// It fetches what Pocket ID says from there, since nobody here has its name.
	provider := listen(t, replay(recorded(t, w.shape(t, "pocket-id-2.14.0"))))
	w = newWorld(t, "accounts-verified", "issuer: https://id.verified.example\n", "issuer: "+provider+"\n    skip_verification: true\n")
	verifyWorld(t, w, "testdata/verify_sign_in.txt", 25, 8)
}

// verifyWorld asks a world, and then with each fault of a file.
func verifyWorld(t *testing.T, w *world, file string, questions, least int) {
	t.Helper()
	t.Run("healthy", func(t *testing.T) {
		findings, summary := w.run(t, fault{})
		for _, f := range findings {
			t.Errorf("%s:%d: %s [%s]", f.File, f.Line, f.Message, f.Rule)
		}
		if summary["passed"] < questions || summary["failed"]+summary["unasked"] > 0 {
			t.Errorf("%v", summary)
		}
	})
	faults := readFaults(t, file)
	if len(faults) < least {
		t.Errorf("%d faults", len(faults))
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			findings, _ := w.run(t, f)
			var got []string
			for _, found := range findings {
				got = append(got, found.Rule)
				if found.Line == 0 || !strings.HasPrefix(found.File, "stacks/"+w.name+"/") {
					t.Errorf("%s is at %s:%d", found.Rule, found.File, found.Line)
				}
			}
			if !slices.Equal(got, f.want) {
				for _, found := range findings {
					t.Logf("%s:%d: %s [%s]", found.File, found.Line, found.Message, found.Rule)
				}
				t.Errorf("found %v, want %v", got, f.want)
			}
		})
	}
}

// readFaults reads the faults of a file: "= NAME", lines with a verb, what it is about, and an edit OLD -> NEW, and "want" with what is found.
func readFaults(t *testing.T, file string) []fault {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var faults []fault
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case verb == "=":
			faults = append(faults, fault{name: rest})
		case verb == "want":
			faults[len(faults)-1].want = strings.Fields(rest)
		default:
			about, edit, _ := strings.Cut(rest, " ")
			old, new, _ := strings.Cut(edit, " -> ")
			old, new = strings.ReplaceAll(old, `\n`, "\n"), strings.ReplaceAll(new, `\n`, "\n")
			faults[len(faults)-1].steps = append(faults[len(faults)-1].steps, []string{verb, about, old, new})
		}
	}
	return faults
}

// newWorld starts what no fault changes: Synapse, with changes of its configuration.
func newWorld(t *testing.T, name string, pairs ...string) *world {
	t.Helper()
	w := &world{deployment: deploymentOf(t, name), edge: newAuthority(t), stranger: newAuthority(t)}
	w.serverName = w.homeserver(t).ServerName
	for _, host := range regexp.MustCompile("Host\\(`([^`]+)`\\)").FindAllSubmatch(w.read(t, "docker-compose.yml"), -1) {
		if !slices.Contains(w.hosts, string(host[1])) {
			w.hosts = append(w.hosts, string(host[1]))
		}
	}
	w.ca = w.edge.file(t)
	if bytes.Contains(w.read(t, "synapse-config.yaml"), []byte("matrix_authentication_service:")) {
		content, err := os.ReadFile(filepath.Join(w.secrets(t), "synapse_matrix_secret"))
		if err != nil {
			t.Fatal(err)
		}
		secret := strings.TrimSpace(string(content))
		w.mas = &secret
	}
	w.pairs = pairs
	w.synapse, w.database = w.start(t)
	return w
}

// start starts Synapse, with further changes of its configuration.
func (w *world) start(t *testing.T, pairs ...string) (base string, database int) {
	t.Helper()
	mas := ""
	if w.mas != nil {
		mas = w.inside(t, w.mas)
	}
	base, _, database = w.runSynapse(t, mas, slices.Concat(w.pairs, pairs)...)
	return base, database
}

// inside returns where Synapse asks MAS, which believes whoever has the secret.
func (w *world) inside(t *testing.T, secret *string) string {
	t.Helper()
	answers := recorded(t, w.shape(t, "mas-1.22.0"))
	discovery := answers["GET /.well-known/openid-configuration"]
	discovery.body = strings.Replace(discovery.body, "{", `{"introspection_endpoint":"https://account.`+w.serverName+`/oauth2/introspect","account_management_uri":"https://account.`+w.serverName+`/account/","response_types_supported":["code"],"subject_types_supported":["public"],`, 1)
	answers["GET /.well-known/openid-configuration"] = discovery
	mux := http.NewServeMux()
	mux.Handle("/", replay(answers))
	mux.HandleFunc("POST /oauth2/introspect", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+*secret {
			rw.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(rw, `{"error":"invalid_client"}`)
			return
		}
		fmt.Fprint(rw, `{"active":false}`)
	})
	return listen(t, mux) + "/"
}

// shape returns the recorded answers of a product.
func (w *world) shape(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(shapesFolder, name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	// Both take whoever asks by the path of the provider's id, which the stack makes.
	id := strings.TrimPrefix(w.homeserver(t).callbacks[0], w.homeserver(t).masBase+"upstream/callback/")
	return strings.NewReplacer("051D78D4A6AFD56028C28A9F51", id, "example.org", w.serverName).Replace(string(text))
}

// run breaks one thing of the world, and asks it.
func (w *world) run(t *testing.T, f fault) ([]finding, map[string]int) {
	t.Helper()
	s := newScene(t, w)
	for _, step := range f.steps {
		s.do(t, step[0], step[1], step[2], step[3])
	}
	return w.verified(t, s.addresses(t), w.ca)
}

// nginx starts nginx with the documents of a folder, and returns where it answers.
func (d deployment) nginx(t *testing.T) string {
	t.Helper()
	port, folder := freePort(t), t.TempDir()
	write(t, mapped(t, d.read(t, "well-known/nginx.conf"),
		"listen 8080;", fmt.Sprintf("listen 127.0.0.1:%d;", port),
		"/srv/well-known/", filepath.Join(d.dir, "well-known")+"/"), folder, "default.conf")
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	configuration := write(t, fmt.Appendf(nil, nginxMain, user, folder), folder, "nginx.conf")
	server := start(t, exec.Command(installed(t, "nginx", "/usr/sbin"), "-e", "stderr", "-c", configuration))
	server.until(t, "listened", 10*time.Second, answers(port))
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}
