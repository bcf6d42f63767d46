package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// invocation is a command of the tree that tells Compose its files, in the order in which they are laid over each other. The names are those of the tree.
type invocation struct {
	files []string
	env   []string // files of variables, which are read instead of .env
}

// invocations are the commands with which the scripts, Makefiles and workflows of a tree call Compose.
type invocations struct {
	laid []invocation // those with several files, each once
	// takesStandard says that a command, or an explanation, lets Compose take the files that it takes by itself.
	takesStandard bool
}

// invoked returns how the tree calls Compose. It is read once.
func (r *reader) invoked() *invocations {
	if r.invocations != nil {
		return r.invocations
	}
	all := &invocations{}
	r.invocations = all
	compose := map[string][]string{} // by the base name
	count := 0
	for _, name := range r.names {
		if r.files[name].is(model.KindCompose) {
			compose[path.Base(name)] = append(compose[path.Base(name)], name)
			count++
		}
	}
	if count == 0 {
		return all
	}
	for _, name := range r.names {
		if r.sizes[name] > maxSmall || r.files[name].is(model.KindCompose) || !mayCallCompose(name) {
			continue
		}
		text, _ := r.content(name, maxSmall)
		for _, c := range composeCalls(string(text)) {
			all.takesStandard = all.takesStandard || c.takesStandard()
			if isProse(name) || c.isOpen {
				continue // an explanation may tell of what is no more
			}
			if found, ok := r.settle(c, path.Dir(name), compose); ok && !slices.ContainsFunc(all.laid, func(other invocation) bool { return slices.Equal(other.files, found.files) }) {
				all.laid = append(all.laid, found)
			}
		}
	}
	return all
}

// mayCallCompose reports whether a file may call Compose by its name. Sources of programs are many, and seldom do.
func mayCallCompose(name string) bool {
	isSource := slices.Contains([]string{".go", ".js", ".ts", ".rb", ".pl", ".nix"}, path.Ext(name))
	return !isSource && tellsHow(path.Base(name)) || strings.Contains("/"+name, "/workflows/")
}

func isProse(name string) bool {
	return slices.Contains([]string{".md", ".rst", ".adoc", ".txt", ".org"}, strings.ToLower(path.Ext(name))) || strings.HasPrefix(strings.ToLower(path.Base(name)), "readme")
}

// settle finds the files that a call names: below the folder of its script, below one above that, or else in the one place that has them all.
func (r *reader) settle(c composeCall, from string, compose map[string][]string) (invocation, bool) {
	if len(c.files) < 2 {
		return invocation{}, false
	}
	in := func(dir string) ([]string, bool) {
		var names []string
		for _, file := range c.files {
			name := path.Join(dir, file)
			if !r.files[name].is(model.KindCompose) && (len(names) == 0 || !r.mayBeLaid(name)) || slices.Contains(names, name) {
				return nil, false
			}
			names = append(names, name)
		}
		return names, true
	}
	at, files, found := from, []string(nil), false
	for {
		if files, found = in(at); found || at == "." {
			break
		}
		at = path.Dir(at)
	}
	if !found {
		for _, name := range compose[path.Base(c.files[0])] {
			dir, isBelow := strings.CutSuffix("/"+name, "/"+path.Clean(c.files[0]))
			if names, ok := in(path.Join(".", strings.TrimPrefix(dir, "/"))); ok && isBelow {
				if found {
					return invocation{}, false // which of them is meant, nothing tells
				}
				at, files, found = path.Join(".", strings.TrimPrefix(dir, "/")), names, true
			}
		}
	}
	call := invocation{files: files}
	for _, file := range c.env {
		if name := path.Join(at, file); r.files[name].is(model.KindEnv) && !r.files[name].template {
			call.env = append(call.env, name)
		}
	}
	return call, found
}

// mayBeLaid reports whether a file that nobody recognised has services: what only changes those of another file may say nothing that Compose alone has.
func (r *reader) mayBeLaid(name string) bool {
	if !r.files[name].is(model.KindOther) || extension(name) != ".yml" && extension(name) != ".yaml" {
		return false
	}
	doc := r.document(name)
	return doc != nil && doc.Root.Get("services") != nil && doc.Root.Get("services").Kind == model.Map
}

// startingWith returns the calls whose first file lies in a folder, whose name Compose gives the project, but for those that are for tests.
func (all *invocations) startingWith(dir string) []invocation {
	var calls []invocation
	for _, call := range all.laid {
		if path.Dir(call.files[0]) == dir && !slices.ContainsFunc(call.files, isOfTests) {
			calls = append(calls, call)
		}
	}
	return calls
}

// isOfTests reports whether a compose file changes another for tests, by its name or its folder.
func isOfTests(name string) bool {
	return isForTests(name) || slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(path.Base(name)), func(r rune) bool { return strings.ContainsRune("._-", r) }), func(word string) bool {
		return slices.Contains([]string{"ci", "e2e", "test", "tests", "testing"}, word)
	})
}

// name returns the name of the deployment that a call makes beside the one of a main file: its folder, and the other files.
func (call invocation) name(main string) string {
	var others []string
	for _, file := range call.files {
		if file != main {
			others = append(others, path.Base(file))
		}
	}
	return path.Join(path.Dir(call.files[0]), strings.Join(others, "+"))
}
