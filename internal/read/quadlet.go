package read

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// withUnits returns documents with one more, if units of Podman are among them: what they come to as a compose file, each value where it stands
// in its unit. Services, networks, mounts and routes then follow as from any other. A compose file beside them is another way to run the same.
func withUnits(docs []*model.Document) []*model.Document {
	docs = slices.DeleteFunc(slices.Clone(docs), func(doc *model.Document) bool { return doc.Kind == model.KindCompose && doc.Format == model.Unit })
	var units, over []*model.Document
	others := map[string]*model.Document{}
	for _, doc := range docs {
		switch {
		case doc.Kind == model.KindCompose:
			return docs
		case doc.Kind == model.KindQuadlet && dropInOf(doc.Name) != "":
			over = append(over, doc)
		case doc.Kind == model.KindQuadlet:
			units = append(units, doc)
		default:
			others[doc.Name] = doc
		}
	}
	if !slices.ContainsFunc(units, func(doc *model.Document) bool { return runsSomething(doc.Name) }) {
		return docs
	}
	slices.SortFunc(units, func(a, b *model.Document) int { return strings.Compare(a.Name, b.Name) })
	q := &quadlets{units: map[string]*model.Document{}, others: others, root: &model.Node{Kind: model.Map, Position: units[0].Root.Position}}
	whole := &model.Document{Name: "compose of units", Format: model.Unit, Kind: model.KindCompose, Upstream: model.KindCompose.Upstream(), Root: q.root}
	for i, doc := range units {
		units[i] = withDropIns(doc, over)
		q.units[unitName(doc.Name)] = units[i]
		whole.Template = whole.Template || doc.Template
		whole.Sample = whole.Sample || doc.Sample
	}
	for _, doc := range units {
		q.unit(doc)
	}
	return append(docs, whole)
}

// runsSomething reports whether a unit starts containers.
func runsSomething(name string) bool {
	ending := unitEnding(name)
	return ending == ".container" || ending == ".kube"
}

// unitName returns the name by which other units speak of one: synapse.container.
func unitName(name string) string { return stripTemplate(baseName(name)) }

// stem returns the name of a unit without its ending.
func stem(name string) string { return strings.TrimSuffix(unitName(name), path.Ext(unitName(name))) }

// quadlets makes a compose file of units.
type quadlets struct {
	units map[string]*model.Document
	// others are the documents beside them, by their names.
	others map[string]*model.Document
	root   *model.Node
}

func (q *quadlets) unit(doc *model.Document) {
	switch unitEnding(doc.Name) {
	case ".container":
		q.container(doc)
	case ".pod":
		pod := sectionOf(doc, "Pod")
		s := q.service(doc, pod, "PodName")
		q.networks(s, pod)
		s.list("ports", pod.values("PublishPort"))
	case ".kube":
		q.kube(doc)
	case ".network":
		network := sectionOf(doc, "Network")
		n := q.entry("networks", stem(doc.Name), network.at)
		n.text("name", network.last("NetworkName"), "systemd-"+stem(doc.Name))
		n.text("internal", network.last("Internal"), "")
	case ".volume":
		volume := sectionOf(doc, "Volume")
		n := q.entry("volumes", stem(doc.Name), volume.at)
		n.text("name", volume.last("VolumeName"), "systemd-"+stem(doc.Name))
	}
}

// service returns the entry of a container or a pod, under the name of its unit. The unit's name is none that others find it by.
func (q *quadlets) service(doc *model.Document, s section, nameKey string) mapping {
	n := q.entry("services", stem(doc.Name), s.at)
	n.add("x-quadlet", &model.Node{Kind: model.String, Text: unitName(doc.Name), Position: s.at.Position})
	n.text("container_name", s.last(nameKey), "systemd-"+stem(doc.Name))
	return n
}

func (q *quadlets) container(doc *model.Document) {
	c := sectionOf(doc, "Container")
	s := q.service(doc, c, "ContainerName")
	q.image(s, c)
	for _, same := range [][2]string{{"user", "User"}, {"working_dir", "WorkingDir"}, {"hostname", "HostName"}, {"entrypoint", "Entrypoint"}} {
		s.text(same[0], c.last(same[1]), "")
	}
	s.words("command", c.written("Exec"))
	s.pairs("environment", c.written("Environment"))
	s.pairs("labels", c.written("Label"))
	s.list("env_file", c.paths("EnvironmentFile"))
	s.list("ports", c.values("PublishPort"))
	s.list("tmpfs", c.values("Tmpfs"))
	s.list("extra_hosts", c.values("AddHost"))
	s.health(c)
	for _, v := range c.written("Volume") {
		q.volume(s, c, v)
	}
	for _, m := range c.written("Mount") {
		q.mount(s, c, m)
	}
	for _, v := range c.values("Secret") {
		q.secret(s, v)
	}
	if pod := c.last("Pod"); pod != nil {
		s.text("network_mode", pod, "")
	} else {
		q.networks(s, c)
	}
}

// image is what a container runs: an image, or what another unit pulls or builds.
func (q *quadlets) image(s mapping, c section) {
	n := c.last("Image")
	if n == nil {
		return
	}
	other := q.units[n.Text]
	switch path.Ext(n.Text) {
	case ".image":
		if other != nil {
			s.text("image", sectionOf(other, "Image").last("Image"), "")
			return
		}
	case ".build":
		build := &model.Node{Kind: model.String, Text: ".", Position: n.Position, Unknown: true}
		if other != nil {
			build = buildOf(sectionOf(other, "Build"), build)
		}
		s.add("build", build)
		return
	}
	s.add("image", n)
}

// buildOf returns what a build takes: a Dockerfile beside its unit, or else nothing that is known.
func buildOf(b section, otherwise *model.Node) *model.Node {
	file, folder := b.last("File"), b.last("SetWorkingDirectory")
	if file == nil || file.Unknown || path.IsAbs(file.Text) || folder != nil && folder.Text != "unit" {
		return otherwise
	}
	build := mapping{&model.Node{Kind: model.Map, Position: file.Position}}
	build.text("context", nil, cmp.Or(path.Dir(b.doc.Name), "."))
	build.text("dockerfile", nil, file.Text)
	return build.Node
}

// networks attaches a service to networks. Without any, it has one of its own on which no names are known.
func (q *quadlets) networks(s mapping, c section) {
	named := c.values("Network")
	attached := mapping{&model.Node{Kind: model.Map, Position: c.at.Position}}
	for _, n := range named {
		name, options, _ := strings.Cut(n.Text, ":")
		unit, isUnit := strings.CutSuffix(name, ".network")
		if modes := []string{"host", "none", "bridge", "private", "pasta", "slirp4netns", "container", "ns"}; n.Unknown || slices.Contains(modes, name) || strings.HasSuffix(name, ".container") {
			s.add("network_mode", n)
			return
		}
		if !isUnit || q.units[name] == nil {
			q.outside("networks", unit, n)
		}
		aliases := &model.Node{Kind: model.List, Position: n.Position}
		for option := range strings.SplitSeq(options, ",") {
			if alias, ok := strings.CutPrefix(option, "alias="); ok {
				aliases.Items = append(aliases.Items, &model.Node{Kind: model.String, Text: alias, Position: n.Position})
			}
		}
		aliases.Items = append(aliases.Items, c.values("NetworkAlias")...)
		with := mapping{&model.Node{Kind: model.Map, Position: n.Position}}
		if len(aliases.Items) > 0 {
			with.add("aliases", aliases)
		}
		attached.Fields = append(attached.Fields, model.Field{Key: unit, Value: with.Node, Position: n.Position})
	}
	if len(named) == 0 {
		s.text("network_mode", nil, "private")
		return
	}
	s.add("networks", attached.Node)
}

// volume mounts SOURCE:TARGET:OPTIONS. A source without a slash or a dot at its beginning is a volume.
func (q *quadlets) volume(s mapping, c section, v *model.Node) {
	parts := strings.Split(v.Text, ":")
	if len(parts) == 1 {
		parts = []string{"", parts[0]}
	}
	q.bind(s, c, v, parts[0], parts[1])
}

// mount mounts type=bind,source=…,target=….
func (q *quadlets) mount(s mapping, c section, v *model.Node) {
	source, target, kind := "", "", "volume"
	for option := range strings.SplitSeq(v.Text, ",") {
		switch key, value, _ := strings.Cut(option, "="); strings.TrimSpace(key) {
		case "type":
			kind = value
		case "source", "src":
			source = value
		case "target", "destination", "dst":
			target = value
		}
	}
	if kind == "bind" || kind == "volume" {
		q.bind(s, c, v, source, target)
	}
}

func (q *quadlets) bind(s mapping, c section, v *model.Node, source, target string) {
	m := mapping{&model.Node{Kind: model.Map, Position: v.Position}}
	kind := "volume"
	name, isUnit := strings.CutSuffix(source, ".volume")
	switch {
	case strings.HasPrefix(source, "."):
		kind, source = "bind", "./"+path.Join(path.Dir(c.doc.Name), source)
	case strings.HasPrefix(source, "/"), strings.HasPrefix(source, "~"):
		kind = "bind"
	case strings.HasPrefix(source, "%"): // below a folder of the user's, or of systemd's
		kind, source = "bind", "~/"+strings.TrimPrefix(source[min(2, len(source)):], "/")
	case isUnit && q.units[source] != nil:
		source = name
	case source != "":
		source = name
		q.outside("volumes", name, v)
	}
	m.text("type", nil, kind)
	m.add("source", specified(v, source))
	m.add("target", specified(v, target))
	s.append("volumes", m.Node)
}

// secret gives a container a secret that Podman keeps: as a file, or as a variable.
func (q *quadlets) secret(s mapping, v *model.Node) {
	name, options, _ := strings.Cut(v.Text, ",")
	target, kind := "", "mount"
	for option := range strings.SplitSeq(options, ",") {
		switch key, value, _ := strings.Cut(option, "="); key {
		case "target":
			target = value
		case "type":
			kind = value
		}
	}
	if kind == "env" {
		variables := childOf(s.Node, "environment", model.Map)
		variables.Fields = append(variables.Fields, model.Field{Key: cmp.Or(target, name), Position: v.Position,
			Value: &model.Node{Kind: model.String, Text: "${" + name + "}", Position: v.Position, Unknown: true}})
		return
	}
	q.outside("secrets", name, v)
	grant := mapping{&model.Node{Kind: model.Map, Position: v.Position}}
	grant.text("source", nil, name)
	if target != "" {
		grant.text("target", nil, target)
	}
	s.append("secrets", grant.Node)
}

// outside says of a network, a volume or a secret that it is made elsewhere, under that very name.
func (q *quadlets) outside(kind, name string, at *model.Node) {
	if n := q.root.Get(kind); n.Get(name) == nil {
		entry := q.entry(kind, name, at)
		if kind == "volumes" { // Podman makes one
			return
		}
		entry.add("external", &model.Node{Kind: model.Bool, Text: "true", Position: at.Position})
	}
}

// entry returns a new entry of a section of the compose file.
func (q *quadlets) entry(kind, name string, at *model.Node) mapping {
	of := childOf(q.root, kind, model.Map)
	n := &model.Node{Kind: model.Map, Position: at.Position}
	of.Fields = append(of.Fields, model.Field{Key: name, Value: n, Position: at.Position})
	return mapping{n}
}

// health is how a container is asked whether it is well.
func (m mapping) health(c section) {
	test := c.last("HealthCmd")
	if test == nil {
		return
	}
	check := mapping{&model.Node{Kind: model.Map, Position: test.Position}}
	var words []string
	switch {
	case test.Text == "none":
		check.add("disable", &model.Node{Kind: model.Bool, Text: "true", Position: test.Position})
	case json.Unmarshal([]byte(test.Text), &words) == nil:
		list := &model.Node{Kind: model.List, Position: test.Position}
		for _, word := range words {
			list.Items = append(list.Items, specified(test, word))
		}
		check.add("test", list)
	default:
		check.add("test", specified(test, test.Text))
	}
	m.add("healthcheck", check.Node)
}
