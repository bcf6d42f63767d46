package route

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Closed is what a web server sends itself without a header that lets pages of other origins read it.
type Closed struct {
	// Text is the document; "" for a file.
	Text     string
	Position diag.Position
	// Server is the container of the web server; nil if it is not known.
	Server *model.Service
	// Guessed says that no mount proves that the web server reads where this stands.
	Guessed bool
}

// ClosedDocuments returns what Caddy and nginx answer themselves to a path, without such a header.
func ClosedDocuments(d *model.Deployment, name string) []Closed {
	var closed []Closed
	add := func(answers []answer, server *model.Service, guessed bool) {
		for _, a := range answers {
			matches, known := a.matches(model.Request{Path: name, Method: "GET"})
			switch {
			case !known || !matches || a.allowsOrigin:
			case a.body != nil:
				closed = append(closed, Closed{Text: a.body.Text, Position: a.body.Position, Server: server, Guessed: guessed})
			case a.file, a.files && server == nil && caddyHas(d, name):
				closed = append(closed, Closed{Position: a.at, Server: server, Guessed: guessed})
			}
			if matches || !known {
				break
			}
		}
	}
	for _, doc := range d.Documents {
		if !readsAsCaddyfile(doc) {
			continue
		}
		if c, ok := readCaddy(doc, &model.Deployment{}, nil, ""); ok {
			for _, s := range c.sites {
				add(s.answers, nil, false)
			}
		}
	}
	for _, files := range allNginx(d) {
		if n := readNginx(files); n != nil {
			for _, s := range n.servers {
				add(n.serverAnswers(s), files.container, files.guessed)
			}
		}
	}
	return closed
}

// caddyHas reports whether a Caddy of the deployment has a folder with a file at a path, as a site has it whose root that is.
func caddyHas(d *model.Deployment, file string) bool {
	return slices.ContainsFunc(d.Of("caddy"), func(s *model.Service) bool {
		return slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
			return m.Type == "bind" && slices.ContainsFunc(d.Documents, func(doc *model.Document) bool { return doc.Name == path.Join(m.Source, file) })
		})
	})
}

// allNginx returns the files of every nginx of a deployment. Those that nothing mounts are of one on the host, unless a container may have them.
func allNginx(d *model.Deployment) []*nginxFiles {
	var all []*nginxFiles
	guessed := false
	for _, s := range d.Of("nginx") {
		files := containerFiles(d, s)
		all = append(all, files)
		guessed = guessed || files.guessed
	}
	if files := hostFiles(d); files != nil && !guessed {
		all = append(all, files)
	}
	return all
}
