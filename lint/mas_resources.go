package lint

import "github.com/matrixgen/matrixgen/internal/model"

// resourceNames returns the resources that a listener of MAS serves. They are not known if one of them is not, or is none that MAS has.
func resourceNames(listener *model.Node) (names map[string]bool, known bool) {
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
