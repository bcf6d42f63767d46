package refresh

import (
	"archive/tar"
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed config.py
var script string

// synapsePage is upstream's documentation of every setting in the source of a release, and synapseCode the folders whose code reads settings.
const synapsePage = "docs/usage/configuration/config_documentation.md"

func synapseCode() []string { return []string{"synapse/config", "synapse/storage/engines"} }

// Source is a release as it is published: what it reads, and the texts of its errors by their name in the list.
type Source struct {
	List  List
	Texts map[string]string
}

// ReadSynapse returns what the source of a release of Synapse, a .tar.gz, says of its settings: its documentation, and what its code asks for. It
// starts python3, which reads the code and runs none of it.
func ReadSynapse(ctx context.Context, archive string) (Source, error) {
	folder, err := os.MkdirTemp("", "matrixgen-refresh-*")
	if err != nil {
		return Source{}, err
	}
	defer os.RemoveAll(folder)
	if err := unpack(archive, folder); err != nil {
		return Source{}, fmt.Errorf("read %s: %w", archive, err)
	}
	return ReadSynapseFolder(ctx, folder)
}

// ReadSynapseFolder is [ReadSynapse] for source that is unpacked.
func ReadSynapseFolder(ctx context.Context, folder string) (Source, error) {
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(synapsePage)))
	if err != nil {
		return Source{}, err
	}
	source := Source{List: ReadPage(string(text)), Texts: map[string]string{}}
	for _, code := range synapseCode() {
		lines, err := readCode(ctx, filepath.Join(folder, filepath.FromSlash(code)))
		if err != nil {
			return Source{}, err
		}
		for _, line := range lines {
			if rest, ok := strings.CutPrefix(line, "refuse "); ok {
				file, text, _ := strings.Cut(rest, " ")
				line = "refuse " + file + " " + Digest(text)
				source.Texts[line] = text
			}
			source.List.add(line)
		}
	}
	return source, nil
}

// readCode returns what the code of a Python package reads, as config.py prints it.
func readCode(ctx context.Context, folder string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "python3", "-I", "-c", script, folder)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("python3 does not read %s: %w\n%s", folder, err, errors.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}

// maxFile bounds a file that is unpacked.
const maxFile = 8 << 20

// unpack writes the documentation and the code of an archive into a folder, without the folder that all of it is in.
func unpack(archive, folder string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	zipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	entries := tar.NewReader(zipped)
	for {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, name, _ := strings.Cut(path.Clean(entry.Name), "/")
		if entry.Typeflag != tar.TypeReg || name != synapsePage && !slices.Contains(synapseCode(), path.Dir(name)) {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(entries, maxFile))
		if err != nil {
			return err
		}
		if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(name), text, 0o644); err != nil {
			return err
		}
	}
}
