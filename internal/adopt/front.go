package adopt

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// front is the proxy of the old project as that of the stack: what the field proxy says of it.
type front struct {
	kind    string
	service *model.Service
	// says are the fields, below proxy.
	says []said
	// store is where its certificates are; nil if they go with the container. inside is where the proxy of the stack has them, and volume what the language calls it.
	store          *model.Mount
	inside, volume string
	// made are further mounts that a build makes anew, or that nothing needs any more, by their targets.
	made map[string]bool
	// secret is what it proves by to a provider of DNS that the hosts are its own.
	secret *model.Node
	// finds says that it looks for containers, and so may have found those of others.
	finds bool
	// hosts are those that it has, each with a certificate.
	hosts []string
	notes []Note
}

// said is a field with the value that stands somewhere.
type said struct {
	field string
	value *model.Node
	from  *model.Node
}

func (f *front) say(field string, value, from *model.Node) {
	f.says = append(f.says, said{field, value, from})
}

// note says what falls away with the configuration that was written by hand.
func (f *front) note(w Weight, at diag.Position, message, hint string) {
	if !slices.ContainsFunc(f.notes, func(n Note) bool { return n.Message == message }) {
		f.notes = append(f.notes, Note{Weight: w, Subject: f.service.Name, Position: at, Message: message, Hint: hint})
	}
}

// kept is a proxy that stays a service of the operator's own, and why.
type kept struct {
	service *model.Service
	why     string
}

// ownImages are those of upstream: another one may have modules of which nothing is known.
func ownImages() map[string][]string {
	return map[string][]string{
		"traefik": {"traefik", "library/traefik", "docker.io/traefik", "docker.io/library/traefik"},
		"caddy":   {"caddy", "library/caddy", "docker.io/caddy", "docker.io/library/caddy"},
		"nginx":   {"nginx", "library/nginx", "docker.io/nginx", "docker.io/library/nginx"},
	}
}

// findFront finds the proxy of the project, and whether the field proxy says all that it does.
func (o *Old) findFront() {
	if o.Generated {
		return
	}
	for _, kind := range []string{"traefik", "caddy", "nginx"} {
		for _, s := range o.Given.Of(kind) {
			if s.Inactive || o.Roles[o.roleOf(s)] == s || !publishesWeb(s) {
				continue
			}
			f := &front{kind: kind, service: s, made: map[string]bool{}}
			switch why := o.whyOwn(f); {
			case why != "":
				o.staying = append(o.staying, kept{s, why})
			case o.front == nil && o.answers.Link != nil && o.answers.keeps == "":
				o.front, o.Roles[kind] = f, s
			default:
				o.staying = append(o.staying, kept{s, orElse(o.answers.keeps, "another one is in front of it")})
			}
		}
	}
}

// noteStrangers notes services with the ports of the web of which nobody knows what they do.
func (v *inverse) noteStrangers() {
	if v.Generated {
		return // its proxy is that of the stack, whatever its image is called
	}
	for _, s := range v.Given.Services {
		if s.Inactive || s.Product != "" || !publishes(s, 443) {
			continue
		}
		v.note(Note{Weight: Step, Subject: s.Name, Position: s.Position, Message: "it has the port 443, and goes on as a service of your own: which program it is cannot be told",
			Hint: "see that it leads where the table in out/<stack>/README.md says, under the names and ports that the services have there"})
	}
}

// publishesWeb reports whether a service has a port of the web, or those of the machine.
func publishesWeb(s *model.Service) bool {
	return s.Node.Get("network_mode").Is("host") || publishes(s, 80) || publishes(s, 443)
}

// whyOwn says why a proxy stays as it is; "" if the field proxy says all that it does.
func (o *Old) whyOwn(f *front) string {
	s, p := f.service, o.Given.Proxy
	switch {
	case s.Node.Get("network_mode").IsSet():
		return "it is in the network of the machine, where it may lead to anything"
	case p == nil || p.Service != s || p.Kind != f.kind:
		return "where it leads cannot be seen in the files"
	case p.Partial || p.Guessed:
		return "not all that it reads is among the files, and what is not may serve others"
	case !slices.Contains(ownImages()[f.kind], s.Image.Repository):
		return fmt.Sprintf("its image %s is not the one of %s itself, and may do more", s.Image.Repository, titles()[f.kind])
	case o.Given.Service(f.kind) != nil && o.Given.Service(f.kind) != s:
		return fmt.Sprintf("another service is called %s, as the stack calls its proxy", f.kind)
	}
	for _, reason := range []func(*front) string{o.whyPorts, o.whySettings, o.whyRoutes} {
		if why := reason(f); why != "" {
			return why
		}
	}
	return ""
}

func titles() map[string]string {
	return map[string]string{"traefik": "Traefik", "caddy": "Caddy", "nginx": "nginx"}
}

// whyPorts says which port the proxy of a stack would not have.
func (o *Old) whyPorts(f *front) string {
	ports, known := container.PublishedPorts(f.service)
	if !known {
		return "which ports it publishes is not known"
	}
	open := map[int]bool{}
	for _, p := range ports {
		if address, _ := container.SplitPublished(p.Item.Text); address != "" && address != "0.0.0.0" && address != "[::]" || p.Item.Get("host_ip").IsSet() {
			return "its ports are open at one address alone, so something else is in front of it"
		}
		open[p.HostFirst] = true
		switch {
		case p.HostFirst == p.First && p.HostFirst == p.HostLast && (p.First == 80 || p.First == 443):
		case p.HostFirst == 8448 && p.HostLast == 8448:
		case f.kind == "traefik" && p.First == 8080 && p.Last == 8080:
			f.note(Step, p.Item.Position, fmt.Sprintf("its port %d, with its dashboard, is closed: the proxy of a stack has none", p.HostFirst), "")
		default:
			return fmt.Sprintf("it publishes the port %d of the machine, too", p.HostFirst)
		}
	}
	switch {
	case !open[443]:
		return "it does not publish the port 443, so something else is in front of it"
	case !open[80]:
		f.note(Users, f.service.Position, "the proxy of a stack has the port 80 of the machine, too, and this one had not: where another program has it, it does not start", "see that the port is free, and that the firewall lets it in: certificates are renewed by it")
	}
	return ""
}

// whySettings reads what the proxy is told, and says what of it the field proxy does not.
func (o *Old) whySettings(f *front) string {
	switch f.kind {
	case "traefik":
		return o.whyTraefik(f)
	case "caddy":
		return o.whyCaddy(f)
	}
	return o.whyNginx(f)
}

// whyRoutes says which of its routes leads elsewhere than to the services of the stack.
func (o *Old) whyRoutes(f *front) string {
	leading, serving := map[diag.Position]bool{}, map[diag.Position]bool{}
	for _, r := range o.Given.Routes {
		leading[r.Position] = leading[r.Position] || len(r.Backends) > 0 && r.Resolved
		serving[r.Position] = serving[r.Position] || r.Serves
	}
	for i := range o.Given.Routes {
		r := &o.Given.Routes[i]
		at := fmt.Sprintf("%s:%d", r.Position.File, r.Position.Line)
		hosts := r.Matcher.Hosts()
		switch {
		case strings.HasSuffix(r.Target, "@internal"):
			f.note(Step, r.Position, "its dashboard falls away: the proxy of a stack has none", "")
			continue
		case r.RedirectsToScheme(), f.kind == "nginx" && !r.Serves: // what nginx does without TLS is read as it stands
			continue
		case !r.Serves && serving[r.Position]:
			continue // the same at port 8448
		case !r.Serves && f.kind == "caddy":
			return fmt.Sprintf("it serves something at another port than 443 (%s)", at)
		case len(hosts) == 0:
			return fmt.Sprintf("it takes requests for any host (%s)", at)
		case len(r.Backends) == 0 && leading[r.Position]:
			continue // the path without the last slash
		case r.Body != nil && o.isWellKnownOnly(r):
		case r.Files:
			return fmt.Sprintf("it serves files of its own at %s (%s)", hosts[0], at)
		case len(r.Backends) == 0 && f.kind == "caddy":
			continue // an error, as whyCaddy knows
		case !r.Resolved || len(r.Backends) == 0:
			return fmt.Sprintf("where it leads requests for %s cannot be told (%s)", hosts[0], at)
		}
		for _, host := range hosts {
			if strings.ContainsAny(host, "*$ ") {
				return fmt.Sprintf("its host %s stands for others, or is not known (%s)", host, at)
			}
			if !slices.Contains(f.hosts, host) {
				f.hosts = append(f.hosts, host)
			}
		}
		for _, b := range r.Backends {
			if b.Service == nil || o.Roles[o.roleOf(b.Service)] != b.Service {
				name := b.Host
				if b.Service != nil {
					name = b.Service.Name
				}
				return fmt.Sprintf("it leads to %s at %s, too, which the stack knows nothing of (%s)", name, hosts[0], at)
			}
		}
		if why := whyMiddleware(f, r); why != "" {
			return why
		}
	}
	if len(f.hosts) == 0 {
		return "where it leads cannot be seen in the files"
	}
	return ""
}

// whyMiddleware says what of that which a route does on the way the stack would not do.
func whyMiddleware(f *front, r *model.Route) string {
	for _, m := range r.Middlewares {
		e := m.Effects
		at := fmt.Sprintf("%s:%d", m.Position.File, m.Position.Line)
		switch {
		case e.Guards, e.SignIn:
			return fmt.Sprintf("%s decides who gets in (%s)", m.Name, at)
		case e.Any, e.Path != nil, e.Decodes, e.Redirects == model.RedirectElsewhere, e.ReplacesErrors, e.Preflight != nil:
			return fmt.Sprintf("%s changes requests or answers, which no field says (%s)", m.Name, at)
		case e.SetsHeaders && f.kind == "caddy": // whyCaddy says it
		case e.SetsHeaders:
			f.note(Step, m.Position, fmt.Sprintf("the headers of %s are not sent any more: the stack sends those that Element Web needs", m.Name), "")
		case e.Body != nil:
			f.note(Cosmetic, m.Position, fmt.Sprintf("%s falls away: how large a request may be follows from synapse.maxUploadSize", m.Name), "")
		case !m.Defined:
			return fmt.Sprintf("what %s does cannot be seen (%s)", m.Name, at)
		default:
			f.note(Cosmetic, m.Position, m.Name+" falls away", "")
		}
	}
	return ""
}

// isWellKnownOnly reports whether a route takes nothing but well-known documents.
func (o *Old) isWellKnownOnly(r *model.Route) bool {
	for _, host := range r.Matcher.Hosts() {
		for _, path := range []string{"/", "/index.html", "/_matrix/client/versions", "/.well-known/other"} {
			if matches, known := r.Matcher.Match(model.Request{Host: host, Path: path, Method: "GET"}); matches || !known {
				return false
			}
		}
	}
	return len(r.Matcher.Hosts()) > 0
}

// storeAt takes where the proxy keeps its certificates, and says why that cannot stay.
func (o *Old) storeAt(f *front, file, volume, inside string) string {
	m := f.service.MountAt(file)
	if m == nil || m.Type == "tmpfs" {
		f.note(Step, f.service.Position, "its certificates go with its container already, so that the stack gets new ones", "")
		return ""
	}
	if m.Target == file && path.Ext(file) != "" {
		return fmt.Sprintf("its certificates are in the file %s, and the stack mounts a folder: put it into one of its own, mount that at /acme, and let the storage be /acme/%s", m.Source, path.Base(file))
	}
	below := strings.Trim(strings.TrimPrefix(file, m.Target), "/")
	if path.Ext(file) != "" {
		below = path.Dir(below)
	}
	if below != "." && below != "" {
		return fmt.Sprintf("its certificates are in the folder %s of %s, and the stack keeps them at the top of one", below, m.Source)
	}
	f.store, f.volume, f.inside = m, volume, inside
	return ""
}

// isFrontMount reports whether the proxy of the stack has what is mounted by itself, or does without.
func (o *Old) isFrontMount(role string, m *model.Mount) bool {
	f := o.front
	return f != nil && role == f.kind && (f.made[m.Target] || m == f.store || m.Document != nil || o.holdsDocuments(m) || strings.HasSuffix(m.Source, "docker.sock"))
}

// holdsDocuments reports whether what is mounted is a folder with documents of the proxy.
func (o *Old) holdsDocuments(m *model.Mount) bool {
	return m.Type == "bind" && slices.ContainsFunc(o.Given.Documents, func(doc *model.Document) bool {
		return slices.Contains([]model.DocumentKind{model.KindTraefikStatic, model.KindTraefikDynamic, model.KindCaddy, model.KindNginx}, doc.Kind) &&
			strings.HasPrefix(doc.Name, strings.TrimSuffix(m.Source, "/")+"/")
	})
}

// ownFront takes the proxy of the old project as that of the stack.
func (v *inverse) ownFront() {
	f := v.front
	v.say("proxy.kind", text(f.kind), f.service.Node)
	v.say("proxy.runs", text("stack"), f.service.Node)
	for _, s := range f.says {
		v.say("proxy."+s.field, s.value, s.from)
	}
	v.note(Note{Weight: Step, Subject: f.service.Name, Position: f.service.Position,
		Message: "it becomes the proxy of the stack: its routes are derived from now on, and what it has in front of the server's hosts leads where it led",
		Hint:    "compare it with the table of routes in out/<stack>/README.md"})
	for _, n := range f.notes {
		v.note(n)
	}
}

// keptProxies notes the proxies of the old project that stay services of the operator's own, each with the reason.
func (v *inverse) keptProxies() {
	for _, k := range v.staying {
		kind := k.service.Product
		v.note(Note{Weight: Step, Subject: k.service.Name, Position: k.service.Position,
			Message: "it goes on with its own configuration, as a service of your own: " + k.why,
			Hint:    fmt.Sprintf("see that it leads where the table in out/<stack>/README.md says; for derived routes, mend that, say proxy: {kind: %q, runs: \"stack\"}, and take it out of extra", kind)})
	}
}

// publishes reports whether a service has a port of the machine.
func publishes(s *model.Service, port int) bool {
	ports, _ := container.PublishedPorts(s)
	return slices.ContainsFunc(ports, func(p container.PublishedRange) bool { return p.HostFirst <= port && port <= p.HostLast })
}

// keptNetwork returns the network on which a Traefik of the project that stays finds Synapse, by its key; "" if there is none.
func (o *Old) keptNetwork() string {
	synapse := o.Roles["synapse"]
	for _, k := range o.staying {
		if k.service.Product != "traefik" || synapse == nil || k.service.Node.Get("network_mode").IsSet() || synapse.Node.Get("network_mode").IsSet() {
			continue
		}
		for _, a := range container.Attachments(k.service) {
			if slices.ContainsFunc(container.Attachments(synapse), func(b model.Attachment) bool { return a.Network == b.Network }) {
				return a.Network
			}
		}
	}
	return ""
}

// networkName returns the real name of a network of the old project; "" if nothing says it.
func (o *Old) networkName(key string) string {
	if name := literal(o.compose.At("networks", key, "name")); name != "" {
		return name
	}
	if project := o.Project(); project != "" {
		return project + "_" + key
	}
	return ""
}

// lendNetwork makes the network of a Traefik that stays one that is there before the stack is: the services of the stack look for it by its name.
func (o *Old) lendNetwork(own *model.Node) {
	key := o.keptNetwork()
	if key == "" || o.proxyLabelsOf() == nil || o.compose.At("networks", key, "external").True() || o.networkName(key) == "" {
		return
	}
	put(own, mapping(model.Field{Key: "name", Value: text(o.networkName(key))}, model.Field{Key: "external", Value: boolean(true)}), "networks", key)
	o.lent = o.networkName(key)
}
