package graph

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// sharing is a secret that two hold: the IDs of their nodes, and the names under which they know it.
type sharing struct {
	a, b  string
	names []string
}

// secrets adds a line for every secret that two share.
func (b *builder) secrets() {
	for _, s := range b.sharedSecrets() {
		b.connect(s.a, s.b, Secret, strings.Join(s.names, " = "))
	}
}

// sharedSecrets returns who shares which secret, by name: what follows from the configurations of Synapse and MAS, and what the compose file
// grants to several services.
func (b *builder) sharedSecrets() []sharing {
	d := b.deployment
	synapse, mas := b.reader(d.Synapse, "synapse"), b.reader(d.MAS, "mas")
	var all []sharing
	add := func(first, second string, names ...string) {
		names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
		for i, name := range names {
			names[i] = b.slot(name)
		}
		if slices.Sort(names); first != "" && second != "" && first != second && len(names) > 0 {
			all = append(all, sharing{first, second, slices.Compact(names)})
		}
	}
	delegation := d.Synapse.At("matrix_authentication_service")
	if delegation.Get("enabled").True() {
		add(mas, synapse, secretName(d.MAS.At("matrix"), "matrix.secret", "secret_file"), secretName(delegation, "matrix_authentication_service.secret", "secret_path"))
	} else if matrix.DelegationOf(d.Synapse) == matrix.DelegatedByMSC3861 {
		add(mas, synapse, secretName(d.MAS.At("matrix"), "matrix.secret", "secret_file"),
			secretName(d.Synapse.At("experimental_features", "msc3861"), "msc3861.admin_token", "admin_token_path"))
	}
	for _, e := range b.graph.Edges {
		server := b.serviceOf(e.To)
		switch {
		case e.Kind == Database && e.From == mas && server != nil:
			add(mas, e.To, cmp.Or(secretName(d.MAS.At("database"), "database.password", "password_file"), variableName(d.MAS.At("database", "uri"))), postgresSecret(server))
		case e.Kind == Database && e.From == synapse && server != nil && server.Product == "postgres":
			add(synapse, e.To, secretName(d.Synapse.At("database", "args"), "database.args.password", "passfile"), postgresSecret(server))
		}
	}
	for _, p := range b.providers() {
		add(p.from, p.to, secretName(p.settings, "client_secret", p.file))
	}
	add(mas, b.mailServer(mas, d.MAS.At("email", "hostname")), secretName(d.MAS.At("email"), "email.password", "password_file"))
	add(synapse, b.turn(), secretName(d.Synapse.At(), "turn_shared_secret", "turn_shared_secret_path"))
	return append(all, b.granted(all)...)
}

// slot returns the name of the secret that a file holds, where that is known: several files may hold the same one, for several readers. Of several in one
// file it is the last by name: they stand in no order that lasts.
func (b *builder) slot(file string) string {
	name := ""
	for _, slot := range b.deployment.Slots {
		if slices.ContainsFunc(slot.Files, func(f model.SecretFile) bool { return f.Name == file }) {
			name = max(name, slot.Name)
		}
	}
	return cmp.Or(name, file)
}

// secretName returns the name of the secret that a section has: that of its file or of the variable that it comes from, or, for one that
// stands there, the path of its key. It is never the secret.
func secretName(section *model.Node, inline, file string) string {
	if name, known := section.Get(file).Literal(); known && name != "" {
		return path.Base(name)
	}
	value := section.Get(inline[strings.LastIndex(inline, ".")+1:])
	switch {
	case value == nil || value.Kind == model.Null || value.Text == "":
		return ""
	case variableName(value) != "":
		return variableName(value)
	}
	return inline
}

// variableName returns the name of the variable that a value comes from, or "". What stands behind the name, such as a default, is left out.
func variableName(n *model.Node) string {
	if n == nil || !n.Unknown {
		return ""
	}
	text := n.Text
	if _, rest, found := strings.Cut(text, "://"); found { // the password in the URI of a database
		_, rest, _ = strings.Cut(rest, ":")
		text = rest
	}
	return placeholder.VariableOf(text)
}

// postgresSecret returns the name of the password that a database server starts with.
func postgresSecret(s *model.Service) string {
	if file, known := s.Env("POSTGRES_PASSWORD_FILE").Literal(); known {
		return path.Base(file)
	}
	return variableName(s.Env("POSTGRES_PASSWORD"))
}

// turn returns the node of the TURN server that Synapse sends its users to, or "".
func (b *builder) turn() string {
	uris := texts(b.deployment.Synapse.At("turn_uris"))
	if len(uris) == 0 {
		return ""
	}
	if servers := b.deployment.Of("coturn"); len(servers) == 1 {
		return b.serviceID(servers[0])
	}
	_, host, _ := strings.Cut(uris[0], ":")
	host, _, _ = strings.Cut(strings.TrimPrefix(host, "//"), "?")
	return b.node(Node{ID: "outside " + host, Kind: Outside, Name: host, Detail: "TURN, for calls"})
}

// granted returns the secrets of the compose files that several services have, unless they are among those that are known. Of another folder, a secret
// of the same name is another one.
func (b *builder) granted(known []sharing) []sharing {
	var shared []sharing
	for _, d := range b.parts {
		names, holders := b.holders(d)
		for _, name := range names {
			first := holders[name][0]
			for _, other := range holders[name][1:] {
				if b.areProcesses(first, other) {
					continue // a worker has all that the main process has
				}
				if !slices.ContainsFunc(known, func(s sharing) bool {
					return slices.Contains(s.names, name) && (s.a == first && s.b == other || s.a == other && s.b == first)
				}) {
					shared = append(shared, sharing{first, other, []string{name}})
				}
			}
		}
	}
	return shared
}

// holders returns the names of the secrets that the compose file gives to services, in order, and who has each.
func (b *builder) holders(d *model.Deployment) (names []string, holders map[string][]string) {
	holders = map[string][]string{}
	hold := func(name string, s *model.Service) {
		id := b.serviceID(s)
		if len(holders[name]) == 0 {
			names = append(names, name)
		}
		if !slices.Contains(holders[name], id) {
			holders[name] = append(holders[name], id)
		}
	}
	for _, s := range d.Services {
		if s.Inactive && s.Product != "" && slices.ContainsFunc(d.Of(s.Product), func(other *model.Service) bool { return !other.Inactive }) {
			continue // it comes for a command, and has what the one that runs has
		}
		for _, m := range s.Mounts {
			if m.Type == "secret" {
				hold(b.slot(path.Base(cmp.Or(m.Source, m.Target))), s)
			}
		}
		for _, v := range s.Environment {
			if name := variableName(v.Value); name != "" && container.IsSecretName(v.Name) {
				hold(name, s)
			}
		}
	}
	return names, holders
}
