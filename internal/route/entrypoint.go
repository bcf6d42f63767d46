package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// EntryPoints returns the entry points of Traefik in lower case, in order: those of its static configuration, and the one called traefik, which Traefik
// makes by itself for what it serves of its own (traefik/traefik pkg/config/static/static_config.go, SetEffectiveConfiguration). None if it is not visible.
func EntryPoints(proxy *model.Proxy) []string {
	points := proxy.Names("entrypoints")
	own := func(key string) bool {
		value := proxy.Static[key]
		return value != nil && !value.False() && !value.Is("false")
	}
	makes := own("api.insecure") || Has(proxy.Static, "ping") || Has(proxy.Static, "metrics.prometheus") || Has(proxy.Static, "providers.rest")
	if len(points) > 0 && makes && !slices.Contains(points, "traefik") {
		points = append(points, "traefik")
		slices.SortFunc(points, strings.Compare)
	}
	return points
}
