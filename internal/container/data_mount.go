package container

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ComposeName returns the name of the project that stands in the compose file, or nil.
func ComposeName(d *model.Deployment) *model.Node {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			if name := doc.Root.Get("name"); name.IsSet() {
				return name
			}
		}
	}
	return nil
}

// dataFolders are where the products keep what cannot be made again.
func dataFolders(product string) []string {
	switch product {
	case "postgres":
		return []string{"/var/lib/postgresql"}
	case "synapse":
		return []string{"/data", "/media"}
	case "pocket-id":
		return []string{"/app/data", "/app/backend/data"}
	}
	return nil
}

// DataMount is data of a service: a volume, or a folder of the host.
type DataMount struct {
	model.Mount
	// Name is that of the volume, without the project's, or the folder; Where is the same with what it is.
	Name, Where string
	// Known says that the product keeps its data here.
	Known bool
}

// DataMounts returns the data of a service. For a product that is not known, those are its volumes.
func DataMounts(d *model.Deployment, s *model.Service) []DataMount {
	var mounts []DataMount
	for _, m := range s.Mounts {
		known := false
		for _, folder := range dataFolders(s.Product) {
			inside := m.Target == folder || strings.HasPrefix(m.Target, folder+"/") && path.Ext(m.Target) == ""
			known = known || inside && m.Document == nil && (m.Type == "volume" || m.Type == "bind")
		}
		if (known || m.Type == "volume" && dataFolders(s.Product) == nil) && m.Source != "" && !strings.Contains(m.Source, "${") {
			name := VolumeName(d, m)
			mounts = append(mounts, DataMount{m, name, m.Type + ":" + name, known})
		}
	}
	return mounts
}

// VolumeName returns the name that Docker knows a volume by, without the project's: that changes all volumes at once.
func VolumeName(d *model.Deployment, m model.Mount) string {
	if m.Type != "volume" {
		return path.Clean(m.Source)
	}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			if name, known := doc.Root.At("volumes", m.Source, "name").Literal(); known {
				return name
			}
		}
	}
	return m.Source
}

// IsExternal reports whether a volume is there already, by its own name, and belongs to no project; also if that is not known.
func IsExternal(d *model.Deployment, volume string) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		return doc.Kind == model.KindCompose && doc.Root.At("volumes", volume, "external").Bool(false) != model.No
	})
}

// OnMachine returns by what a machine knows the place of data, or "" if that is not known. Folders that are named from the compose file on are named
// from the folder of all deployments on.
func OnMachine(d *model.Deployment, m DataMount) string {
	if m.Type == "bind" {
		if path.IsAbs(m.Name) {
			return "folder " + m.Name
		}
		return "folder " + path.Join(d.Name, m.Name)
	}
	if m.Name != m.Source || IsExternal(d, m.Source) {
		return "volume " + m.Name
	}
	project, known := ComposeName(d).Literal()
	if !known {
		return ""
	}
	return "volume " + project + "_" + m.Name
}

// SameData reports whether a service keeps its data where it did.
func SameData(before, after *model.Deployment, old, new *model.Service) bool {
	for _, m := range DataMounts(before, old) {
		for _, n := range DataMounts(after, new) {
			if m.Where == n.Where {
				return true
			}
		}
	}
	return false
}

// ServicesPosition returns where the services of a compose file begin.
func ServicesPosition(d *model.Deployment) diag.Position {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			return doc.Root.KeyPosition("services")
		}
	}
	return d.Services[0].Position
}
