package rules

import (
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// checkFlagVersions reports flags of Traefik that the running version does not know, and then stops at. Of version 2 nothing is known.
func checkFlagVersions(tables *facts.Formats, s *model.Service, report func(diag.Finding)) {
	if version := s.Image.Version(); !container.RunsImage(s) || !version.Known() || version.Major() < 3 {
		return
	}
	for _, flag := range tables.Flags(route.StaticFlags(s)) {
		for _, key := range flag.Keys {
			finding, wrong := versionFinding(model.KindTraefikStatic, "--"+flag.Path, model.Field{Position: flag.Value.Position, Value: flag.Value}, key, s.Image)
			if !wrong {
				continue
			}
			if finding.Severity == 0 {
				finding = notStarting(finding, model.KindTraefikStatic, "--"+flag.Path, key, s.Image)
			}
			report(finding)
			break
		}
	}
}
