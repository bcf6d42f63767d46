package route

import (
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
}

// ClosedDocuments returns what Caddy and nginx answer themselves to a path, without such a header.
func ClosedDocuments(d *model.Deployment, path string) []Closed {
	var closed []Closed
	add := func(answers []answer, server *model.Service) {
		for _, a := range answers {
			matches, known := a.matches(model.Request{Path: path, Method: "GET"})
			switch {
			case !known || !matches || a.allowsOrigin:
			case a.body != nil:
				closed = append(closed, Closed{Text: a.body.Text, Position: a.body.Position, Server: server})
			case a.file:
				closed = append(closed, Closed{Position: a.at, Server: server})
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
		if c, ok := readCaddy(doc, &model.Deployment{}, nil); ok {
			for _, s := range c.sites {
				add(s.answers, nil)
			}
		}
	}
	for _, files := range allNginx(d) {
		if n := readNginx(files); n != nil {
			for _, s := range n.servers {
				add(n.serverAnswers(s), files.container)
			}
		}
	}
	return closed
}

// allNginx returns the files of every nginx of a deployment.
func allNginx(d *model.Deployment) []*nginxFiles {
	var all []*nginxFiles
	for _, s := range d.Of("nginx") {
		all = append(all, containerFiles(d, s))
	}
	if files := hostFiles(d); files != nil {
		all = append(all, files)
	}
	return all
}
