package model

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Service is a service of a compose file.
type Service struct {
	Name string
	// Node is the service as it stands in the compose file.
	Node     *Node
	Position diag.Position
	Image    Image
	// Product is what the image holds, by its base name: "synapse", "mas", "element", "postgres", "traefik", "pocket-id", "livekit",
	// "lk-jwt", "coturn", "nginx", "caddy", "redis"; "" if that is not known. Of an image that is built here, it is that of its base. Of an image of one's own it is
	// what its label says, "sygnal" and "element-call" too.
	Product string
	// Environment is what the compose file and its env_file give the container.
	Environment []Variable
	Mounts      []Mount
	// Held are the documents that stand as texts in variables of the environment, such as LIVEKIT_CONFIG.
	Held     []*Document
	Networks []Attachment
	Labels   []Variable
	// Inactive says that the service starts only with a profile.
	Inactive bool
	// Foreign says that it is surely none of the Matrix server's, nor what that depends on.
	Foreign bool
}

// Variable is a name with a value: an environment variable or a label. Value is nil if the host's environment decides.
type Variable struct {
	Name     string
	Value    *Node
	Position diag.Position
}

// Mount is something of the host in a container: a bind, a volume, a secret or a config.
type Mount struct {
	Type string // "bind", "volume", "tmpfs", "secret", "config", or "copy" for what a Dockerfile puts into the image
	// Source is the path below the folder of the compose file, slash-separated and clean, the name of a volume, or an absolute path. For a
	// secret or a config that is no file it begins with $ and says where it comes from.
	Source string
	Target string
	// Document is the document at the source, if it is one of the deployment.
	Document *Document
	// Rendered says that Docker fills in templates of Go on the way: template_driver of a config or a secret.
	Rendered bool
	// ReadOnly says that the service writes nothing there.
	ReadOnly bool
	// Missing says of a bind that its source is one of [Files.Missing].
	Missing  bool
	Position diag.Position
}

// KeepsFigures reports whether a program keeps there what it has measured, or drawn from that, and nothing that a user wrote: Prometheus, Alertmanager or Grafana, by the
// folders of their images.
func (m Mount) KeepsFigures() bool {
	return slices.Contains([]string{"/prometheus", "/alertmanager", "/var/lib/grafana"}, m.Target)
}

// Attachment is a service on a network.
type Attachment struct {
	Network  string // the key in the compose file
	Aliases  []string
	Position diag.Position
}

// Network is a network of a compose file.
type Network struct {
	// Name is the real name, as docker network ls shows it; "" if the project's name is not known.
	Name     string
	Internal bool
	External bool
	// Shared says that other projects may be on it: it is made elsewhere, or has a name that is not the project's.
	Shared   bool
	Position diag.Position
}

// Configuration is what one product reads: one document, or several merged as the product merges them.
type Configuration struct {
	// Service is the service that reads it; nil if there is no compose file, or nothing mounts it.
	Service *Service
	// Image is what runs it where no service is seen: what values give a chart.
	Image Image
	// Documents are the files, in the order in which they are read.
	Documents []*Document
	// Root is the merged content; its nodes keep their positions.
	Root *Node
	// Partial says that more may be configured elsewhere: an excerpt, a template, a file or a variable that is not visible. What is absent
	// may then be there.
	Partial bool
	// Branches says that it is Partial for no other reason than conditions of templates: then it is known of what is not Open what is absent.
	Branches bool
	// Guessed says that no mount proves which file is read: it was found by its name, or is the only one of its kind.
	Guessed bool
}

// At returns the value below a path of keys, or nil.
func (c *Configuration) At(path ...string) *Node {
	if c == nil {
		return nil
	}
	return c.Root.At(path...)
}

// Nearest returns where the value below a path of keys stands: its key, if it is a map or a list. If it is not there, that is the key of the
// innermost section of the path that is, or the first key of all.
func (c *Configuration) Nearest(path ...string) diag.Position {
	at := c.Root.Position
	if len(c.Root.Fields) > 0 {
		at = c.Root.Fields[0].Position
	}
	node := c.Root
	for i, key := range path {
		field := node.Field(key)
		if field == nil {
			return at
		}
		at, node = field.Position, field.Value
		if i == len(path)-1 && node.Kind != Map && node.Kind != List {
			return node.Position
		}
	}
	return at
}

// RunBy returns the image that reads the configuration, as far as it is known.
func (c *Configuration) RunBy() Image {
	switch {
	case c == nil:
		return Image{}
	case c.Service == nil:
		return c.Image
	}
	return c.Service.Image
}

// Version returns the version of the product by the image of its service, or the unknown version.
func (c *Configuration) Version() Version { return c.RunBy().Version() }

// Service returns the service of that name, or nil.
func (d *Deployment) Service(name string) *Service {
	if i := slices.IndexFunc(d.Services, func(s *Service) bool { return s.Name == name }); i >= 0 {
		return d.Services[i]
	}
	return nil
}

// IsJob reports whether a service runs to its end: others wait for that, or somebody starts it by its profile, and nothing starts it again.
func (d *Deployment) IsJob(s *Service) bool {
	restart := s.Node.Get("restart")
	return s.Inactive && (restart == nil || restart.Is("no")) || slices.ContainsFunc(d.Services, func(other *Service) bool {
		return other.Node.At("depends_on", s.Name, "condition").Is("service_completed_successfully")
	})
}

// ServiceAt returns the service that other containers know by a name: its own, hostname, container_name, or an alias. nil if there is none.
func (d *Deployment) ServiceAt(host string) *Service {
	i := slices.IndexFunc(d.Services, func(s *Service) bool {
		return s.Name == host || s.Node.Get("hostname").Is(host) || s.Node.Get("container_name").Is(host) ||
			slices.ContainsFunc(s.Networks, func(a Attachment) bool { return slices.Contains(a.Aliases, host) })
	})
	if i < 0 {
		return nil
	}
	return d.Services[i]
}

// Of returns the services that run the product.
func (d *Deployment) Of(product string) []*Service {
	var services []*Service
	for _, s := range d.Services {
		if s.Product == product {
			services = append(services, s)
		}
	}
	return services
}

// Env returns the value of an environment variable of the service, or nil.
func (s *Service) Env(name string) *Node { return lookUp(s.Environment, name) }

// Label returns the value of a label of the service, or nil.
func (s *Service) Label(name string) *Node { return lookUp(s.Labels, name) }

func lookUp(variables []Variable, name string) *Node {
	for _, v := range slices.Backward(variables) {
		if v.Name == name {
			return v.Value
		}
	}
	return nil
}

// MountAt returns the mount that holds a path of the container: the one with the longest target above it, or nil.
func (s *Service) MountAt(path string) *Mount {
	var best *Mount
	for i, m := range s.Mounts {
		inside := path == m.Target || strings.HasPrefix(path, strings.TrimSuffix(m.Target, "/")+"/")
		if inside && (best == nil || len(m.Target) > len(best.Target)) {
			best = &s.Mounts[i]
		}
	}
	return best
}
