package sensitive

import (
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// IsReadAsItStands says that a product mounts the document, and that nothing in its container writes over it first.
func IsReadAsItStands(d *model.Deployment, doc *model.Document) bool {
	product := facts.ReaderOf(doc.Kind)
	if isRenderedByDocker(d, doc) {
		return false
	}
	for _, s := range d.Services {
		// A program that renders is found by the name of what it does. What replaces the entry point may do so, too.
		if container.MountsDocument(s, doc) && (s.Node.Get("entrypoint").IsSet() || renders(s.Node.Get("command"))) {
			return false
		}
	}
	if d.Guide && product != "" {
		return true // a guide shows the files as they are read
	}
	for _, s := range d.Services {
		webServer := product == "" && (s.Product == "nginx" || s.Product == "caddy") && strings.HasPrefix(string(doc.Kind), "well-known")
		if s.Product != "" && (s.Product == product || webServer) && container.MountsDocument(s, doc) {
			return true
		}
	}
	return false
}

// isRenderedByDocker says that Docker fills in templates in a document on its way into a container.
func isRenderedByDocker(d *model.Deployment, doc *model.Document) bool {
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			if m.Document == doc && m.Rendered {
				return true
			}
		}
	}
	return false
}

// rendersFiles matches a command that renders files.
var rendersFiles = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`envsubst|gomplate|\bsed\b|jinja|render|template|dockerize|confd|migrate_config|generate`)
})

func renders(command *model.Node) bool {
	if command == nil {
		return false
	}
	text := command.Text
	for _, item := range command.Items {
		text += " " + item.Text
	}
	return rendersFiles().MatchString(text)
}
