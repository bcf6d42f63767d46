package lint

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportPrefix compares the path of MAS's public base with the prefix of the listener that serves its pages, if Traefik is seen to pass
// paths on as they are.
func reportPrefix(d *model.Deployment, base *model.Node, path string, report func(diag.Finding)) {
	listener := onlyListener(d, "human")
	if listener == nil || d.MAS.Service == nil || traefikRule(d.MAS.Service) == nil || rewritesPaths(d) {
		return
	}
	prefix := ""
	if n := listener.Get("prefix"); isSet(n) {
		text, known := n.Literal()
		if !known {
			return
		}
		prefix = text
	}
	public, own := strings.Trim(path, "/")+"/", strings.Trim(prefix, "/")+"/"
	if public == own {
		return
	}
	where := keyPosition(listener, "prefix")
	report(diag.Finding{
		Severity: diag.Warning,
		Position: base.Position,
		Message:  fmt.Sprintf("MAS hands out addresses below %q, and listens below %q", "/"+strings.TrimPrefix(public, "/"), "/"+strings.TrimPrefix(own, "/")),
		Hint:     "make the path of public_base and the prefix of the listener the same",
		Related:  []diag.Related{{Position: where, Message: "the listener with MAS's pages"}},
	})
}

// onlyListener returns the listener that serves the resource, or nil if there is none, more than one, or one that is not known.
func onlyListener(d *model.Deployment, resource string) *model.Node {
	var found *model.Node
	for _, listener := range masItems(d, "http", "listeners") {
		names, known := resourceNames(listener)
		if !known || names[resource] && found != nil {
			return nil
		}
		if names[resource] {
			found = listener
		}
	}
	return found
}

// traefikRule returns a rule in the labels of the service that routes a host to it, or nil.
func traefikRule(s *model.Service) *model.Node {
	for _, label := range s.Labels {
		if strings.HasPrefix(label.Name, "traefik.http.routers.") && strings.HasSuffix(label.Name, ".rule") && label.Value != nil && strings.Contains(label.Value.Text, "Host(`") {
			return label.Value
		}
	}
	return nil
}

// rewritesPaths says that something in the deployment may change paths before MAS sees them: a middleware of Traefik by any name, in
// labels or in a file, or another proxy.
func rewritesPaths(d *model.Deployment) bool {
	for _, s := range d.Services {
		if s.Product == "nginx" || s.Product == "caddy" {
			return true
		}
		for _, label := range s.Labels {
			name := strings.ToLower(label.Name)
			if strings.Contains(name, "stripprefix") || strings.Contains(name, "addprefix") || strings.Contains(name, "replacepath") || strings.Contains(label.Name, ".middlewares") && label.Value != nil && strings.Contains(label.Value.Text, "@file") {
				return true
			}
		}
	}
	return false
}
