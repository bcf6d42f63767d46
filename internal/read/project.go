package read

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// project is what Compose makes of the compose files of a deployment.
type project struct {
	documents map[string]*model.Document
	// dir is the folder of the main file; paths are relative to it.
	dir     string
	env     environment
	root    *model.Node                     // the files merged, with references resolved
	inline  map[string]*model.Document      // configs with their content in the compose file, by their key
	seen    map[*model.Document]environment // what the files of services see, by the file
	loading []string                        // files that are being included, against circles
}

// newProject returns the project of documents, or nil if there is no compose file among them.
func newProject(documents []*model.Document) *project {
	files := composeFiles(documents)
	if len(files) == 0 {
		return nil
	}
	p := &project{documents: map[string]*model.Document{}, dir: path.Dir(files[0].Name), env: newEnvironment(newBudget())}
	for _, doc := range documents {
		p.documents[path.Clean(doc.Name)] = doc
	}
	for _, doc := range p.variableFiles(p.dir, documents) {
		p.env.load(doc)
	}
	for _, file := range files {
		p.root = merge("", p.root, p.load(file, p.dir, p.env))
	}
	return p
}

// variableFiles returns the files that Compose reads variables from: those that a command gives it, or .env, or the only other one beside the compose file.
func (p *project) variableFiles(dir string, documents []*model.Document) []*model.Document {
	given := layers(slices.DeleteFunc(slices.Clone(documents), func(doc *model.Document) bool { return doc.Kind != model.KindEnv }))
	if len(given) > 0 {
		return given
	}
	if doc := p.documents[path.Join(dir, ".env")]; doc != nil {
		return []*model.Document{doc}
	}
	var beside []*model.Document
	for _, doc := range documents {
		if doc.Kind == model.KindEnv && !doc.Template && path.Dir(doc.Name) == dir {
			beside = append(beside, doc)
		}
	}
	if len(beside) == 1 {
		return beside
	}
	return nil
}

// load returns the tree of a compose file in a folder, with references resolved, and with what it includes and extends.
func (p *project) load(doc *model.Document, dir string, env environment) *model.Node {
	if doc == nil || doc.Root.Kind != model.Map || slices.Contains(p.loading, doc.Name) || len(p.loading) > 20 || p.env.budget.spent() {
		return nil
	}
	p.loading = append(p.loading, doc.Name)
	defer func() { p.loading = p.loading[:len(p.loading)-1] }()
	p.env.budget.nodes -= loadCosts
	root := env.resolve(doc.Root)
	var included *model.Node
	for _, entry := range includes(root) {
		included = merge("", p.include(entry, path.Dir(doc.Name), env), included) // of two included files, the first wins
	}
	if isTemplate(doc.Name) || isSampleFolder(path.Dir(doc.Name)) {
		root = clone(root) // values of the document may become unknown, and those of its services stay
	}
	root = merge("", included, p.extend(root, doc, env))
	if p.dir != dir {
		root = clone(root)
		rebase(root, relative(p.dir, dir))
	}
	return root
}

// inclusion is an entry of include.
type inclusion struct {
	files     []*model.Node
	directory *model.Node
	env       []*model.Node
}

func includes(root *model.Node) []inclusion {
	list := root.Get("include")
	if list == nil {
		return nil
	}
	var entries []inclusion
	for _, item := range asList(list).Items {
		if item.Kind == model.String {
			entries = append(entries, inclusion{files: []*model.Node{item}})
			continue
		}
		entry := inclusion{directory: item.Get("project_directory")}
		if files := asList(item.Get("path")); files != nil {
			entry.files = files.Items
		}
		if files := asList(item.Get("env_file")); files != nil {
			entry.env = files.Items
		}
		entries = append(entries, entry)
	}
	return entries
}

// include returns the tree of an included project.
func (p *project) include(entry inclusion, from string, env environment) *model.Node {
	var root *model.Node
	dir := ""
	for _, file := range entry.files {
		name, known := file.Literal()
		if !known {
			continue
		}
		doc := p.documents[path.Join(from, name)]
		if dir == "" {
			dir = path.Join(from, path.Dir(name))
			if text, known := entry.directory.Literal(); known {
				dir = path.Join(from, text)
			}
		}
		inner := newEnvironment(env.budget)
		if len(entry.env) == 0 {
			inner.load(p.documents[path.Join(dir, ".env")])
		}
		for _, file := range entry.env {
			inner.load(p.documents[path.Join(from, file.Text)])
		}
		maps.Copy(inner.variables, env.variables) // what the including project sets comes first
		root = merge("", root, p.load(doc, dir, inner))
	}
	return root
}

// extend returns the tree of a file with its services laid over those that they extend.
func (p *project) extend(root *model.Node, doc *model.Document, env environment) *model.Node {
	if !slices.ContainsFunc(root.Get("services").Entries(), func(f model.Field) bool { return f.Value.Get("extends") != nil }) {
		return root
	}
	root = clone(root)
	services := root.Get("services")
	for i := range services.Fields {
		services.Fields[i].Value = p.extended(services, services.Fields[i].Value, doc, env, 0)
	}
	return root
}

func (p *project) extended(services, service *model.Node, doc *model.Document, env environment, depth int) *model.Node {
	extends := service.Get("extends")
	if extends == nil || depth > 20 {
		return service
	}
	name, file := extends, extends.Get("file")
	if extends.Kind == model.Map {
		name = extends.Get("service")
	}
	text, known := name.Literal()
	if !known {
		return service
	}
	base := services.Get(text)
	if path, known := file.Literal(); known {
		base = p.foreign(path, text, doc, env)
	} else if base != nil {
		base = p.extended(services, base, doc, env, depth+1)
	}
	if base == nil || base == service {
		return service
	}
	without := *base
	without.Fields = slices.DeleteFunc(slices.Clone(base.Fields), func(f model.Field) bool {
		return f.Key == "depends_on" || f.Key == "extends" || f.Key == "profiles"
	})
	return merge("", &without, service)
}

// foreign returns a service of another file, its paths relative to the folder of the extending one.
func (p *project) foreign(file, service string, doc *model.Document, env environment) *model.Node {
	dir := path.Dir(doc.Name)
	outer := p.dir
	p.dir = dir // paths are made relative to the extending file first
	defer func() { p.dir = outer }()
	other := path.Join(dir, file)
	return p.load(p.documents[other], path.Dir(other), env).At("services", service)
}

// relative returns the path from one folder to another, both below the same root.
func relative(from, to string) string {
	a, b := strings.Split(path.Clean(from), "/"), strings.Split(path.Clean(to), "/")
	if path.Clean(from) == "." {
		a = nil
	}
	if path.Clean(to) == "." {
		b = nil
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return path.Join(strings.Repeat("../", len(a)), path.Join(b...), ".")
}
