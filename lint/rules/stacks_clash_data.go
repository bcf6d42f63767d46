package rules

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// claimedData returns the volumes and folders that hold the data of a stack, each once.
func claimedData(d *model.Deployment) []lint.Claim {
	var claims []lint.Claim
	seen := map[string]bool{}
	running := slices.Clone(d.Services)
	slices.SortStableFunc(running, func(a, b *model.Service) int { return cmp.Compare(endsSoon(a), endsSoon(b)) })
	for _, s := range running {
		for _, m := range container.DataMounts(d, s) {
			place := container.OnMachine(d, m)
			if !m.Known || place == "" || seen[place] {
				continue
			}
			seen[place] = true
			once := "data"
			if m.Type == "volume" && m.Name == m.Source && !container.IsExternal(d, m.Source) {
				once = "project" // the volume is called after it
			}
			position, service, name := sourceOf(s, m), s.Name, m.Name
			claims = append(claims, lint.Claim{Key: place, Once: once, Clash: func(first string) diag.Finding {
				return diag.Finding{
					Position: position, Severity: diag.Warning, Subject: name,
					Message: fmt.Sprintf("the data of %s are in the %s, and so are data of the stack %s: on one machine, each destroys what the other writes", service, place, first),
					Hint:    "give one of the two another place; if they run on different machines, ignore this with a reason",
				}
			}})
		}
	}
	return claims
}

// endsSoon is 1 for a service that prepares something and ends, else 0: data are told of who works with them.
func endsSoon(s *model.Service) int {
	if container.RunsImage(s) {
		return 0
	}
	return 1
}

// sourceOf returns where the place of data is named: in a mount with fields, that is its source.
func sourceOf(s *model.Service, m container.DataMount) diag.Position {
	for _, mount := range s.Node.ItemsAt("volumes") {
		if source := mount.Get("source"); source.IsSet() && mount.Get("target").Is(m.Target) {
			return source.Position
		}
	}
	return m.Position
}

// claimedDatabases returns the databases of a stack that are on servers elsewhere.
func claimedDatabases(d *model.Deployment) []lint.Claim {
	var claims []lint.Claim
	for _, access := range []*matrix.DatabaseAccess{matrix.MASDatabase(d), matrix.SynapseDatabase(d), matrix.PocketIDDatabase(d)} {
		if access == nil || access.Server(d) != nil {
			continue
		}
		host, known := access.Host.Literal()
		name, named := access.Name.Literal()
		if !known || !named || host == "" || matrix.IsLoopback(host) {
			continue
		}
		port := "5432"
		if access.Port.IsSet() {
			port = access.Port.Text
		}
		at, severity := access.Name.Position, diag.Error
		if net.ParseIP(host) == nil && !strings.Contains(host, ".") {
			severity = diag.Warning // a name on a network of the machine
		}
		reader := access.Reader
		claims = append(claims, lint.Claim{Key: "database " + strings.ToLower(host) + " " + port + " " + name, Once: "database " + name, Clash: func(first string) diag.Finding {
			return diag.Finding{
				Position: at, Severity: severity, Subject: name,
				Message: fmt.Sprintf("%s keeps its tables in the database %s at %s, and so does the stack %s: the two destroy each other's data", reader, name, host, first),
				Hint:    "make a database of its own for each stack",
			}
		}})
	}
	return claims
}
