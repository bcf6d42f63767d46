package adopt

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// hashLabel is what a build puts on services whose files it writes.
const hashLabel = "matrixgen.config-hash"

// normalCompose returns the compose file with the services under their new names, in the forms that a build writes.
func (o *Old) normalCompose(root *model.Node) *model.Node {
	if root == nil {
		return nil
	}
	root = escaped(o.cleaned(root))
	if o.Generated {
		return withoutHashes(root)
	}
	n := mapping()
	if project := o.Project(); project != "" {
		set(n, "name", text(project))
	}
	set(n, "services", o.services(root.Get("services")))
	for _, section := range []string{"networks", "volumes", "secrets", "configs"} {
		if f := root.Field(section); f != nil && f.Value.Kind == model.Map {
			set(n, section, o.section(section, f.Value))
		}
	}
	o.addOwnSecrets(n)
	return n
}

// escaped returns a tree with each $ that Compose shall leave alone as $$, which is how it is written.
func escaped(root *model.Node) *model.Node {
	return clone(root, func(n *model.Node) *model.Node {
		if n.Kind == model.String && !n.Unknown {
			n.Text = strings.ReplaceAll(n.Text, "$", "$$")
		}
		return n
	})
}

// unescaped returns a tree with each $$ as the $ that Compose hands on.
func unescaped(root *model.Node) *model.Node {
	return clone(root, func(n *model.Node) *model.Node {
		if n.Kind == model.String && !n.Unknown {
			n.Text = strings.ReplaceAll(n.Text, "$$", "$")
		}
		return n
	})
}

func withoutHashes(root *model.Node) *model.Node {
	services := root.Get("services")
	for i, f := range services.Entries() {
		services.Fields[i].Value = without(f.Value, "labels", hashLabel)
	}
	return root
}

// Project returns the name of the compose project that runs; "" if nothing says it.
func (o *Old) Project() string {
	if o.answers.Project != "" {
		return o.answers.Project
	}
	folder := o.Given.Name
	if folder == "." && o.answers.Folder != "" {
		folder = path.Base(o.answers.Folder)
	}
	return read.ProjectName(o.Given.Documents, folder)
}

// services returns the services under their new names: those of the stack first.
func (o *Old) services(services *model.Node) *model.Node {
	n := mapping()
	workers := o.workers()
	for _, s := range o.Given.Services {
		service := services.Get(s.Name)
		if service == nil {
			continue
		}
		if slices.Contains(workers, s) {
			if kind := o.kindOf(s); kind != "" {
				o.note(Note{Weight: Step, Subject: s.Name, Position: s.Position, Message: "it is a worker of Synapse: the stack has its own, and it became one of synapse.workers." + kind,
					Hint: "see in out/ which requests go to which worker"})
				continue
			}
			o.note(Note{Weight: Users, Subject: s.Name, Position: s.Position, Message: "it is a further process of Synapse, and nothing says what it is for: the main process does its work, and needs its memory",
				Hint: "see whether that is enough before the switch, or say what it was for in synapse.workers"})
			continue
		}
		if role := o.roleOf(s); o.Roles[role] == s {
			set(n, role, o.roleService(role, s, service))
		} else {
			set(n, s.Name, started(s, o.readsSecrets(s, o.ownService(service))))
		}
	}
	return n
}

// roleService returns a service of the stack in the forms that a build writes.
func (o *Old) roleService(role string, s *model.Service, service *model.Node) *model.Node {
	n := mapping()
	for _, f := range service.Fields {
		switch f.Key {
		case "environment", "env_file", "labels", "volumes", "networks", "tmpfs":
		case "depends_on":
			set(n, f.Key, o.dependencies(f.Value))
		default:
			set(n, f.Key, f.Value)
		}
	}
	if len(s.Environment) > 0 {
		set(n, "environment", variables(s.Environment))
	}
	if len(s.Labels) > 0 {
		set(n, "labels", variables(s.Labels))
	}
	if mounts := o.mounts(role, s); len(mounts.Items) > 0 {
		set(n, "volumes", mounts)
	}
	if !service.Get("network_mode").IsSet() {
		set(n, "networks", networks(s))
	}
	return n
}

// variables returns variables or labels as a map.
func variables(all []model.Variable) *model.Node {
	n := mapping()
	for _, v := range all {
		value := v.Value
		if value == nil {
			value = null()
		}
		c := *value
		if c.Kind != model.Null {
			c.Kind = model.String
		}
		if !c.Unknown {
			c.Text = strings.ReplaceAll(c.Text, "$", "$$")
		}
		if c.Position.File == "" {
			c.Position = v.Position
		}
		set(n, v.Name, &c)
	}
	return n
}

func networks(s *model.Service) *model.Node {
	n := mapping()
	for _, a := range container.Attachments(s) {
		m := mapping()
		if len(a.Aliases) > 0 {
			aliases := list()
			for _, alias := range a.Aliases {
				aliases.Items = append(aliases.Items, text(alias))
			}
			set(m, "aliases", aliases)
		}
		set(n, a.Network, m)
	}
	return n
}

// dependencies returns whom a service waits for, under the new names, with the condition.
func (o *Old) dependencies(n *model.Node) *model.Node {
	m := mapping()
	add := func(name string, value *model.Node) {
		if s := o.Given.Service(name); s != nil {
			name = o.roleOf(s)
		}
		set(m, name, value)
	}
	for _, item := range n.Entered() {
		add(item.Text, mapping(model.Field{Key: "condition", Value: text("service_started")}))
	}
	for _, f := range n.Entries() {
		add(f.Key, f.Value)
	}
	return m
}

// mounts returns what a service of the stack mounts, in the long form, with the files and the data under their new names.
func (o *Old) mounts(role string, s *model.Service) *model.Node {
	mounts := list()
	for _, m := range s.Mounts {
		switch m.Type {
		case "volume", "bind":
		default:
			continue
		}
		source := o.sourceOf(role, m)
		n := mapping(model.Field{Key: "type", Value: text(m.Type)})
		if strings.HasPrefix(source, "/") {
			n.Fields[0].Value = text("bind")
		}
		n.Position = m.Position
		set(n, "source", valued(text(source), &model.Node{Position: m.Position}))
		set(n, "target", text(m.Target))
		mounts.Items = append(mounts.Items, n)
	}
	return mounts
}

// sourceOf returns what is mounted under its new name: a document of out/, the data of the role, or else where it lies on the machine.
func (o *Old) sourceOf(role string, m model.Mount) string {
	if m.Document != nil {
		if name := o.nameOf(m.Document); name != "" {
			return "./" + name
		}
	}
	if m.Type == "volume" {
		return o.volumeName(m.Source)
	}
	return o.hostPath(m.Source)
}

// nameOf returns the name that a document has in out/, or "".
func (o *Old) nameOf(doc *model.Document) string {
	d := o.Given
	for name, c := range map[string]*model.Configuration{masName: d.MAS, synapseName: d.Synapse, elementName: d.Element} {
		if c != nil && slices.Contains(c.Documents, doc) {
			return name
		}
	}
	if doc == o.callServer() {
		return livekitName
	}
	if s := o.Roles["coturn"]; s != nil && doc == turnDocument(o.Given, s) {
		return turnName
	}
	if doc == o.logDocument() {
		return logName
	}
	return ""
}

// hostPath returns where a path of the compose file is on the machine that runs it.
func (o *Old) hostPath(source string) string {
	if path.IsAbs(source) || strings.HasPrefix(source, "~") || strings.HasPrefix(source, "$") || o.answers.Folder == "" {
		return source
	}
	return path.Join(o.answers.Folder, o.composeFolder(), source)
}

// composeFolder returns the folder of the compose file below the one that was read.
func (o *Old) composeFolder() string {
	name := o.Given.Name
	if ext := path.Ext(name); ext == ".yml" || ext == ".yaml" {
		return path.Dir(name)
	}
	return name
}

// dataTargets are where the services of a stack keep what cannot be made again, and what the volume is called there.
func (o *Old) dataTargets() map[string][2]string {
	targets := map[string][2]string{"synapse": {"/data", "synapse-data"}, "pocket-id": {"/app/data", "pocket-id-data"},
		"prometheus": {"/prometheus", "prometheus-data"}, "grafana": {"/var/lib/grafana", "grafana-data"}, "alertmanager": {"/alertmanager", "alertmanager-data"}}
	for role, s := range o.Roles {
		if s.Product == "postgres" || role == o.serverOf("synapse") || role == o.serverOf("mas") {
			targets[role] = [2]string{"/var/lib/postgresql", role}
		}
	}
	if o.front != nil && o.front.store != nil {
		targets[o.front.kind] = [2]string{o.front.store.Target, o.front.volume}
	}
	return targets
}

// volumeName returns what a volume of the old compose file is called in a stack: by the role that keeps its data there.
func (o *Old) volumeName(key string) string {
	for role, data := range o.dataTargets() {
		if m := o.dataMount(role); m != nil && m.Type == "volume" && m.Source == key {
			return data[1]
		}
	}
	return key
}

// dataMount returns where a role keeps its data, or nil.
func (o *Old) dataMount(role string) *model.Mount {
	s, data := o.Roles[role], o.dataTargets()[role]
	if s == nil || data[0] == "" {
		return nil
	}
	for i, m := range s.Mounts {
		inside := m.Target == data[0] || strings.HasPrefix(m.Target, data[0]+"/") && role != "synapse"
		if inside && m.Document == nil && (m.Type == "volume" || m.Type == "bind") {
			return &s.Mounts[i]
		}
	}
	return nil
}

// section returns networks, volumes, secrets or configs: volumes under their new keys and with their real names, files where they are.
func (o *Old) section(name string, n *model.Node) *model.Node {
	m := mapping()
	for _, f := range n.Fields {
		value := f.Value
		if value.Kind != model.Map {
			value = mapping()
		}
		switch name {
		case "volumes":
			set(m, o.volumeName(f.Key), o.volume(f.Key, value))
		case "networks":
			set(m, f.Key, o.named(f.Key, value))
		default:
			set(m, f.Key, o.located(value, "file"))
		}
	}
	return m
}

// addOwnSecrets adds the files of secrets that services of the operator's own read.
func (o *Old) addOwnSecrets(root *model.Node) {
	for _, s := range o.ownSecrets() {
		put(root, mapping(model.Field{Key: "file", Value: text("./secrets/" + s.Slot)}), "secrets", s.Slot)
	}
}

// volume returns a volume with its real name.
func (o *Old) volume(key string, n *model.Node) *model.Node { return o.named(key, n) }

// named returns a volume or a network with its real name.
func (o *Old) named(key string, n *model.Node) *model.Node {
	c := *n
	c.Fields = slices.Clone(n.Fields)
	external := n.Get("external")
	switch {
	case external != nil && external.Kind == model.Map: // the form before version 3.5
		set(&c, "external", boolean(true))
		if name := external.Get("name"); name != nil {
			set(&c, "name", name)
		}
	case n.Get("name").IsSet():
	case external.True():
		set(&c, "name", text(key))
	case o.Project() != "":
		set(&c, "name", text(o.Project()+"_"+key))
	}
	return &c
}

// located returns a map with the path at a key as it is on the machine.
func (o *Old) located(n *model.Node, key string) *model.Node {
	f := n.Field(key)
	if f == nil || f.Value.Kind != model.String || f.Value.Unknown {
		return n
	}
	c := *n
	c.Fields = slices.Clone(n.Fields)
	set(&c, key, valued(text(o.hostPath(f.Value.Text)), f.Value))
	return &c
}
