package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// noteUnknown notes what the server cannot be without and what stands in a variable that no file sets: as whom services run, and who signs people in.
func (v *inverse) noteUnknown() {
	for _, role := range []string{"synapse", "mas", "pocket-id"} {
		s := v.Roles[role]
		for _, n := range v.ownerNodes(role) {
			if s == nil || n == nil || !n.Unknown {
				continue
			}
			v.note(Note{Weight: Data, Subject: "owner of " + role, Position: n.Position,
				Message: fmt.Sprintf("as whom it runs stands in a variable that no file sets: %s. The stack would run it as the user of its image, to whom its data do not belong", n.Text),
				Hint:    fmt.Sprintf("the server tells it: %s; set the variable in the file .env beside the compose file, and adopt again", v.oldCommand(fmt.Sprintf("exec -T %s id", s.Name)))})
			break
		}
	}
	v.noteHostNetwork()
	providers := v.document(masName).At("upstream_oauth2").ItemsAt("providers")
	if v.document(masName) == nil {
		providers = v.oidcProviders()
	}
	for i, p := range providers {
		for _, key := range []string{"client_id", "issuer"} {
			if n := p.Get(key); n != nil && n.Unknown && !p.Get("enabled").False() {
				v.note(Note{Weight: Data, Subject: fmt.Sprintf("%s of provider %d", key, i+1), Position: n.Position,
					Message: fmt.Sprintf("it stands in a variable that no file sets: %s. Without it the stack has no such provider, and nobody signs in by it", n.Text),
					Hint:    "write the value that the server has in its place in a copy of the folder, and adopt that"})
			}
		}
	}
}

// ownerNodes returns where a service may be told as whom it runs.
func (v *inverse) ownerNodes(role string) []*model.Node {
	nodes := []*model.Node{v.service(role, "user")}
	for _, name := range map[string][]string{"synapse": {"UID", "GID"}, "pocket-id": {"PUID", "PGID"}}[role] {
		nodes = append(nodes, v.service(role, "environment", name))
	}
	return nodes
}

// oldCommand returns a command of Compose for the project that runs.
func (o *Old) oldCommand(words string) string { return (&planner{Old: o}).old(words) }

// noteNames notes what files of the Traefik of the machine call by names that labels of the old compose file give, and those of the stack do not.
func (o *Old) noteNames(compiled *model.Files) {
	if o.front != nil || o.Generated || o.isCharted() {
		return
	}
	given := o.labelNames(compiled.Document(composeName).Root.Get("services"))
	for _, doc := range o.Given.Documents {
		if doc.Kind == model.KindTraefikDynamic && doc.Root != nil {
			o.noteNamesIn(given, doc.Root)
		}
	}
}

// labelNames returns what labels of services give a name to: routers, services and middlewares.
func (o *Old) labelNames(services *model.Node) []string {
	var names []string
	for _, service := range services.Entries() {
		for _, f := range service.Value.Get("labels").Entries() {
			if parts := strings.Split(f.Key, "."); len(parts) > 3 && strings.EqualFold(parts[0], "traefik") {
				names = append(names, parts[3])
			}
		}
	}
	for _, s := range o.Given.Services {
		for _, label := range s.Labels {
			if parts := strings.Split(label.Name, "."); len(parts) > 3 && strings.EqualFold(parts[0], "traefik") && o.Roles[o.roleOf(s)] != s {
				names = append(names, parts[3])
			}
		}
	}
	return names
}

func (o *Old) noteNamesIn(given []string, n *model.Node) {
	if name, isLabel := strings.CutSuffix(n.Text, "@docker"); isLabel && n.Kind == model.String && !slices.Contains(given, name) {
		o.note(Note{Weight: Users, Subject: n.Text, Position: n.Position,
			Message: "the labels of the old compose file give this name, and those of the stack give others: the route leads nowhere once the new files run",
			Hint:    "look for the new name in the labels in out/<stack>/docker-compose.yml, and change it here at the switch"})
	}
	for _, f := range n.Fields {
		o.noteNamesIn(given, f.Value)
	}
	for _, item := range n.Items {
		o.noteNamesIn(given, item)
	}
}

// noteHostNetwork notes services that were in the network of the machine: those of a stack are in one of their own.
func (v *inverse) noteHostNetwork() {
	for _, product := range []struct {
		role   string
		access *matrix.DatabaseAccess
	}{{"synapse", matrix.SynapseDatabase(v.Given)}, {"mas", matrix.MASDatabase(v.Given)}} {
		s := v.Roles[product.role]
		if s == nil || !s.Node.Get("network_mode").Is("host") {
			continue
		}
		n := Note{Weight: Users, Subject: s.Name, Position: s.Node.Get("network_mode").Position,
			Message: "it was in the network of the machine, and is in one of its own from now on: what listens at 127.0.0.1 there, it does not reach",
			Hint:    "see what its configuration names there: an SMTP server, Redis, bridges"}
		if host := hostOf(product.access); slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, host) {
			n.Weight, n.Subject = Data, "database of "+product.role+" on the machine"
			n.Message += ", and its database is there: it does not start"
			n.Hint = fmt.Sprintf("let Postgres listen at the address of Docker's bridge, too, and write into the stack: databases: servers: NAME: host: \"host.docker.internal\", and override: compose: services: %s: extra_hosts: [\"host.docker.internal:host-gateway\"]", product.role)
		}
		v.note(n)
	}
}

func hostOf(a *matrix.DatabaseAccess) string {
	if a == nil {
		return ""
	}
	return literal(a.Host)
}

// saysUnknown reports whether it is said already why a field falls away: the client or the issuer of its provider is not known.
func (o *Old) saysUnknown(path []string) bool {
	return path[0] == "identityProviders" && slices.ContainsFunc(o.notes, func(n Note) bool {
		return strings.HasPrefix(n.Subject, "client_id of provider ") || strings.HasPrefix(n.Subject, "issuer of provider ")
	})
}
