package workspace

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sync"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
)

// StackOf returns the stack that is for a server name, or "" if none is that compiles.
func StackOf(compilers *compile.Pool, files fs.FS, serverName string) (string, error) {
	stacks, err := compile.Stacks(files)
	if err != nil {
		return "", refuse("", "%v", err)
	}
	compiler, err := compilers.Take()
	if err != nil {
		return "", err
	}
	defer compilers.Give(compiler)
	for _, stack := range stacks {
		if !speaksOf(files, path.Join(compile.StacksFolder, stack), serverName) {
			continue // compiling takes a while
		}
		compiled, _, err := compiler.Compile(files, stack)
		if err != nil {
			return "", err
		}
		if compiled != nil && serverNameOf(compiled) == serverName {
			return stack, nil
		}
	}
	return "", nil
}

// serverNameOf returns the server name of a stack.
func serverNameOf(stack *model.Files) string {
	homeserver := stack.Document("synapse-config.yaml")
	if homeserver == nil {
		homeserver = stack.Document(clusterFolder + "synapse.yaml")
	}
	if homeserver == nil {
		return ""
	}
	name, _ := homeserver.Root.Get("server_name").Literal()
	return name
}

// speaksOf reports whether a text stands in a CUE file of the folder, or of those above it, which stacks share.
func speaksOf(files fs.FS, folder, text string) bool {
	for ; folder != "."; folder = path.Dir(folder) {
		sources, _ := fs.Glob(files, folder+"/*.cue")
		for _, name := range sources {
			if source, err := fs.ReadFile(files, name); err == nil && bytes.Contains(source, []byte(text)) {
				return true
			}
		}
	}
	return false
}

// serverImage matches the image of a homeserver or of MAS, or the setting that only a homeserver has.
var serverImage = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)image:.*(synapse|matrix-authentication-service|dendrite|conduit|continuwuity|tuwunel)|^server_name:`)
})

// serverFile matches what the files of a server are called that is described there or a folder deeper.
var serverFile = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((docker-)?compose([.-].*)?|homeserver)\.ya?ml$`)
})

// Servers returns the files of a folder, and of the folders in it, that describe a Matrix server which no stack made: a look at names and a few
// words, for somebody who is about to begin a new one.
func Servers(files fs.FS) []string {
	var found []string
	look := func(folder string) {
		entries, _ := fs.ReadDir(files, folder)
		for _, entry := range entries {
			name := path.Join(folder, entry.Name())
			if entry.Type().IsRegular() && serverFile().MatchString(entry.Name()) && serverImage().Match(beginningOf(files, name)) {
				found = append(found, name)
			}
		}
	}
	look(".")
	entries, _ := fs.ReadDir(files, ".")
	for _, entry := range entries {
		if entry.IsDir() && entry.Name()[0] != '.' && entry.Name() != compile.StacksFolder && entry.Name() != OutFolder {
			look(entry.Name())
		}
	}
	slices.Sort(found)
	return found
}

// beginningOf returns the first megabyte of a file.
func beginningOf(files fs.FS, name string) []byte {
	file, err := files.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, 1<<20))
	return text
}
