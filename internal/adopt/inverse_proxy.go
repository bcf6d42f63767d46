package adopt

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// proxy takes what stands between the public and the server.
func (v *inverse) proxy() {
	switch {
	case v.Generated && v.service("traefik") != nil:
		v.ownTraefik()
	case v.Generated && v.written("Caddyfile") != "":
		v.caddy()
	case v.Generated && v.written("nginx.conf") != "":
		v.nginx()
	case v.front != nil:
		v.ownFront()
	case v.isLabelled():
		v.traefik()
	default:
		v.say("proxy.kind", text("none"), nil)
		v.reached()
	}
	v.keptProxies()
	v.noteStrangers()
}

// written returns the text of a generated file beside the compose file, or "".
func (o *Old) written(name string) string {
	if o.answers.ReadFile == nil {
		return ""
	}
	content, _ := o.answers.ReadFile(name)
	return string(content)
}

// isLabelled reports whether a Traefik that the stack does not run is told by labels where the services are: one elsewhere, or a service of the operator's own.
func (v *inverse) isLabelled() bool {
	return v.proxyLabels() != nil && (len(v.Given.Of("traefik")) == 0 || v.keptNetwork() != "")
}

// runs says whether the proxy is a service of the stack.
func (v *inverse) runs(kind string) bool {
	v.say("proxy.kind", text(kind), nil)
	runs := "host"
	if v.service(kind) != nil {
		runs = "stack"
	}
	v.say("proxy.runs", text(runs), v.service(kind, "image"))
	return runs == "stack"
}

// found returns what a pattern finds in a text, or "".
func found(text, pattern string) string {
	if match := regexp.MustCompile(pattern).FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}

// sayFound gives a field what a pattern finds.
func (v *inverse) sayFound(field, content, pattern string) {
	if value := found(content, pattern); value != "" {
		v.say(field, text(value), nil)
	}
}

// ownTraefik takes the Traefik of a stack.
func (v *inverse) ownTraefik() {
	v.runs("traefik")
	static := v.written("traefik.yaml")
	v.sayFound("proxy.acme.resolver", static, `(?m)^ +certResolver: (.+)$`)
	v.sayFound("proxy.acme.email", static, `(?m)^ +email: (.+)$`)
	v.sayFound("proxy.acme.server", static, `(?m)^ +caServer: (.+)$`)
	v.sayFound("proxy.acme.dns.provider", static, `(?m)^ +provider: (.+)$`)
	if v.stack.At("proxy", "acme", "dns") == nil {
		return
	}
	for _, f := range v.service("traefik", "environment").Entries() {
		if name, isFile := strings.CutSuffix(f.Key, "_FILE"); isFile {
			v.say("proxy.acme.dns.secret", text(name), f.Value)
		} else if f.Key != "TZ" {
			v.take("proxy.acme.dns.variables."+f.Key, unescaped(f.Value)) // a build writes each $ of it as $$
		}
	}
}

// caddy takes a Caddy in the stack, on its machine or in another project.
func (v *inverse) caddy() {
	if v.runs("caddy") {
		file := v.written("Caddyfile")
		v.sayFound("proxy.acme.email", file, `(?m)^\temail (.+)$`)
		v.sayFound("proxy.acme.server", file, `(?m)^\tacme_ca (.+)$`)
		return
	}
	v.reached()
}

// nginx takes an nginx in the stack, on its machine or in another project.
func (v *inverse) nginx() {
	inStack := v.runs("nginx")
	file := v.written("nginx.conf")
	host := found(file, `(?m)^\tserver_name ([^ ;_]+);\n\tssl_certificate `)
	chain, key := found(file, `(?m)^\tssl_certificate (.+);$`), found(file, `(?m)^\tssl_certificate_key (.+);$`)
	folder := "/etc/letsencrypt"
	for _, m := range v.service("nginx").ItemsAt("volumes") {
		if source := literal(m.Get("source")); inStack && strings.HasPrefix(chain, source+"/") {
			folder = source
		}
	}
	if !strings.HasPrefix(chain, folder+"/") {
		folder = path.Dir(chain)
	}
	v.say("proxy.certificates.path", text(folder), nil)
	for _, file := range [][2]string{{"chain", chain}, {"key", key}} {
		if below, inside := strings.CutPrefix(file[1], folder+"/"); inside && host != "" {
			v.say("proxy.certificates."+file[0], text(strings.ReplaceAll(below, host, "{host}")), nil)
		}
	}
	v.sayFound("proxy.certificates.webroot", file, `(?m)^\t\troot (.+);$`)
	if !inStack {
		v.reached()
	}
}

// reached takes how a proxy that runs elsewhere finds the services: on a network, or at ports of the machine.
func (v *inverse) reached() {
	if network := v.compose.At("networks", "proxy"); v.Generated && network.Get("external").True() {
		v.take("proxy.network", network.Get("name"))
		return
	}
	for _, port := range []struct{ role, field, inside string }{
		{"synapse", "synapse", "8008"}, {"mas", "mas", "8080"}, {"element", "element", "80"}, {"well-known", "wellKnown", "8080"}, {"pocket-id", "pocketID", "1411"},
		{"livekit", "livekit", "7880"}, {"lk-jwt", "lkJWT", "8080"}, {"element-call", "elementCall", "8080"}, {"sygnal", "sygnal", "5000"},
		{"element-admin", "elementAdmin", "8080"}, {"mas", "masAdmin", v.adminPort()}, {"mas", "masCompat", "8082"},
	} {
		if strings.HasSuffix(port.field, "Admin") && !v.administered() {
			continue
		}
		if port.field == "masCompat" && v.stack.At("mas", "path") == nil {
			continue
		}
		address, number := v.publishedPort(port.role, port.inside)
		if number == "" {
			continue
		}
		v.say("proxy.ports."+port.field, &model.Node{Kind: model.Int, Text: number}, v.service(port.role, "ports"))
		if v.stack.At("proxy", "address") == nil {
			v.say("proxy.address", text(address), v.service(port.role, "ports"))
		}
	}
}

// publishedPort returns at which address and port of the machine a service answers that listens at a port inside; the first one, if the port is not known.
func (v *inverse) publishedPort(role, inside string) (address, port string) {
	for _, item := range v.service(role).ItemsAt("ports") {
		short := item.Text
		if item.Kind == model.Map {
			short = strings.TrimPrefix(literal(item.Get("host_ip"))+":"+literal(item.Get("published"))+":"+literal(item.Get("target")), ":")
		}
		short, _, _ = strings.Cut(short, "/")
		parts := strings.Split(short, ":")
		if len(parts) < 2 || item.Unknown || parts[len(parts)-1] != inside {
			continue
		}
		if _, err := strconv.Atoi(parts[len(parts)-2]); err != nil {
			continue
		}
		address = "0.0.0.0"
		if len(parts) > 2 {
			address = strings.Trim(strings.Join(parts[:len(parts)-2], ":"), "[]")
		}
		return address, parts[len(parts)-2]
	}
	return "", ""
}

// routedRoles are the services that a proxy may lead to.
func routedRoles() []string {
	return []string{"synapse", "mas", "element", "well-known", "pocket-id", "livekit", "lk-jwt", "element-call", "sygnal"}
}

// furtherPoints takes the entry points beside the one for HTTPS, and the middlewares that the operator has in front of services.
func (v *inverse) furtherPoints(main string) {
	points, guards := map[string][]string{}, map[string][]string{}
	var named, behind []string // in their order
	var routed []string
	for _, role := range routedRoles() {
		labels := v.service(role, "labels")
		if labels == nil {
			continue
		}
		routed = append(routed, role)
		for _, f := range labels.Entries() {
			switch {
			case forAdmins(f.Key) && v.administered():
			case strings.HasSuffix(f.Key, ".entrypoints"):
				for point := range strings.SplitSeq(f.Value.Text, ",") {
					if point = strings.TrimSpace(point); point != main && !slices.Contains(points[point], role) {
						if points[point] == nil {
							named = append(named, point)
						}
						points[point] = append(points[point], role)
					}
				}
			case strings.HasSuffix(f.Key, ".middlewares") && strings.Contains(f.Key, ".routers."):
				for guard := range strings.SplitSeq(f.Value.Text, ",") {
					if !strings.HasSuffix(guard, "-element") && !slices.Contains(guards[guard], role) {
						if guards[guard] == nil {
							behind = append(behind, guard)
						}
						guards[guard] = append(guards[guard], role)
					}
				}
			}
		}
	}
	if !v.Generated {
		return // another's routers lead elsewhere, too: they are told in the report
	}
	for _, point := range named {
		services := points[point]
		put(v.stack, mapping(), "proxy", "entryPoints", point)
		if len(services) < len(routed) {
			put(v.stack, texts(services), "proxy", "entryPoints", point, "services")
		}
	}
	for _, guard := range behind {
		put(v.stack, mapping(), "proxy", "middlewares", guard)
		if len(guards[guard]) < len(routed) {
			put(v.stack, texts(guards[guard]), "proxy", "middlewares", guard, "services")
		}
	}
}

// texts returns a list of texts.
func texts(all []string) *model.Node {
	n := list()
	for _, s := range all {
		n.Items = append(n.Items, text(s))
	}
	return n
}
