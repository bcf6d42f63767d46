package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// missing returns the sources of binds that should be files of the tree and are not there. Docker makes a folder of such a source. It is silent wherever the file may come from elsewhere: a template, a script, a container, or the operator, whom Git tells to keep it to
// himself.
func (r *reader) missing(d *model.Deployment, dir string) []string {
	var missing []string
	var base string
	for _, s := range d.Services {
		for i := range s.Mounts {
			m := &s.Mounts[i]
			if !isBindToMake(s, m) {
				continue
			}
			if base == "" {
				base = path.Join(dir, newProject(d.Documents).dir)
			}
			full := path.Join(base, m.Source)
			if !strings.HasPrefix(full, "..") && !r.exists(full) && r.exists(path.Dir(full)) && !r.ignored.match(full) &&
				!madeByContainer(d, m.Source) && !isMadeInUse(full) && r.made().hasLike(full) && !r.made().mayBeMade(full) {
				missing = append(missing, m.Source)
			}
		}
	}
	return missing
}

// markMissing marks the binds whose sources are missing.
func markMissing(d *model.Deployment) {
	for _, s := range d.Services {
		for i := range s.Mounts {
			m := &s.Mounts[i]
			m.Missing = slices.Contains(d.Missing, m.Source) && isBindToMake(s, m)
		}
	}
}

// isBindToMake reports whether Docker makes a folder of the source of a mount, if nothing is there.
func isBindToMake(s *model.Service, m *model.Mount) bool {
	return m.Document == nil && m.Type == "bind" && isShort(s, m) && isPlainPath(m.Source)
}

// isShort reports whether a mount is written in one line: of the long form Docker refuses a source that is not there.
func isShort(s *model.Service, m *model.Mount) bool {
	volumes := s.Node.Get("volumes")
	return volumes != nil && slices.ContainsFunc(volumes.Items, func(v *model.Node) bool {
		return v.Position == m.Position && v.Kind != model.Map
	})
}

// isPlainPath reports whether a source is a path below the compose file that is known, and not one of a socket.
func isPlainPath(source string) bool {
	return source != "" && source != "." && !path.IsAbs(source) && !strings.HasPrefix(source, "~") && !strings.Contains(source, "$") &&
		!strings.Contains(source, "{{") && path.Ext(source) != ".sock" && path.Ext(source) != ".socket"
}

// exists reports whether there is a file, a folder, a link or whatever else of that name in the tree.
func (r *reader) exists(name string) bool {
	_, isFile := r.sizes[name]
	return name == "." || isFile || r.others[name]
}

// madeByContainer reports whether a service has a folder above the source, which it may write the file into.
func madeByContainer(d *model.Deployment, source string) bool {
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
			return m.Type == "bind" && m.Source != source && (m.Source == "." || strings.HasPrefix(source, m.Source+"/"))
		})
	})
}

// isMadeInUse reports whether a file is one that programs write, or that is nobody's to commit: certificates with their keys, variables.
func isMadeInUse(name string) bool {
	switch path.Ext(name) {
	case ".pem", ".key", ".crt", ".cer", ".csr", ".p12", ".env", ".log", ".pid", ".db", ".sqlite", ".txt":
		return true
	}
	return strings.Contains(strings.ToLower(path.Base(name)), "acme")
}
