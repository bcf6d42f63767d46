package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkHeaderStrategies reports an entry point of Traefik whose two ways to say what becomes of headers with odd names say different things. The one for
// all characters came with 3.7.12, which takes the older one for underscores, too.
func checkHeaderStrategies(proxy *model.Proxy, report func(diag.Finding)) {
	if proxy == nil || proxy.Kind != "traefik" || proxy.Version().Before("3.7.12") {
		return
	}
	for _, name := range proxy.Names("entrypoints") {
		at := "entrypoints." + name + ".http."
		old, new := proxy.Static[at+"underscoreheadersstrategy"], proxy.Static[at+"aliasheadersstrategy"]
		before, known := old.Literal()
		after, knownToo := new.Literal()
		if !known || !knownToo || before == "" || after == "" || before == after {
			continue
		}
		report(diag.Finding{
			Position: old.Position,
			Message:  fmt.Sprintf("Traefik does not start: of the entry point %s, underscoreHeadersStrategy is %s and aliasHeadersStrategy is %s", name, before, after),
			Hint:     "delete underscoreHeadersStrategy: the other one is for underscores, too",
			Related:  []diag.Related{{Position: new.Position, Message: "aliasHeadersStrategy"}},
		})
	}
}
