package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// engine answers Docker's API as far as Traefik asks: with one running, healthy container per service of the projects it was given.
type engine struct {
	containers []map[string]any
	reverse    map[string]endpoint // by address
	networks   map[string]int      // the number of each, by Docker's name
	network    string              // the first number of every address
}

// endpoint is a container on a network, by Docker's name for the network.
type endpoint struct {
	service, network string
}

func newEngine() *engine {
	return &engine{reverse: map[string]endpoint{}, networks: map[string]int{}, network: "10"}
}

// run adds the containers of a project. An operator's own services are Traefik's business only if they have a label of Traefik's.
func (e *engine) run(name string, project *types.Project) {
	for _, service := range project.ServiceNames() {
		config := project.Services[service]
		if !isOfTheStack(service) && !strings.Contains(fmt.Sprint(config.Labels), "traefik.") {
			continue
		}
		id := fmt.Sprintf("%064x", len(e.containers)+1)
		networks := map[string]any{}
		for key := range config.Networks {
			network := project.Networks[key].Name
			if _, ok := e.networks[network]; !ok {
				e.networks[network] = len(e.networks)
			}
			address := fmt.Sprintf("%s.%d.0.%d", e.network, e.networks[network], len(e.containers)+2)
			networks[network] = map[string]any{"NetworkID": network, "IPAddress": address}
			e.reverse[address] = endpoint{name + "/" + service, network}
		}
		state := map[string]any{"Status": "running", "Running": true}
		if config.HealthCheck != nil && !config.HealthCheck.Disable {
			state["Health"] = map[string]any{"Status": "healthy"}
		}
		if config.Restart == "no" {
			state = map[string]any{"Status": "exited"}
		}
		labels := map[string]string{"com.docker.compose.project": project.Name, "com.docker.compose.service": service}
		for key, value := range config.Labels {
			labels[key] = value
		}
		mode := config.NetworkMode
		if mode == "" {
			mode = project.Name + "_default"
		}
		e.containers = append(e.containers, map[string]any{
			"Id": id, "Name": fmt.Sprintf("/%s-%s-1", project.Name, service), "State": state,
			"HostConfig":      map[string]any{"NetworkMode": mode},
			"Config":          map[string]any{"Labels": labels, "Image": config.Image},
			"NetworkSettings": map[string]any{"Networks": networks, "Ports": map[string]any{}},
		})
	}
}

// isOfTheStack says of the services that matrixgen generates; those of databases are called as the stack says.
func isOfTheStack(service string) bool {
	return slices.Contains([]string{"synapse-volume", "synapse", "mas", "syn2mas", "element", "well-known", "pocket-id"}, service) || strings.HasPrefix(service, "synapse-") ||
		strings.HasSuffix(service, "postgres") || service == "db" || strings.HasSuffix(service, "-databases")
}

// serve returns the address of the API, for as long as the test runs.
func (e *engine) serve(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.51")
		w.Header().Set("Content-Type", "application/json")
		path := r.URL.Path
		if strings.HasPrefix(path, "/v1.") {
			path = path[strings.Index(path[1:], "/")+1:]
		}
		if id, ok := strings.CutPrefix(path, "/containers/"); ok && id != "json" {
			for _, container := range e.containers {
				if container["Id"] == strings.TrimSuffix(id, "/json") {
					json.NewEncoder(w).Encode(container)
					return
				}
			}
		}
		switch path {
		case "/_ping":
			fmt.Fprint(w, "OK")
		case "/version":
			fmt.Fprint(w, `{"Version": "29.0.0", "ApiVersion": "1.51", "MinAPIVersion": "1.44"}`)
		case "/containers/json":
			list := []map[string]any{}
			for _, container := range e.containers {
				list = append(list, map[string]any{"Id": container["Id"]})
			}
			json.NewEncoder(w).Encode(list)
		default:
			http.Error(w, `{"message": "page not found"}`, http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return "tcp://" + server.Listener.Addr().String()
}
