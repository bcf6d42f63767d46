package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// checkFlags reports flags of Traefik that it does not know: it then prints its help, and stops.
func checkFlags(tables *facts.Formats, s *model.Service, newer newerKeys, report func(diag.Finding)) {
	version := s.Image.Version()
	if !container.RunsImage(s) || version.Known() && version.Major() < 3 {
		return
	}
	doc := &model.Document{Kind: model.KindTraefikStatic, Root: &model.Node{}}
	for _, flag := range tables.Flags(route.StaticFlags(s)) {
		if flag.Known || flag.Value.Unknown || strings.ContainsAny(flag.Path, "${}") {
			continue
		}
		if table := tables.Of(doc); isNewer(table, s.Image) {
			newer.add(doc, table.Knows, s.Image, format.Problem{Path: "--" + flag.Path, Position: flag.Value.Position})
			continue
		}
		f := diag.Finding{
			Severity: diag.Error,
			Position: flag.Value.Position,
			Message:  fmt.Sprintf("Traefik does not start: it does not know the flag --%s", flag.Path),
			Hint:     "look the flag up in its documentation, or delete it",
		}
		if meant := meantFlag(tables.Of(doc), flag); meant != "" {
			f.Hint = fmt.Sprintf("did you mean --%s?", meant)
		}
		report(f)
	}
}

// meantFlag returns the flag that was meant by one whose name is wrong in one place, or "".
func meantFlag(table *format.Type, flag facts.Flag) string {
	path, at := strings.Split(flag.Path, "."), len(flag.Keys)
	if at >= len(path) {
		return ""
	}
	in := table
	if at > 0 {
		in = flag.Keys[at-1].Type
	}
	var names []string
	for _, arm := range in.Arms() {
		for _, key := range arm.Keys {
			names = append(names, strings.ToLower(key.Name))
		}
	}
	meant := suggest.Meant(path[at], names)
	if meant == "" {
		return ""
	}
	path[at] = meant
	return strings.Join(path, ".")
}
