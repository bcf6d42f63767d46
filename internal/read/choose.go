package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// standardNames are the compose files that Compose takes by itself, in its order.
func standardNames() []string {
	return []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml", "podman-compose.yml", "podman-compose.yaml"}
}

// composeName reports whether the name alone says that a file is a compose file.
func composeName(name string) bool {
	base := stripTemplate(baseName(name))
	stem := strings.TrimPrefix(strings.TrimPrefix(base, "docker-"), "podman-")
	rest, found := strings.CutPrefix(stem, "compose")
	return found && (path.Ext(base) == ".yml" || path.Ext(base) == ".yaml") && strings.ContainsRune("._-", rune(rest[0]))
}

// composeFiles chooses the files that make the project, in the order in which they are laid over each other: those that a command
// gives Compose, or that COMPOSE_FILE names, or the standard one with its override, or the only one, or the first. Files that another one includes or extends are not among them.
func composeFiles(documents []*model.Document) []*model.Document {
	var candidates []*model.Document
	used := referenced(documents)
	for _, doc := range documents {
		if doc.Kind == model.KindCompose && doc.Root.Kind == model.Map && !used[doc.Name] {
			candidates = append(candidates, doc)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	if laid := layers(candidates); len(laid) > 0 {
		return laid
	}
	if named := namedFiles(documents, candidates); len(named) > 0 && !slices.ContainsFunc(candidates, func(doc *model.Document) bool { return doc.Overlay }) {
		return named
	}
	main := slices.MinFunc(candidates, func(a, b *model.Document) int {
		return strings.Compare(rank(a), rank(b))
	})
	if !slices.Contains(standardNames(), path.Base(main.Name)) {
		main = changed(main, candidates)
	}
	files := []*model.Document{main}
	for _, doc := range candidates {
		if overrides(doc.Name, main.Name) || doc.Overlay {
			files = append(files, doc)
		}
	}
	return files
}

// layers returns the documents that a command gives Compose, in its order.
func layers(documents []*model.Document) []*model.Document {
	given := slices.DeleteFunc(slices.Clone(documents), func(doc *model.Document) bool { return doc.Layer == 0 })
	slices.SortStableFunc(given, func(a, b *model.Document) int { return a.Layer - b.Layer })
	return given
}

// rank orders compose files: those that are laid over others last, those further up first, then the standard names, then files that are no
// templates, then by name.
func rank(doc *model.Document) string {
	if doc.Overlay {
		return "~"
	}
	i := slices.Index(standardNames(), path.Base(doc.Name))
	if i < 0 {
		i = len(standardNames())
		if isOverride(doc.Name) {
			i += 2
		}
		if isTemplate(doc.Name) {
			i++
		}
	}
	return string(rune('a'+strings.Count(doc.Name, "/"))) + string(rune('a'+i)) + doc.Name
}

func isOverride(name string) bool { return strings.Contains(path.Base(name), ".override.") }

// overrides reports whether a file is the override of another, which Compose lays over it without being told.
func overrides(name, main string) bool {
	rest := strings.Replace(name, ".override.", ".", 1)
	return rest != name && strings.TrimSuffix(rest, path.Ext(rest)) == strings.TrimSuffix(main, path.Ext(main))
}

// namedFiles returns the files that COMPOSE_FILE in the .env file names.
func namedFiles(documents, candidates []*model.Document) []*model.Document {
	var named []*model.Document
	for _, env := range documents {
		text, known := env.Root.Get("COMPOSE_FILE").Literal()
		if env.Kind != model.KindEnv || path.Base(env.Name) != ".env" || !known {
			continue
		}
		for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == ';' }) {
			name = path.Join(path.Dir(env.Name), name)
			if i := slices.IndexFunc(candidates, func(doc *model.Document) bool { return doc.Name == name }); i >= 0 {
				named = append(named, candidates[i])
			}
		}
	}
	return named
}

// referenced returns the names of the compose files that others include or extend.
func referenced(documents []*model.Document) map[string]bool {
	used := map[string]bool{}
	for _, doc := range documents {
		if doc.Kind == model.KindCompose {
			for _, name := range usedBy(doc) {
				used[name] = true
			}
		}
	}
	return used
}

// usedBy returns the names of the files that a compose file includes or extends, or that the units name which it was made of.
func usedBy(doc *model.Document) []string {
	var used []string
	use := func(n *model.Node) {
		if text, known := n.Literal(); known {
			if name := path.Join(path.Dir(doc.Name), text); name != doc.Name {
				used = append(used, name)
			}
		}
	}
	for _, entry := range includes(doc.Root) {
		for _, file := range entry.files {
			use(file)
		}
	}
	for _, f := range doc.Root.Get("services").Entries() {
		use(f.Value.At("extends", "file"))
	}
	for _, file := range doc.Root.Get(filesOfUnits).Entered() {
		use(file)
	}
	return used
}
