package cli

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/matrixgen/matrixgen/internal/workspace"
)

// belowRoot returns the path of a file below the root of the repository, slash-separated. A name counts from -C, as any other; a name that leads to
// nothing from there may be one that a finding or a diff says, which count from the root.
func (a *app) belowRoot(root, name string) (string, error) {
	native := filepath.FromSlash(strings.ReplaceAll(name, `\`, "/"))
	candidates := []string{native}
	if !filepath.IsAbs(native) {
		candidates = []string{filepath.Join(a.dir, native), filepath.Join(root, native)}
	}
	var outside string
	for i, candidate := range candidates {
		relative, err := relativeTo(root, candidate)
		if err != nil {
			return "", failed(err)
		}
		_, statErr := os.Stat(candidate)
		if strings.HasPrefix(relative, outFolder+"/") && (statErr == nil || i == len(candidates)-1) {
			return relative, nil
		}
		if outside == "" || statErr == nil {
			outside = relative
		}
	}
	return "", usageError("give a line of a file below "+outFolder+"/, such as "+outFolder+"/<stack>/docker-compose.yml:5", "%s is not a generated file", outside)
}

// relativeTo returns a path below the root, slash-separated, whatever symlinks lead to either. What is not below begins with "..".
func relativeTo(root, name string) (string, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	for _, resolve := range []bool{false, true} {
		if resolve {
			root, absolute = resolved(root), resolved(absolute)
		}
		if relative, err := filepath.Rel(root, absolute); err == nil && filepath.IsLocal(relative) {
			return filepath.ToSlash(relative), nil
		}
	}
	return filepath.ToSlash(name), nil
}

// resolved follows the symlinks of a path as far as it exists.
func resolved(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	dir := filepath.Dir(name)
	if dir == name {
		return name
	}
	return filepath.Join(resolved(dir), filepath.Base(name))
}

// stackOf returns the stack that has the folder of a file, and the name of the file in it.
func (a *app) stackOf(root, file string) (stack, document string, err error) {
	all, err := workspace.Stacks(os.DirFS(root), nil)
	if err != nil {
		return "", "", failed(err)
	}
	below := strings.TrimPrefix(file, outFolder+"/")
	for _, name := range all {
		if inside, ok := strings.CutPrefix(below, name+"/"); ok && len(name) > len(stack) {
			stack, document = name, inside
		}
	}
	if stack == "" {
		return "", "", usageError(workspace.NearestStack(path.Dir(below), all), "no stack generates %s", file)
	}
	return stack, document, nil
}

// generatedFiles returns the files below out/ that an argument may be the beginning of, ready for a line number.
func (a *app) generatedFiles(begun string) []string {
	root, err := a.repository()
	if err != nil || begun == "" {
		return nil
	}
	var files []string
	_ = filepath.WalkDir(filepath.Join(root, outFolder), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil // what cannot be read is not offered
		}
		from, err := filepath.Abs(a.dir)
		if err != nil {
			return err
		}
		if relative, err := filepath.Rel(from, name); err == nil && strings.HasPrefix(filepath.ToSlash(relative), begun) {
			files = append(files, filepath.ToSlash(relative)+":")
		}
		return nil
	})
	return files
}
