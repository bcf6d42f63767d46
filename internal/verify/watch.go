package verify

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// watcher is a program of metrics that answers whoever gets to its port.
type watcher struct {
	// base is what its image is called, and port where it listens.
	base, port string
	name       string
	message    string
	// path is what it is asked, and says what stands in its answer, which has the status 200.
	path, says string
	hint       string
}

// watchers are those whose answers are known. Prometheus and Alertmanager have no sign-in of their own, and Grafana shows nothing without.
// prometheus/prometheus web/web.go (/-/healthy), prometheus/alertmanager api/v2/openapi.yaml (/api/v2/status), https://grafana.com/docs/grafana/latest/developers/http_api/folder_dashboard_search/
func watchers() []watcher {
	const inside = "take the port out of ports: in the compose file, or publish it at 127.0.0.1: Docker opens it past the firewall"
	return []watcher{
		{"prometheus", "9090", "closed-prometheus", "everybody reaches Prometheus at %s: it asks nobody who he is, and tells who signs in and when", "/-/healthy", "Prometheus Server is Healthy", inside},
		{"alertmanager", "9093", "closed-alertmanager", "everybody reaches Alertmanager at %s: it asks nobody who he is, and anybody silences its alerts", "/api/v2/status", `"versionInfo"`, inside},
		{"grafana", "3000", "closed-grafana", "everybody sees the dashboards of Grafana at %s without signing in", "/api/search", "[", "take GF_AUTH_ANONYMOUS_ENABLED away, and restart it"},
	}
}

// watched returns the probes of what shows metrics: at the ports that the services publish, and at those that they have by themselves.
func (s *site) watched() []Probe {
	var probes []Probe
	for _, w := range watchers() {
		var ports []string
		for _, service := range s.d.Services {
			if service.Image.Base() != w.base && service.Image.Base() != w.base+"-oss" {
				continue
			}
			for _, port := range append(publishedAs(service, w.port), w.port) {
				if !slices.Contains(ports, port) {
					ports = append(ports, port)
				}
			}
		}
		for _, host := range s.ownHosts() {
			for _, port := range ports {
				probes = append(probes, s.port(host, port, w.name, w.message, w.hint, w.answers))
			}
		}
	}
	return probes
}

// publishedAs returns the ports of the machine at which a port of a container is published.
func publishedAs(service *model.Service, port string) []string {
	own, err := strconv.Atoi(port)
	if err != nil {
		return nil
	}
	var found []string
	ranges, _ := container.PublishedPorts(service)
	for _, r := range ranges {
		if r.First <= own && own <= r.Last && r.HostFirst > 0 {
			found = append(found, strconv.Itoa(r.HostFirst+own-r.First))
		}
	}
	return found
}

// answers reports whether it is that program that answers, and lets a stranger in.
func (w watcher) answers(conn net.Conn) bool {
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.0\r\nHost: matrix\r\n\r\n", w.path); err != nil {
		return false
	}
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	said := make([]byte, 0, 4<<10)
	for len(said) < cap(said) {
		n, err := conn.Read(said[len(said):cap(said)])
		if said = said[:len(said)+n]; err != nil {
			break
		}
	}
	status, _, _ := strings.Cut(string(said), "\n")
	return strings.HasPrefix(status, "HTTP/1.") && strings.Contains(status, " 200 ") && strings.Contains(string(said), w.says)
}
