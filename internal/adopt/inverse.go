package adopt

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// inverse fills in the fields of a stack from what its documents say: the way back from what a build writes. It says every field that it can, the
// ones that have their defaults, too.
type inverse struct {
	*Old
	stack *model.Node
}

// Invert returns the fields that the old documents have, in the order of the language.
func (o *Old) Invert() *model.Node {
	if o.isCharted() {
		return o.invertChart()
	}
	v := &inverse{o, mapping()}
	v.identity()
	v.accounts()
	v.proxy()
	v.databases()
	if v.document(masName) != nil {
		v.providers()
	} else {
		v.ownProviders()
	}
	v.passwords()
	v.mail()
	v.branding()
	v.federation()
	v.wellKnown()
	v.homeserver()
	v.processes()
	v.furtherListeners()
	v.mediaS3()
	v.push()
	v.turn()
	v.calls()
	v.page()
	v.bridges()
	v.metrics()
	v.administration()
	v.client()
	v.images()
	v.secretFiles()
	v.data()
	v.noteUnknown()
	v.noteOpen()
	return v.stack
}

// take gives a field the value that stands somewhere, if it is known. null is a value only where it is asked for.
func (v *inverse) take(field string, n *model.Node) bool {
	if n == nil || n.Kind == model.Null || unknownWithin(n) {
		return false
	}
	put(v.stack, clone(n, nil), at(field)...)
	return true
}

// say gives a field a value that was worked out from one that stands somewhere.
func (v *inverse) say(field string, value, from *model.Node) {
	put(v.stack, valued(value, from), at(field)...)
}

func unknownWithin(n *model.Node) bool {
	if n.Unknown {
		return true
	}
	for _, f := range n.Fields {
		if unknownWithin(f.Value) {
			return true
		}
	}
	for _, item := range n.Items {
		if unknownWithin(item) {
			return true
		}
	}
	return false
}

// identity takes what the server is called, and where its parts are reached.
func (v *inverse) identity() {
	switch {
	case v.answers.ServerName != "":
		v.say("serverName", text(v.answers.ServerName), v.synapse("server_name"))
	case !v.take("serverName", v.synapse("server_name")):
		v.take("serverName", v.mas("matrix.homeserver"))
	}
	if name := v.compose.Get("name"); name != nil {
		v.take("name", name)
	}
	v.takeHost("hosts.synapse", v.synapse("public_baseurl"))
	v.takeHost("hosts.mas", v.mas("http.public_base"))
	v.masPath()
	if host := v.routedHost("element"); host != nil {
		v.say("hosts.element", host, host)
	} else {
		v.takeHost("hosts.element", v.synapse("web_client_location"))
	}
	v.publicPort()
	v.takeHost("hosts.pocketID", v.service("pocket-id", "environment", "APP_URL"))
}

// masPath takes below which path of its host MAS is, if it is below one.
func (v *inverse) masPath() {
	base := v.mas("http.public_base")
	if u, err := url.Parse(literal(base)); err == nil && strings.Trim(u.Path, "/") != "" {
		v.say("mas.path", text(u.Path), base)
	}
}

// publicPort takes the port at which the public reaches the hosts, if it is another than that of HTTPS.
func (v *inverse) publicPort() {
	for _, address := range []*model.Node{v.synapse("public_baseurl"), v.mas("http.public_base")} {
		if u, err := url.Parse(literal(address)); err == nil && u.Port() != "" {
			v.say("hosts.port", &model.Node{Kind: model.Int, Text: u.Port()}, address)
			return
		}
	}
}

// takeHost gives a field the host of a URL.
func (v *inverse) takeHost(field string, n *model.Node) {
	if u, err := url.Parse(literal(n)); err == nil && u.Hostname() != "" {
		v.say(field, text(strings.ToLower(u.Hostname())), n)
	}
}

// routedHost returns the one host under which the proxy leads to a service, or nil.
func (v *inverse) routedHost(role string) *model.Node {
	s := v.Roles[role]
	var found *model.Node
	for _, r := range v.Given.Routes {
		if s == nil || !r.Reaches(s) || r.Matcher == nil {
			continue
		}
		for _, host := range r.Matcher.Hosts() {
			if found != nil && found.Text != host {
				return nil
			}
			found = &model.Node{Kind: model.String, Text: host, Position: r.Position}
		}
	}
	return found
}

// proxy takes how the Traefik of the machine is met.
func (v *inverse) traefik() {
	if !v.Generated {
		v.noteGuards()
	}
	labels := v.proxyLabels()
	network := labels["traefik.docker.network"]
	if key := v.keptNetwork(); key != "" {
		network = text(v.networkName(key))
	}
	if network == nil {
		network = v.proxyNetwork()
	}
	v.take("proxy.network", network)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		value := labels[key]
		router, found := strings.CutSuffix(key, ".entrypoints")
		if !found || !v.hasTLS(labels, router) {
			continue
		}
		main, _, _ := strings.Cut(value.Text, ",")
		v.say("proxy.entryPoint", text(main), value)
		v.furtherPoints(main)
		switch resolver := labels[router+".tls.certresolver"]; {
		case resolver != nil:
			v.take("proxy.certResolver", resolver)
		case labels[router+".tls"] != nil:
			v.say("proxy.certResolver", null(), value)
		default:
			v.say("proxy.tls", text("entry-point"), value)
		}
		return
	}
}

// noteGuards notes what asks who comes in, in front of services of the stack, and what is not seen to do otherwise: the routes of the stack have none of it.
func (v *inverse) noteGuards() {
	noted := map[string]bool{}
	for _, r := range v.Given.Routes {
		for _, m := range r.Middlewares {
			if noted[m.Name] || !(m.Guards || m.SignIn || !m.Defined) || len(r.Backends) == 0 || r.Backends[0].Service == nil || v.Roles[v.roleOf(r.Backends[0].Service)] != r.Backends[0].Service {
				continue
			}
			noted[m.Name] = true
			v.note(Note{Weight: Users, Subject: m.Name, Position: m.Position,
				Message: fmt.Sprintf("it stood in front of %s, and the routes of the stack have no such middleware: whom it kept out comes in", r.Backends[0].Service.Name),
				Hint:    "if it is meant for all that the service answers, define it elsewhere, say in a file of Traefik's, and write it into proxy.middlewares"})
		}
	}
}

// hasTLS reports whether a router answers by HTTPS: by its own labels, or by its entry point.
func (v *inverse) hasTLS(labels map[string]*model.Node, router string) bool {
	if labels[router+".tls"] != nil || labels[router+".tls.certresolver"] != nil {
		return true
	}
	name := router[strings.LastIndex(router, ".")+1:]
	return slices.ContainsFunc(v.Given.Routes, func(r model.Route) bool { return strings.EqualFold(r.Name, name) && r.Serves })
}

// proxyLabels returns the labels of Synapse, or of another service that is routed.
func (v *inverse) proxyLabels() map[string]*model.Node { return v.proxyLabelsOf() }

func (o *Old) proxyLabelsOf() map[string]*model.Node {
	for _, role := range []string{"synapse", "mas", "element"} {
		labels := map[string]*model.Node{}
		for _, f := range o.service(role, "labels").Entries() {
			labels[strings.ToLower(f.Key)] = f.Value
		}
		for key := range labels {
			if strings.HasPrefix(key, "traefik.http.routers.") {
				return labels
			}
		}
	}
	return nil
}

// proxyNetwork returns the one external network that Synapse is on.
func (v *inverse) proxyNetwork() *model.Node {
	var found *model.Node
	for _, f := range v.service("synapse", "networks").Entries() {
		network := v.compose.At("networks", f.Key)
		if network.Get("external").True() {
			if found != nil {
				return nil
			}
			if found = network.Get("name"); found == nil {
				found = text(f.Key)
			}
		}
	}
	return found
}

// images takes which images run. A tag that moves is no version: what runs has to be asked for.
func (v *inverse) images() {
	for _, image := range []struct{ role, product string }{
		{"synapse", "synapse"}, {"mas", "mas"}, {"syn2mas", "mas"}, {"element", "element"},
		{literal(v.stack.At("databases", "synapse", "server")), "postgres"}, {literal(v.stack.At("databases", "mas", "server")), "postgres"},
		{"pocket-id", "pocketID"}, {"well-known", "nginx"}, {"synapse-redis", "redis"}, {"traefik", "traefik"}, {"caddy", "caddy"}, {"nginx", "nginxProxy"},
		{"livekit", "livekit"}, {"lk-jwt", "lkJWT"}, {"coturn", "coturn"}, {"element-call", "elementCall"}, {"sygnal", "sygnal"},
	} {
		if !v.Generated && !v.isRole(image.role) {
			continue
		}
		n := v.service(image.role, "image")
		if n == nil || n.Unknown || v.stack.At("images", image.product) != nil {
			continue
		}
		parsed := model.ParseImage(n.Text)
		at := "images." + image.product
		v.say(at+".repository", text(withRegistry(parsed.Repository)), n)
		tag := parsed.Tag
		if answer := v.answers.Versions[image.product]; answer != "" {
			tag = answer
		} else if v.front != nil && image.role == v.front.kind && moves(image.product, parsed) {
			v.stack.Get("images").Fields = slices.DeleteFunc(v.stack.Get("images").Fields, func(f model.Field) bool { return f.Key == image.product })
			continue // any version does what the stack tells it
		} else if !v.Generated && v.held(image.role) == "" && moves(image.product, parsed) {
			v.askVersion(image.product, image.role, parsed)
			continue
		}
		v.say(at+".tag", text(tag), n)
		if version := v.held(image.role); version != "" {
			v.say(at+".version", text(version), n)
		}
		if parsed.Digest != "" {
			v.say(at+".digest", text(parsed.Digest), n)
		}
		v.build(at+".build", image.role)
	}
}

// build takes what Docker makes an image of, if the stack says what is in it. A folder of a build is as far from the stack as from the compose file.
func (v *inverse) build(at, role string) {
	n := v.service(role, "build")
	if n == nil || v.held(role) == "" {
		return
	}
	context := n
	if n.Kind == model.Map {
		context = n.Get("context")
		v.take(at+".dockerfile", n.Get("dockerfile"))
		if args := n.Get("args"); args != nil {
			v.take(at+".args", unescaped(args)) // a build writes each $ of it as $$
		}
	}
	if folder := literal(context); !v.Generated {
		v.say(at+".context", text(v.hostPath(folder)), context)
	} else {
		v.say(at+".context", text(folder), context)
	}
}

// held returns the version that is in an image of one's own, by the label that says it; else "".
func (v *inverse) held(role string) string {
	_, version, _ := strings.Cut(literal(v.service(role, "labels", "matrixgen.holds")), " ")
	return version
}

// serverOf returns the service that has the tables of a product; "" if none of the deployment has.
func (o *Old) serverOf(product string) string {
	a := matrix.SynapseDatabase(o.Given)
	if product == "mas" {
		a = matrix.MASDatabase(o.Given)
	}
	if s := serverAt(o.Given, a); s != nil {
		return o.roleOf(s)
	}
	return ""
}

// withRegistry returns a repository with the registry that Docker takes where none is named.
// https://docs.docker.com/reference/cli/docker/image/pull/
func withRegistry(repository string) string {
	first, _, found := strings.Cut(repository, "/")
	switch {
	case !found:
		return "docker.io/library/" + repository
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		return "docker.io/" + repository
	}
	return repository
}

// secretFiles takes how the containers get their secrets.
func (v *inverse) secretFiles() {
	for _, f := range v.compose.Get("secrets").Entries() {
		if v.Generated && f.Value.Get("environment") != nil {
			v.say("secrets.from", text("environment"), f.Value)
		}
	}
	for _, key := range v.document(masName).At("secrets").ItemsAt("keys") {
		if name := strings.TrimSuffix(strings.TrimPrefix(literal(key.Get("key_file")), "/run/secrets/"), "_old"); "/run/secrets/"+name+"_old" == literal(key.Get("key_file")) {
			v.say("secrets.rotating."+name, boolean(true), key)
		}
	}
	for _, role := range []string{"synapse", "mas", "element"} {
		if v.take("timeZone", v.service(role, "environment", "TZ")) {
			return
		}
	}
}
