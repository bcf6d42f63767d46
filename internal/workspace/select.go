package workspace

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

const beginStack = "matrixgen init begins a repository with a stack; matrixgen lint DIR reads files that matrixgen did not write"

// Root returns the nearest folder, from dir upwards, that holds stacks/.
func Root(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, compile.StacksFolder)); err == nil && info.IsDir() {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", refuse(beginStack, "no stacks found: neither %s nor a folder above it holds stacks/", start)
		}
	}
}

// Stacks returns the named stacks of a repository, or all. A stack may be named by its folder.
func Stacks(repository fs.FS, names []string) ([]string, error) {
	all, err := compile.Stacks(repository)
	if err != nil {
		return nil, refuse("", "%v", err)
	}
	if len(all) == 0 {
		return nil, refuse(beginStack, "no stacks found: %s holds none", compile.StacksFolder)
	}
	return Among(names, all)
}

// Among returns the named stacks, or all, in order.
func Among(names, all []string) ([]string, error) {
	slices.Sort(all)
	all = slices.Compact(all)
	if len(names) == 0 {
		return all, nil
	}
	var selected []string
	for _, name := range names {
		name = StackName(name)
		if !slices.Contains(all, name) {
			return nil, refuse(NearestStack(name, all), "there is no stack %q", name)
		}
		if !slices.Contains(selected, name) {
			selected = append(selected, name)
		}
	}
	return selected, nil
}

// One returns the named stack, or the only one.
func One(repository fs.FS, names []string) (string, error) {
	stacks, err := Stacks(repository, names)
	if err != nil {
		return "", err
	}
	if len(stacks) > 1 {
		return "", refuse("the stacks are: "+strings.Join(stacks[:min(len(stacks), 10)], ", "), "there are %d stacks: say which one to draw", len(stacks))
	}
	return stacks[0], nil
}

// StackName returns the name of a stack that may be given as its folder: home for stacks/home/.
func StackName(arg string) string {
	return strings.TrimPrefix(path.Clean(filepath.ToSlash(arg)), compile.StacksFolder+"/")
}

// NearestStack says which stacks there are.
func NearestStack(name string, all []string) string {
	if nearest := suggest.Nearest(name, all); nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "the stacks are: " + strings.Join(all[:min(len(all), 10)], ", ")
}
