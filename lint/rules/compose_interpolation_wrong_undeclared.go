package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// usedName is a name of a volume, a network, a secret or a config that a service uses.
type usedName struct {
	name string
	at   diag.Position
}

// reportUndeclaredNames reports what services use and no compose file of the project declares: Compose starts none of it.
// Source: compose-spec/compose-go loader/validate.go.
func reportUndeclaredNames(d *model.Deployment, report func(diag.Finding)) {
	var files []*model.Document
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose || doc.Root == nil {
			continue
		}
		if doc.Excerpt || doc.Template || doc.Root.Unknown || doc.Root.Get("include").IsSet() {
			return // what is not seen may declare it
		}
		files = append(files, doc)
	}
	for _, s := range d.Services {
		doc := container.ComposeOf(d, s)
		if doc == nil || s.Inactive || isOverlayAlone(doc, files) {
			continue
		}
		for _, section := range []string{"volumes", "networks", "secrets", "configs"} {
			if section == "secrets" && d.Sealed != nil {
				continue // sops-binding-missing says it of a stack, where the operator defines it
			}
			declared := declaredNames(files, section)
			for _, used := range usedNames(s, section) {
				if slices.Contains(declared, used.name) {
					continue
				}
				f := diag.Finding{
					Position: used.at,
					Message:  fmt.Sprintf("Compose refuses the project: %s uses the %s %s, which no file declares", s.Name, strings.TrimSuffix(section, "s"), used.name),
					Hint:     fmt.Sprintf("declare %s below %s at the top of the file", used.name, section),
				}
				if meant := suggest.Nearest(used.name, declared); meant != "" {
					f.Hint = fmt.Sprintf("did you mean %s?", meant)
				} else if section == "volumes" {
					f.Hint += ", or write ./" + used.name + " for a folder"
				}
				report(f)
			}
		}
	}
}

// isOverlayAlone reports whether a file is laid over one that is not seen: by its name, or because it has a service without an image.
func isOverlayAlone(doc *model.Document, files []*model.Document) bool {
	name := path.Base(doc.Name)
	if len(files) != 1 || strings.TrimSuffix(name, path.Ext(name)) == "compose" || strings.TrimSuffix(name, path.Ext(name)) == "docker-compose" {
		return false
	}
	return strings.Contains(name, "override") || slices.ContainsFunc(doc.Root.Get("services").Entries(), func(f model.Field) bool {
		return f.Value.Get("image") == nil && f.Value.Get("build") == nil && f.Value.Get("extends") == nil
	})
}

// declaredNames returns what the files of a project declare in a section at their top.
func declaredNames(files []*model.Document, section string) []string {
	var names []string
	if section == "networks" {
		names = []string{"default"}
	}
	for _, doc := range files {
		for _, f := range doc.Root.Get(section).Entries() {
			names = append(names, f.Key)
		}
	}
	return names
}

// usedNames returns what a service uses of a section, as far as it is known.
func usedNames(s *model.Service, section string) []usedName {
	list := s.Node.Get(section)
	if list == nil || list.Unknown {
		return nil
	}
	var used []usedName
	for _, f := range list.Fields { // networks in the form of a map
		used = append(used, usedName{f.Key, f.Position})
	}
	for _, item := range list.Items {
		source := item
		if item.Kind == model.Map {
			source = item.Get("source")
			if section == "volumes" && !item.Get("type").Is("volume") {
				continue
			}
		}
		name, known := source.Literal()
		if section == "volumes" && item.Kind != model.Map {
			short, _, isPair := strings.Cut(name, ":")
			if !isPair || isHostPath(name) {
				continue
			}
			name = short
		}
		if known && name != "" && !strings.ContainsAny(name, "${}") {
			used = append(used, usedName{name, item.Position})
		}
	}
	return used
}

// isHostPath reports whether the source of a volume is a path of the host. Source: compose-spec/compose-go format/volume.go.
func isHostPath(source string) bool {
	isDrive := len(source) > 2 && source[1] == ':' && (source[2] == '\\' || source[2] == '/')
	return strings.HasPrefix(source, ".") || strings.HasPrefix(source, "/") || strings.HasPrefix(source, "~") || strings.HasPrefix(source, `\\`) || isDrive
}

// reportUnknownBases reports a service that extends one which its file does not have.
func reportUnknownBases(d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose || doc.Root == nil || doc.Excerpt || doc.Template {
			continue
		}
		for _, f := range doc.Root.Get("services").Entries() {
			extends := f.Value.Get("extends")
			base, in := extends, doc
			if extends != nil && extends.Kind == model.Map {
				base = extends.Get("service")
				if file := extends.Get("file"); file != nil {
					in = besideOf(d, doc, file)
				}
			}
			name, known := base.Literal()
			if !known || in == nil || in.Root.Get("services").Unknown || in.Root.Get("include").IsSet() || in.Root.At("services", name) != nil || container.HasOverlayWith(d, name) && in == doc {
				continue
			}
			report(diag.Finding{
				Position: base.Position,
				Message:  fmt.Sprintf("Compose refuses the project: %s extends %s, and %s has no such service", f.Key, name, path.Base(in.Name)),
				Hint:     "write the name of a service of that file",
			})
		}
	}
}

// besideOf returns the compose file that a file names by its path, or nil.
func besideOf(d *model.Deployment, doc *model.Document, file *model.Node) *model.Document {
	name, known := file.Literal()
	i := slices.IndexFunc(d.Documents, func(other *model.Document) bool {
		return known && other.Name == path.Join(path.Dir(doc.Name), name) && other.Root != nil && !other.Template && other.Root.Get("services") != nil
	})
	if i < 0 {
		return nil
	}
	return d.Documents[i]
}
