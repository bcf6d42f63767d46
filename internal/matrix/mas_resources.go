package matrix

import "github.com/matrixgen/matrixgen/internal/model"

// ResourceNames returns the resources that a listener of MAS serves. They are not known if one of them is not, or is none that MAS has.
func ResourceNames(listener *model.Node) (names map[string]bool, known bool) {
	resources := listener.Get("resources")
	if resources == nil || resources.Unknown || resources.Kind != model.List {
		return nil, false
	}
	names = map[string]bool{}
	for _, resource := range resources.Items {
		name, known := resource.Get("name").Literal()
		switch name {
		case "health", "prometheus", "discovery", "human", "graphql", "oauth", "compat", "assets", "adminapi", "connection-info":
			names[name] = known
		default:
			return nil, false
		}
	}
	return names, true
}
