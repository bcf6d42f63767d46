package facts

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TableHolds reports whether the table of a document's format is that of the program which reads it: the one of Traefik is about version 3, and files of
// version 2 look alike.
func TableHolds(d *model.Deployment, doc *model.Document) bool {
	if doc.Kind != model.KindTraefikStatic {
		return true
	}
	version := ImageOf(d, doc).Version()
	return !version.Known() || version.Major() >= 3
}

// StopsAtUnknown reports whether the program does not start with a key at the path that it does not know, whatever the table says of the section: LiveKit reads
// strictly unless a flag says otherwise, and Traefik skips only what stands at the top.
func StopsAtUnknown(d *model.Deployment, doc *model.Document, path string) bool {
	switch doc.Kind {
	case model.KindCompose:
		return true
	case model.KindTraefikStatic:
		return strings.Contains(path, ".") || path == "pilot" // which it looks for, to say that it is gone
	case model.KindLiveKit:
		return !slices.ContainsFunc(d.Services, func(s *model.Service) bool {
			words, known := container.ShellWords(s.Node.Get("command"))
			lenient := slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, "disable-strict-config") })
			return container.MountsDocument(s, doc) && (lenient || !known)
		})
	}
	return false
}
