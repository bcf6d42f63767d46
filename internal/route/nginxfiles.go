package route

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// nginxFiles are the files of one nginx by the paths at which it has them.
type nginxFiles struct {
	// deployment is the one whose services are asked.
	deployment *model.Deployment
	// container is the service; nil for an nginx of the host, whose files keep their names.
	container *model.Service
	at        map[string]*model.Document
	// folders are those of which every file is visible.
	folders []string
	// guessed says that no mount proves what is read: a folder was found by its name.
	guessed bool
}

// nginxFolder is where nginx has its configuration, and looks for what it includes; serverFolder is that of servers in its image.
const (
	nginxFolder  = "/etc/nginx"
	serverFolder = nginxFolder + "/conf.d"
)

// containerFiles returns what the mounts of a container of nginx put there.
func containerFiles(d *model.Deployment, s *model.Service) *nginxFiles {
	f := &nginxFiles{deployment: d, container: s, at: map[string]*model.Document{}}
	for _, m := range s.Mounts {
		switch {
		case m.Document != nil:
			f.place(m.Target, m.Document)
		case m.Source == "" || m.Type != "bind" && m.Type != "config":
		case !f.placeFolder(m.Target, m.Source):
			f.guess(m)
		}
	}
	return f
}

// place enters a text. What the image renders on its start is at the place of the result, too.
func (f *nginxFiles) place(at string, doc *model.Document) {
	if doc.Format != model.Text || doc.Root == nil {
		return
	}
	f.at[path.Clean(at)] = doc
	if rest, found := strings.CutPrefix(at, nginxFolder+"/templates/"); found {
		if name, found := strings.CutSuffix(rest, ".template"); found {
			f.at[serverFolder+"/"+name] = doc
		}
	}
}

// placeFolder enters the texts below a folder; false if there are none.
func (f *nginxFiles) placeFolder(at, source string) bool {
	found := false
	for _, doc := range f.deployment.Documents {
		if rest, below := strings.CutPrefix(doc.Name, source+"/"); below {
			f.place(path.Join(at, rest), doc)
			found = true
		}
	}
	if found {
		f.folders = append(f.folders, at)
	}
	return found
}

// guess enters what a mount most likely has whose source is not among the documents, as if they are templates that are rendered there: the
// files of the only folder whose path ends in the same way, or the only such file.
func (f *nginxFiles) guess(m model.Mount) {
	if !strings.HasPrefix(m.Target, nginxFolder) {
		return
	}
	best, most, several := "", 0, false
	for _, doc := range f.deployment.Documents {
		if doc.Kind != model.KindNginx {
			continue
		}
		for _, name := range []string{doc.Name, path.Dir(doc.Name)} {
			switch n := model.CommonTail(name, m.Source); {
			case n == 0 || n < most:
			case n == most:
				several = several || name != best
			default:
				best, most, several = name, n, false
			}
		}
	}
	if best == "" || several {
		return
	}
	f.guessed = true
	if doc := f.deployment.Document(best); doc != nil {
		f.place(m.Target, doc)
		return
	}
	f.placeFolder(m.Target, best)
}

// hostFiles returns the files of an nginx that is not in a container: those that no service mounts. nil if there are none.
func hostFiles(d *model.Deployment) *nginxFiles {
	mounted := map[*model.Document]bool{}
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			mounted[m.Document] = true
			if m.Type != "bind" || m.Document != nil || m.Source == "" {
				continue
			}
			for _, doc := range d.Documents {
				if strings.HasPrefix(doc.Name, m.Source+"/") {
					mounted[doc] = true
				}
			}
		}
	}
	f := &nginxFiles{deployment: d, at: map[string]*model.Document{}}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindNginx && doc.Format == model.Text && doc.Root != nil && !mounted[doc] {
			f.at[doc.Name] = doc
		}
	}
	if len(f.at) == 0 {
		return nil
	}
	return f
}

// included returns the documents that an include names, in order, and whether there can be no others.
func (f *nginxFiles) included(name string) (docs []*model.Document, whole bool) {
	if f.container == nil {
		return f.includedOnHost(name)
	}
	if !path.IsAbs(name) {
		name = path.Join(nginxFolder, name)
	}
	for _, at := range f.sorted() {
		if matches, err := path.Match(name, at); err == nil && matches {
			docs = append(docs, f.at[at])
		}
	}
	if !strings.ContainsAny(name, "*?[") {
		return docs, len(docs) > 0
	}
	return docs, path.Dir(name) == serverFolder && f.hasImageFolder() || slices.ContainsFunc(f.folders, func(folder string) bool {
		return strings.HasPrefix(name, folder+"/")
	})
}

// hasImageFolder reports whether the folder of servers is the one of the image, with single files put into it: what the image has there is a
// page of its own on localhost.
func (f *nginxFiles) hasImageFolder() bool {
	return !slices.ContainsFunc(f.container.Mounts, func(m model.Mount) bool {
		return m.Document == nil && (m.Target == serverFolder || m.Target == nginxFolder)
	})
}

// includedOnHost finds files by the end of their paths: where they lie on the host is not known.
func (f *nginxFiles) includedOnHost(name string) (docs []*model.Document, whole bool) {
	folder, base := path.Base(path.Dir(name)), path.Base(name)
	most := 1
	for _, at := range f.sorted() {
		matches, err := path.Match(base, path.Base(at))
		own := path.Base(path.Dir(at))
		switch {
		case err != nil || !matches:
		case strings.ContainsAny(base, "*?["):
			if own == folder || folder == "sites-enabled" && own == "sites-available" {
				docs = append(docs, f.at[at])
			}
		case model.CommonTail(at, name) > most:
			docs, most = []*model.Document{f.at[at]}, model.CommonTail(at, name)
		case model.CommonTail(at, name) == most:
			docs = append(docs, f.at[at])
		}
	}
	if !strings.ContainsAny(base, "*?[") && len(docs) > 1 {
		return nil, false
	}
	return docs, len(docs) > 0
}

func (f *nginxFiles) sorted() []string { return slices.Sorted(maps.Keys(f.at)) }
