package refresh

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// Module is a product that is a Go module, whose settings are the fields of a struct.
type Module struct {
	Product, Path string
	// Package and Type are where the struct is, Defaults the variable that holds what it takes by default, or "".
	Package, Type, Defaults string
	// Others are the modules that have parts of the struct, too.
	Others []string
}

// Modules are the products that are Go modules, and have their settings in a struct.
func Modules() []Module {
	return []Module{
		{Product: "traefik", Path: "github.com/traefik/traefik/v3", Package: "github.com/traefik/traefik/v3/pkg/config/static", Type: "Configuration"},
		{
			Product: "livekit", Path: "github.com/livekit/livekit-server", Package: "github.com/livekit/livekit-server/pkg/config", Type: "Config", Defaults: "DefaultConfig",
			Others: []string{"github.com/livekit/protocol", "github.com/livekit/mediatransportutil", "github.com/livekit/psrpc"},
		},
	}
}

// Versions returns the releases of the module, the oldest first.
func (m Module) Versions(ctx context.Context) ([]string, error) { return ModuleVersions(ctx, m.Path) }

// Source downloads a release and those of the other modules that it was built with, and reads the struct.
func (m Module) Source(ctx context.Context, version string) (Source, error) {
	own, err := ModuleFolder(ctx, m.Path, version)
	if err != nil {
		return Source{}, err
	}
	folders := map[string]string{m.Path: own}
	for _, other := range m.Others {
		if folders[other], err = builtWith(ctx, own, other); err != nil {
			return Source{}, err
		}
	}
	list, err := ReadGo(func(importPath string) (string, error) {
		for module, folder := range folders {
			if below, ok := strings.CutPrefix(importPath+"/", module+"/"); ok && folder != "" {
				return filepath.Join(folder, filepath.FromSlash(below)), nil
			}
		}
		return "", nil
	}, m.Package, m.Type, m.Defaults)
	return Source{List: list}, err
}

// builtWith returns where the release of a module lies that another one was built with; "" if it needs none.
func builtWith(ctx context.Context, folder, module string) (string, error) {
	asked, err := run(ctx, "go", "mod", "edit", "-json", filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", err
	}
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(asked, &file); err != nil {
		return "", err
	}
	for _, r := range file.Require {
		if r.Path != module {
			continue
		}
		return ModuleFolder(ctx, module, strings.TrimPrefix(r.Version, "v"))
	}
	return "", nil
}

// ModuleTree has each release of a module unpacked, in a folder that is named as the version, below it the paths of the modules.
type ModuleTree struct {
	Module
	Folder string
}

// Versions lists the folders.
func (t ModuleTree) Versions(ctx context.Context) ([]string, error) {
	return Folder(t.Folder).Versions(ctx)
}

// Source reads the struct of a release.
func (t ModuleTree) Source(_ context.Context, version string) (Source, error) {
	list, err := ReadGo(func(importPath string) (string, error) {
		folder := filepath.Join(t.Folder, version, filepath.FromSlash(importPath))
		if _, err := os.Stat(folder); err != nil {
			return "", nil
		}
		return folder, nil
	}, t.Package, t.Type, t.Defaults)
	return Source{List: list}, err
}
