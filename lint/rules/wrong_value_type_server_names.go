package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkServerNames reports URLs where the name of a server belongs.
func checkServerNames(doc *model.Document, report func(diag.Finding)) {
	var names []*model.Node
	switch doc.Kind {
	case model.KindMAS:
		names = []*model.Node{doc.Root.At("matrix", "homeserver")}
	case model.KindSynapse:
		names = []*model.Node{doc.Root.Get("server_name")}
		for _, server := range doc.Root.ItemsAt("trusted_key_servers") {
			names = append(names, server.Get("server_name"))
		}
	case model.KindElement:
		names = doc.Root.Get("room_directory").ItemsAt("servers")
	}
	for _, name := range names {
		text, known := name.Literal()
		if !known || !strings.Contains(text, "/") {
			continue
		}
		report(diag.Finding{
			Position: name.Position,
			Message:  fmt.Sprintf("%s is a URL, and the name of a server belongs here", text),
			Hint:     fmt.Sprintf("write what stands behind the colon in user names, such as %s", hostIn(text)),
		})
	}
}

// hostIn returns the host of a URL, with its port.
func hostIn(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		rest = url
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}
