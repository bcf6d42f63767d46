package conformance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// scene is the world with one thing broken.
type scene struct {
	w *world
	// files is a copy of what was built, which may be changed.
	files deployment
	texts map[string]string // what MAS, Pocket ID and Element Web answer
	edge  *edge
	// stopped are containers that do not run; hanging ones answer nothing, and what is dead refuses connections.
	stopped, hanging, dead map[string]bool
	before                 map[string]http.Handler // answers in place of a service, by "host/path"
	synapse                string
	edits                  []string // of its configuration, with which it is started
	ports                  map[string]string
}

func newScene(t *testing.T, w *world) *scene {
	t.Helper()
	s := &scene{w: w, synapse: w.synapse, stopped: map[string]bool{}, hanging: map[string]bool{}, dead: map[string]bool{}, before: map[string]http.Handler{}, ports: map[string]string{}}
	s.files = deployment{w.name, filepath.Join(t.TempDir(), w.name)}
	if err := os.CopyFS(s.files.dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	image := w.project(t).Services["element"].Image
	s.texts = map[string]string{"mas": w.shape(t, "mas-1.22.0"), "pocket-id": w.shape(t, "pocket-id-2.14.0"), "lk-jwt": strings.ReplaceAll(w.shape(t, "lk-jwt-service-0.5.0"), "/jwt/", "/"),
		"element": "> GET /config.json\n200\ncontent-type: application/json\n\n" + string(w.read(t, "element-config.json")) + "\n> GET /version\n200\n\n" + image[strings.LastIndex(image, ":v")+2:]}
	s.edge = &edge{authority: w.edge, stranger: w.stranger, hosts: w.hosts, broken: map[string]string{}}
	return s
}

// do breaks something.
func (s *scene) do(t *testing.T, verb, about, old, new string) {
	t.Helper()
	switch verb {
	case "file": // of what was built
		write(t, mapped(t, s.files.read(t, about), old, new), s.files.dir, about)
	case "answer": // of a product
		s.texts[about] = string(mapped(t, []byte(s.texts[about]), old, new))
	case "stop":
		s.stopped[about] = true
	case "hang":
		s.hanging[about] = true
	case "dead":
		s.dead[about] = true
	case "certificate":
		s.edge.broken[about] = old
	case "plain":
		s.edge.plain = http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, about) })
	case "publish": // the database, on all addresses
		s.ports[about] = fmt.Sprintf("127.0.0.1:%d", s.w.database)
	case "secret": // MAS has another one
		was := *s.w.mas
		*s.w.mas = about
		t.Cleanup(func() { *s.w.mas = was })
	case "synapse": // it runs with another configuration
		s.edits = append(s.edits, strings.ReplaceAll(about, `\n`, "\n")+" "+old, new)
	case "registered": // at Pocket ID, one redirect URI alone
		s.before["id."+s.w.serverName+"/authorize"] = s.registered(t, about)
	case "unreachable": // Synapse asks MAS where nobody is
		s.synapse, _, _ = s.w.runSynapse(t, "http://"+nowhere(t)+"/")
	case "loop", "endless", "slow":
		s.before[about] = onTheWay(verb)
	default:
		t.Fatalf("what is %s?", verb)
	}
}

// registered answers as a Pocket ID whose client has one redirect URI.
func (s *scene) registered(t *testing.T, uri string) http.Handler {
	t.Helper()
	right := replay(recorded(t, s.w.shape(t, "pocket-id-2.14.0")))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("redirect_uri") == uri {
			right.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Location", "/interaction/error?error=The+%27redirect_uri%27+parameter+does+not+match+any+of+the+OAuth+2.0+Client%27s+pre-registered+redirect+urls.")
		w.WriteHeader(http.StatusFound)
	})
}

// onTheWay answers in place of a service.
func onTheWay(verb string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch verb {
		case "loop":
			http.Redirect(w, r, r.URL.Path+"?", http.StatusFound)
		case "endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		case "slow":
			io.Copy(io.Discard, r.Body) // or it is not seen that the client is gone
			<-r.Context().Done()
		}
	})
}

// addresses starts what is left to start, and returns where every port of the public is.
func (s *scene) addresses(t *testing.T) map[string]string {
	t.Helper()
	if len(s.edits) > 0 {
		s.synapse, _ = s.w.start(t, s.edits...)
	}
	backends := map[string]http.Handler{
		"synapse": proxied(t, s.synapse), "mas": replay(recorded(t, s.texts["mas"])), "pocket-id": replay(recorded(t, s.texts["pocket-id"])),
		"element": replay(recorded(t, s.texts["element"])), "well-known": proxied(t, s.files.nginx(t)),
		"lk-jwt": replay(recorded(t, s.texts["lk-jwt"])),
	}
	if s.w.mas == nil {
		delete(backends, "mas")
	}
	if s.w.livekit != "" {
		backends["livekit"] = proxied(t, s.w.livekit)
	}
	for name := range backends {
		switch {
		case s.stopped[name]:
			delete(backends, name)
		case s.hanging[name]:
			backends[name] = onTheWay("slow")
		case s.dead[name]:
			backends[name] = proxied(t, "http://"+nowhere(t))
		}
	}
	for name, backend := range backends {
		backends[name] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if h := s.before[r.Host+r.URL.Path]; h != nil {
				h.ServeHTTP(w, r)
				return
			}
			backend.ServeHTTP(w, r)
		})
	}
	secure, plain := s.edge.serve(t, s.files, backends)
	closed := nowhere(t)
	addresses := map[string]string{}
	for _, host := range s.w.hosts {
		addresses[host+":443"], addresses[host+":80"], addresses[host+":5432"] = secure, plain, closed
		if s.dead[host] {
			addresses[host+":443"] = closed
		}
	}
	for port, to := range s.ports {
		addresses[port] = to
	}
	return addresses
}

// listen serves a handler on this machine.
func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		time.AfterFunc(time.Second, server.CloseClientConnections)
		server.Close()
	})
	return server.URL
}
