package adopt

import (
	"net"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// metered says who asks the products of a build for figures: "stack", "elsewhere", or "" for nobody.
func (v *inverse) metered() string {
	switch {
	case !v.Generated:
		return ""
	case v.written("metrics/prometheus.yaml") != "" && v.service("prometheus") != nil:
		return "stack"
	case v.written("metrics/scrape.yaml") != "":
		return "elsewhere"
	}
	return ""
}

// metrics takes who asks for figures, and who sees them. Another Prometheus stays a service of the operator's own.
func (v *inverse) metrics() {
	by := v.metered()
	if by == "" {
		return
	}
	v.say("metrics.prometheus", text(by), nil)
	for _, f := range v.compose.Get("services").Entries() {
		if v.service(f.Key, "environment", "DATA_SOURCE_PASS_FILE") != nil && strings.HasSuffix(f.Key, "-exporter") {
			v.Roles[f.Key] = v.Given.Service(f.Key)
			v.sayImage("metrics.exporterImage", f.Value.Get("image"))
		}
	}
	if by == "elsewhere" {
		v.take("metrics.network", v.compose.At("networks", "metrics", "name"))
		return
	}
	for _, role := range []string{"prometheus", "grafana", "alertmanager"} {
		if s := v.Given.Service(role); s != nil {
			v.Roles[role] = s
			v.sayImage("metrics."+role+"Image", v.service(role, "image"))
		}
	}
	for _, word := range textsOf(v.service("prometheus", "command")) {
		if kept, isRetention := strings.CutPrefix(word, "--storage.tsdb.retention.time="); isRetention {
			v.say("metrics.retention", text(kept), v.service("prometheus", "command"))
		}
	}
	for _, port := range textsOf(v.service("grafana", "ports")) {
		if host, number, err := net.SplitHostPort(strings.TrimSuffix(port, ":3000")); err == nil {
			v.say("metrics.address", text(host), v.service("grafana", "ports"))
			v.say("metrics.port", &model.Node{Kind: model.Int, Text: number}, v.service("grafana", "ports"))
			break
		}
	}
	v.sayTold("metrics.mailTo")
}
