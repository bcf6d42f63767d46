package adopt

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// knownStatic matches the keys of Traefik's static configuration, in lower case, that the one of a stack says, too, or that change no route.
// https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/
func knownStatic() *regexp.Regexp {
	return regexp.MustCompile(`^(` + strings.Join([]string{
		`(log|accesslog|global|ping|api)(\..+)?`,
		`entrypoints(\.[^.]+(\.(address|asdefault|transport(\..+)?|http2(\..+)?|http3(\..+)?|http(\.redirections(\..+)?|\.tls(\.certresolver)?)?))?)?`,
		`providers(\.(providersthrottleduration|docker(\.(endpoint|exposedbydefault|network|watch|constraints))?|file(\.(filename|directory|watch))?))?`,
		`certificatesresolvers(\.[^.]+(\.acme(\.(email|storage|caserver|keytype|tlschallenge|httpchallenge(\.entrypoint)?|dnschallenge(\.provider)?))?)?)?`,
	}, "|") + `)$`)
}

// whyTraefik reads the static configuration, and says what of it the one of a stack does not have.
func (o *Old) whyTraefik(f *front) string {
	static := o.Given.Proxy.Static
	if static == nil {
		return "its static configuration is not among the files"
	}
	known := knownStatic()
	for _, key := range slices.Sorted(maps.Keys(static)) {
		switch value := static[key]; {
		case !known.MatchString(key):
			return fmt.Sprintf("its static configuration has %s, which no field says (%s:%d)", key, value.Position.File, value.Position.Line)
		case value.Unknown:
			return fmt.Sprintf("what %s is in its static configuration is not known (%s:%d)", key, value.Position.File, value.Position.Line)
		case strings.HasPrefix(key, "entrypoints.") && strings.HasSuffix(key, ".address") && !isWebAddress(value.Text):
			return fmt.Sprintf("it has an entry point at %s, which the one of a stack has not (%s:%d)", value.Text, value.Position.File, value.Position.Line)
		}
	}
	if why := o.whyFound(f); why != "" {
		return why
	}
	for _, section := range []string{"accesslog", "log"} {
		if n := static[section]; n != nil {
			f.note(Cosmetic, n.Position, "what it writes into its log becomes what Traefik writes by itself", "")
		}
	}
	return o.whyResolver(f)
}

func isWebAddress(address string) bool {
	_, port, found := strings.Cut(strings.TrimSuffix(address, "/tcp"), ":")
	return found && slices.Contains([]string{"80", "443", "8448", "8080"}, port)
}

// whyFound says why containers of others may be behind a Traefik that looks for them.
func (o *Old) whyFound(f *front) string {
	for key := range o.Given.Proxy.Static {
		f.finds = f.finds || strings.HasPrefix(key, "providers.docker")
	}
	if !f.finds {
		return ""
	}
	for _, a := range container.Attachments(f.service) {
		if network := o.Given.Networks[a.Network]; network.Shared {
			return fmt.Sprintf("it looks for containers on the network %s, where other projects may have some", orElse(network.Name, a.Network))
		}
	}
	for _, s := range o.Given.Services {
		for _, label := range s.Labels {
			if name := strings.ToLower(label.Name); strings.HasPrefix(name, "traefik.tcp.") || strings.HasPrefix(name, "traefik.udp.") {
				return fmt.Sprintf("it hands on connections of %s that are no requests (%s:%d)", s.Name, label.Position.File, label.Position.Line)
			}
		}
	}
	for _, doc := range o.Given.Documents {
		if doc.Kind != model.KindTraefikDynamic || doc.Root == nil {
			continue
		}
		for _, top := range doc.Root.Fields {
			if !strings.EqualFold(top.Key, "http") {
				return fmt.Sprintf("its configuration has %s, which no field says (%s:%d)", top.Key, top.Position.File, top.Position.Line)
			}
		}
	}
	return ""
}

// whyResolver takes how it gets its certificates, under the name by which it keeps them.
func (o *Old) whyResolver(f *front) string {
	p := o.Given.Proxy
	names := p.Names("certificatesresolvers")
	if len(names) != 1 {
		return "a stack has one resolver of certificates, and it has " + map[bool]string{true: "none", false: "several"}[len(names) == 0]
	}
	of := func(key string) *model.Node { return p.Static["certificatesresolvers."+names[0]+".acme."+key] }
	if name := o.resolverName(names[0]); name != "" {
		f.say("acme.resolver", text(name), of("storage"))
	}
	for _, field := range [][2]string{{"email", "email"}, {"caserver", "server"}} {
		if n := of(field[0]); n.IsSet() {
			f.say("acme."+field[1], text(n.Text), n)
		}
	}
	switch {
	case of("dnschallenge") != nil || of("dnschallenge.provider") != nil:
		if why := o.whyDNS(f, of("dnschallenge.provider")); why != "" {
			return why
		}
	case of("tlschallenge") != nil:
		f.note(Cosmetic, of("tlschallenge").Position, "its certificates are renewed by the challenge at port 80 instead of the one at port 443", "")
	}
	storage := "/" + strings.TrimPrefix(orElse(literal(of("storage")), "acme.json"), "/")
	if !strings.HasSuffix(storage, "/acme.json") {
		return fmt.Sprintf("its certificates are in %s, and the stack looks for acme.json: rename the file", storage)
	}
	return o.storeAt(f, storage, "traefik-acme", "/acme")
}

// resolverName returns the name of a resolver as it is written: the file of the certificates has it.
func (o *Old) resolverName(lower string) string {
	p := o.Given.Proxy
	for i := range o.Given.Routes {
		if n := o.Given.Routes[i].At("tls", "certresolver"); n.IsSet() && strings.EqualFold(n.Text, lower) {
			return n.Text
		}
	}
	for _, point := range p.Names("entrypoints") {
		if n := p.Static["entrypoints."+point+".http.tls.certresolver"]; n.IsSet() && strings.EqualFold(n.Text, lower) {
			return n.Text
		}
	}
	return lower
}

// whyDNS takes the provider of DNS, if it wants one secret.
func (o *Old) whyDNS(f *front, provider *model.Node) string {
	if !provider.IsSet() {
		return "which provider of DNS it uses is not known"
	}
	for _, v := range f.service.Environment {
		value, known := v.Value.Literal()
		switch {
		case v.Name == "TZ":
		case !known:
			return fmt.Sprintf("what its variable %s is, is not known (%s:%d)", v.Name, v.Position.File, v.Position.Line)
		case !container.IsSecretName(v.Name):
			f.say("acme.dns.variables."+v.Name, text(value), v.Value)
		case f.secret != nil || strings.HasSuffix(v.Name, "_FILE"):
			return "its provider of DNS asks for more than one secret, or for a file"
		default:
			f.secret = v.Value
			f.say("acme.dns.secret", text(v.Name), v.Value)
		}
	}
	if f.secret == nil {
		return "the secret for its provider of DNS is not among the files"
	}
	f.say("acme.dns.provider", text(provider.Text), provider)
	return ""
}
