package route

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// staticConfiguration returns the static configuration of Traefik by lower-case paths, or nil if it cannot be seen. A file beats flags, and
// flags beat variables; Traefik does not mix them.
func staticConfiguration(d *model.Deployment, traefik *model.Service) map[string]*model.Node {
	var file *model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindTraefikStatic && doc.Format == model.YAML {
			file = doc
		}
	}
	if traefik == nil {
		if file == nil || file.Template || file.Excerpt {
			return nil
		}
		return flatten(file.Root)
	}
	flags := flags(traefik)
	named := flags["configfile"]
	switch mounted := mountedStatic(traefik, named); {
	case mounted != nil && mounted.Kind == model.KindTraefikStatic && !mounted.Template && !mounted.Excerpt:
		return flatten(mounted.Root)
	case mounted != nil || named != nil || hidden(traefik):
		return nil
	case len(flags) > 0:
		return flags
	}
	static := map[string]*model.Node{}
	for _, v := range traefik.Environment {
		if name, found := strings.CutPrefix(v.Name, "TRAEFIK_"); found && v.Value != nil {
			static[strings.ReplaceAll(strings.ToLower(name), "_", ".")] = v.Value
		}
	}
	if len(static) == 0 {
		return nil
	}
	return static
}

// StaticFlags returns the flags that Traefik takes for its static configuration: none where it reads a file, or may.
func StaticFlags(traefik *model.Service) map[string]*model.Node {
	flags := flags(traefik)
	if flags["configfile"] != nil || mountedStatic(traefik, nil) != nil || hidden(traefik) {
		return nil
	}
	return flags
}

// mountedStatic returns the document that Traefik reads its static configuration from, or nil.
func mountedStatic(traefik *model.Service, named *model.Node) *model.Document {
	names := []string{"/etc/traefik/traefik.yml", "/etc/traefik/traefik.yaml", "/traefik.yml", "/traefik.yaml"}
	if text, known := named.Literal(); known {
		names = []string{text}
	}
	for _, m := range traefik.Mounts {
		for _, name := range names {
			if path.Clean(m.Target) == name && m.Document != nil {
				return m.Document
			}
		}
	}
	return nil
}

// hidden reports whether Traefik has a file mounted where it looks for its static configuration, or the folder of it.
func hidden(traefik *model.Service) bool {
	for _, m := range traefik.Mounts {
		switch strings.TrimSuffix(m.Target, path.Ext(m.Target)) {
		case "/etc/traefik", "/etc/traefik/traefik", "/traefik":
			return true
		}
	}
	return false
}

// flags returns the flags of a command as static configuration: --entrypoints.web.address=:80.
func flags(s *model.Service) map[string]*model.Node {
	static := map[string]*model.Node{}
	for _, word := range words(s.Node.Get("command")) {
		flag, found := strings.CutPrefix(word.Text, "-")
		if !found {
			continue
		}
		name, value, assigned := strings.Cut(strings.TrimPrefix(flag, "-"), "=")
		if !assigned {
			value = "true"
		}
		word.Kind, word.Text = model.String, value
		static[strings.ToLower(name)] = &word
	}
	return static
}

// words returns the words of a command.
func words(command *model.Node) []model.Node {
	var list []model.Node
	switch {
	case command == nil:
	case command.Kind == model.List:
		for _, item := range command.Items {
			list = append(list, *item)
		}
	default:
		for text := range strings.FieldsSeq(command.Text) {
			word := *command
			word.Text = strings.Trim(text, `"'`)
			list = append(list, word)
		}
	}
	return list
}

// flatten returns the values of a tree by their paths. A section stands there too: that of TLS may be empty.
func flatten(root *model.Node) map[string]*model.Node {
	flat := map[string]*model.Node{}
	var walk func(prefix string, n *model.Node)
	walk = func(prefix string, n *model.Node) {
		for _, f := range n.Fields {
			name := prefix + strings.ToLower(f.Key)
			flat[name] = f.Value
			walk(name+".", f.Value)
		}
	}
	if root != nil {
		walk("", root)
	}
	return flat
}

// Has reports whether the static configuration has a section, or a key below it.
func Has(static map[string]*model.Node, section string) bool {
	for name := range static {
		if name == section || strings.HasPrefix(name, section+".") {
			return true
		}
	}
	return false
}

// partial reports whether there may be routes that are not visible, or another proxy beside Traefik.
func (l *linker) partial() bool {
	if l.hidesRoutes() {
		return true
	}
	for _, s := range l.deployment.Services {
		if (s.Product == "nginx" || s.Product == "caddy" || s.Product == "") && publishesWeb(s) {
			return true
		}
	}
	return false
}

// hidesRoutes reports whether Traefik may have routes that are not visible: of another provider, or of a folder or a file that is not among the
// documents.
func (l *linker) hidesRoutes() bool {
	for name := range l.proxy.Static {
		provider, below := strings.CutPrefix(name, "providers.")
		first, _, _ := strings.Cut(provider, ".")
		switch {
		case !below || first == "docker" || first == "swarm" || first == "providersthrottleduration" || first == "precedence":
		case first == "file":
			if l.hiddenFile(name) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// hiddenFile reports whether the file provider reads what is not among the documents.
func (l *linker) hiddenFile(name string) bool {
	if name != "providers.file.directory" && name != "providers.file.filename" {
		return false
	}
	at, known := l.proxy.Static[name].Literal()
	if !known || l.proxy.Service == nil {
		return true
	}
	for _, m := range l.proxy.Service.Mounts {
		if m.Document != nil && m.Document.Kind == model.KindTraefikDynamic && (m.Target == at || strings.HasPrefix(m.Target, at+"/")) {
			return false
		}
	}
	m := l.proxy.Service.MountAt(at)
	if m == nil || m.Source == "" {
		return true
	}
	source := path.Join(m.Source, strings.TrimPrefix(at, m.Target))
	for _, doc := range l.documents() {
		if doc.Kind == model.KindTraefikDynamic && (doc.Name == source || strings.HasPrefix(doc.Name, source+"/")) {
			return false
		}
	}
	return true
}

// publishesWeb reports whether a service publishes port 80 or 443 of the host.
func publishesWeb(s *model.Service) bool {
	ports := s.Node.Get("ports")
	if ports == nil {
		return false
	}
	for _, item := range ports.Items {
		text, _, _ := strings.Cut(item.Text, "/")
		parts := strings.Split(text, ":")
		host := ""
		if len(parts) > 1 {
			host = parts[len(parts)-2]
		}
		if published := item.Get("published"); published != nil {
			host = published.Text
		}
		if host == "80" || host == "443" {
			return true
		}
	}
	return false
}
