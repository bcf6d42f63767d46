package refresh

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Publisher is where the releases of a product come from.
type Publisher interface {
	// Versions returns the releases, the oldest first, without candidates.
	Versions(ctx context.Context) ([]string, error)
	// Source returns what a release reads.
	Source(ctx context.Context, version string) (Source, error)
}

// PyPI is where Synapse is published. It is asked by pip, with the settings of whoever runs it. Folder keeps what is downloaded.
type PyPI struct{ Folder string }

var published = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^Available versions: (.*)$`) })

// Versions asks pip which releases there are.
func (p PyPI) Versions(ctx context.Context) ([]string, error) {
	out, err := run(ctx, "python3", "-m", "pip", "index", "versions", "matrix-synapse")
	if err != nil {
		return nil, err
	}
	m := published().FindStringSubmatch(string(out))
	if m == nil {
		return nil, fmt.Errorf("pip lists no versions of matrix-synapse: %s", out)
	}
	return finals(strings.Split(m[1], ", ")), nil
}

// Source downloads the source of a release, once.
func (p PyPI) Source(ctx context.Context, version string) (Source, error) {
	archive := filepath.Join(p.Folder, "matrix_synapse-"+version+".tar.gz")
	if _, err := os.Stat(archive); err != nil {
		_, err := run(ctx, "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "matrix-synapse", "--dest", p.Folder, "matrix-synapse=="+version)
		if err != nil {
			return Source{}, err
		}
	}
	return ReadSynapse(ctx, archive)
}

// Folder has the source of each release, unpacked, in a folder that is named as the version.
type Folder string

// Versions lists the folders.
func (f Folder) Versions(context.Context) ([]string, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return nil, err
	}
	var versions []string
	for _, entry := range entries {
		versions = append(versions, entry.Name())
	}
	return finals(versions), nil
}

// Source reads the folder of a release.
func (f Folder) Source(ctx context.Context, version string) (Source, error) {
	return ReadSynapseFolder(ctx, filepath.Join(string(f), version))
}

// ModuleVersions returns the releases of a Go module, the oldest first, without candidates.
func ModuleVersions(ctx context.Context, module string) ([]string, error) {
	out, err := run(ctx, "go", "list", "-m", "-versions", "-json", module)
	if err != nil {
		return nil, err
	}
	var listed struct{ Versions []string }
	if err := json.Unmarshal(out, &listed); err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", module, err)
	}
	return finals(listed.Versions), nil
}

// ModuleFolder downloads a Go module and returns where it is.
func ModuleFolder(ctx context.Context, module, version string) (string, error) {
	out, err := run(ctx, "go", "mod", "download", "-json", module+"@v"+version)
	if err != nil {
		return "", err
	}
	var downloaded struct{ Dir string }
	err = json.Unmarshal(out, &downloaded)
	return downloaded.Dir, err
}

// finals returns the releases among versions, the oldest first and without a v. A candidate is none.
func finals(versions []string) []string {
	var all []string
	for _, version := range versions {
		version = strings.TrimPrefix(version, "v")
		if strings.Trim(version, "0123456789.") == "" && model.ParseVersion(version).Exact() {
			all = append(all, version)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return model.ParseVersion(a).Compare(model.ParseVersion(b)) })
	return all
}

func run(ctx context.Context, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said.String())
	}
	return out, nil
}
