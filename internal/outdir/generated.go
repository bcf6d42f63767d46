package outdir

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// Generated returns, sorted, what a folder holds of the files that its record says a build wrote, and of the further names. It is for reading, and
// takes files as they are, edited or not. Nothing is an error that only stands in the way of a build.
func Generated(repository fs.FS, folder string, further ...string) ([]File, error) {
	t, _, err := sub(repository, folder)
	if err != nil || t == nil {
		return nil, err
	}
	content, err := t.readManifest()
	if err != nil {
		return nil, err
	}
	names := slices.Clone(further)
	if recorded, err := decodeManifest(content); err == nil {
		names = slices.AppendSeq(names, maps.Keys(recorded))
	}
	slices.Sort(names)
	var files []File
	for _, name := range slices.Compact(names) {
		at, info, err := t.lookup(name)
		if err != nil {
			return nil, err
		}
		if info == nil || at != name || !info.Mode().IsRegular() {
			continue
		}
		content, err := fs.ReadFile(t.files, name)
		if err != nil {
			return nil, t.fail("read", name, err)
		}
		files = append(files, File{name, content})
	}
	return files, nil
}

// Folders returns, sorted, the folders below out, a slash path, that hold the record of a build: one for each stack that was built.
func Folders(repository fs.FS, out string) ([]string, error) {
	t, _, err := sub(repository, out)
	if err != nil || t == nil {
		return nil, err
	}
	var folders []string
	err = fs.WalkDir(t.files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			return fs.SkipDir
		case entry.IsDir() && entry.Name() == secretsName && name != secretsName:
			return fs.SkipDir
		case entry.Name() == ManifestName && entry.Type().IsRegular() && path.Dir(name) != ".":
			folders = append(folders, path.Dir(name))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", out, cause(err))
	}
	slices.Sort(folders)
	return folders, nil
}
