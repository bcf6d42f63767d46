package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// reportPrefix follows a page of MAS below its public base through the proxy, and compares the path with which it arrives with the prefix of
// the listener that serves the pages.
func reportPrefix(d *model.Deployment, base *model.Node, u *url.URL, report func(diag.Finding)) {
	listener := onlyListener(d, "human")
	if listener == nil || d.MAS.Service == nil || d.Proxy == nil {
		return
	}
	prefix := listener.Get("prefix")
	own, known := prefix.Literal()
	if !known && prefix.IsSet() {
		return
	}
	const page = "login"
	asked := strings.TrimSuffix(u.Path, "/") + "/" + page
	what, r := matrix.FateOfPath(d, matrix.Get(u.Hostname(), asked))
	if what != matrix.FateService || !r.Reaches(d.MAS.Service) {
		return
	}
	arrived, known := r.ArrivesAs(asked)
	public := strings.TrimSuffix(arrived, page)
	if !known || strings.Trim(public, "/") == strings.Trim(own, "/") {
		return
	}
	lint.GuessingProxy(d, report)(diag.Finding{
		Severity: diag.Warning,
		Position: base.Position,
		Message:  fmt.Sprintf("MAS hands out addresses that arrive below %q, and listens below %q", public, "/"+strings.TrimPrefix(strings.Trim(own, "/")+"/", "/")),
		Hint:     "make the path of public_base and the prefix of the listener the same, or let the proxy take away or add what differs",
		Related:  []diag.Related{{Position: listener.KeyPosition("prefix"), Message: "the listener with MAS's pages"}},
	})
}

// onlyListener returns the listener that serves the resource, or nil if there is none, more than one, or one that is not known.
func onlyListener(d *model.Deployment, resource string) *model.Node {
	var found *model.Node
	for _, listener := range matrix.MASItems(d, "http", "listeners") {
		names, known := matrix.ResourceNames(listener)
		if !known || names[resource] && found != nil {
			return nil
		}
		if names[resource] {
			found = listener
		}
	}
	return found
}
