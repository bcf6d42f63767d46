package read

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// services returns the services of the project, in order.
func (p *project) services() []*model.Service {
	root := p.root.Get("services")
	if root == nil {
		return nil
	}
	var services []*model.Service
	for _, f := range root.Fields {
		if f.Value.Kind == model.Map {
			services = append(services, p.service(f))
		}
	}
	return services
}

func (p *project) service(f model.Field) *model.Service {
	n := f.Value
	s := &model.Service{Name: f.Key, Node: n, Position: f.Position, Image: image(n.Get("image"))}
	image := p.built(n)
	switch {
	case n.Get("build") == nil:
		s.Product = product(s.Image)
	case image != nil:
		s.Image, s.Product, s.Node = image.image, product(image.image), image.node
		s.Environment = slices.Clone(image.environment)
	}
	own := append(p.envFiles(n), p.variables(n.Get("environment"))...)
	isSet := func(v model.Variable) bool {
		return slices.ContainsFunc(own, func(o model.Variable) bool { return o.Name == v.Name && o.Value != nil })
	}
	s.Environment = append(slices.DeleteFunc(s.Environment, isSet), own...)
	s.Labels = p.variables(n.Get("labels"))
	held(s)
	s.Held = p.held(s.Name, s.Environment)
	s.Mounts = p.mounts(n)
	if image != nil {
		s.Mounts = append(s.Mounts, image.mounts...)
	}
	s.Networks = attachments(n)
	if profiles := asList(n.Get("profiles")); profiles != nil && len(profiles.Items) > 0 {
		s.Inactive = !slices.ContainsFunc(profiles.Items, func(profile *model.Node) bool { return p.profile(profile.Text) })
	}
	return s
}

// held takes what is in an image of one's own from the label that says it: product and version. The name and the tag of such an image prove nothing.
func held(s *model.Service) {
	i := slices.IndexFunc(s.Labels, func(l model.Variable) bool { return l.Name == "matrixgen.holds" })
	if i < 0 {
		return
	}
	text, known := s.Labels[i].Value.Literal()
	name, version, found := strings.Cut(text, " ")
	if known && found && slices.Contains(labelled(), name) && model.ParseVersion(version).Known() {
		s.Product, s.Image.Holds = name, version
	}
}

// labelled are the products that a build names in the label: those of the field images.
func labelled() []string {
	return []string{"synapse", "mas", "element", "postgres", "pocket-id", "nginx", "redis", "traefik", "caddy", "livekit", "lk-jwt", "element-call", "coturn", "sygnal"}
}

// profile reports whether the .env file starts a profile.
func (p *project) profile(name string) bool {
	chosen := strings.Split(textOf(p.env.variables["COMPOSE_PROFILES"]), ",")
	return slices.Contains(chosen, name) || slices.Contains(chosen, "*")
}

// image returns the image that a service runs. What is not known of it is left in its parts as the reference that stands there.
func image(n *model.Node) model.Image {
	if n == nil || n.Kind != model.String {
		return model.Image{}
	}
	image := model.ParseImage(n.Text)
	image.Known, image.Position = !n.Unknown, n.Position
	if n.Unknown && strings.Contains(image.Tag, "}") && !strings.Contains(image.Tag, "${") { // the colon was one inside braces
		image.Repository, image.Tag = n.Text, ""
	}
	return image
}

// product returns what an image holds, by its base name.
func product(image model.Image) string {
	switch image.Base() {
	case "synapse":
		return "synapse"
	case "matrix-authentication-service", "mas":
		return "mas"
	case "element-web":
		return "element"
	case "riot-web": // others packed it in ways of their own, under the same name
		if strings.HasSuffix(image.Repository, "vectorim/riot-web") {
			return "element"
		}
	case "postgres", "postgresql", "postgis":
		return "postgres"
	case "traefik":
		return "traefik"
	case "pocket-id":
		return "pocket-id"
	case "livekit-server", "livekit":
		return "livekit"
	case "lk-jwt-service":
		return "lk-jwt"
	case "coturn":
		return "coturn"
	case "nginx", "nginx-unprivileged":
		return "nginx"
	case "caddy":
		return "caddy"
	case "redis", "valkey", "keydb", "dragonfly":
		return "redis"
	}
	return ""
}

// variables returns the entries of environment or labels, in either form. A name alone takes its value from the .env file, if that has one.
func (p *project) variables(n *model.Node) []model.Variable {
	n = asMap(n)
	if n == nil {
		return nil
	}
	var variables []model.Variable
	for _, f := range n.Fields {
		v := model.Variable{Name: f.Key, Value: f.Value, Position: f.Position}
		if f.Value.Kind == model.Null {
			v.Value = p.env.variables[f.Key]
		}
		variables = append(variables, v)
	}
	return variables
}

// envFiles returns the variables of the files that a service has as env_file, as far as the files are among the documents.
func (p *project) envFiles(service *model.Node) []model.Variable {
	files := asList(service.Get("env_file"))
	if files == nil {
		return nil
	}
	var variables []model.Variable
	for _, name := range files.Items {
		doc := p.envDocument(name)
		if doc == nil || doc.Root.Kind != model.Map {
			continue
		}
		if p.env.budget.variables -= len(doc.Root.Fields); p.env.budget.spent() {
			continue
		}
		seen := p.seenIn(doc)
		for _, f := range doc.Root.Fields {
			v := model.Variable{Name: f.Key, Position: f.Position}
			if f.Value.Kind != model.Null {
				v.Value = seen.variables[f.Key]
			}
			variables = append(variables, v)
		}
	}
	return variables
}

// seenIn returns the variables of the project with those of a file of one of its services.
func (p *project) seenIn(doc *model.Document) environment {
	if seen, done := p.seen[doc]; done {
		return seen
	}
	seen := environment{maps.Clone(p.env.variables), p.env.budget}
	seen.load(doc)
	if p.seen == nil {
		p.seen = map[*model.Document]environment{}
	}
	p.seen[doc] = seen
	return seen
}

// envDocument returns the document that an entry of env_file names, or nil.
func (p *project) envDocument(entry *model.Node) *model.Document {
	if entry.Kind == model.Map {
		entry = entry.Get("path")
	}
	if text, known := entry.Literal(); known {
		return p.documents[path.Join(p.dir, text)]
	}
	return nil
}
