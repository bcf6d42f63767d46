package graph

// style is how the lines of one kind look in every format.
type style struct {
	name string // in the legend
	// light and dark are the colours on such a background; between is one that can be read on both, where a picture does not know.
	light, dark, between string
	width                string
	dash                 string // lengths of strokes and gaps; "" for a line without gaps
}

// style returns how the lines of a kind look. They differ in more than colour.
func (k EdgeKind) style() style {
	switch k {
	case Call:
		return style{name: "service to service", light: "#8250df", dark: "#ab7df8", between: "#9a68ee", width: "1.6"}
	case Database:
		return style{name: "database", light: "#1a7f37", dark: "#3fb950", between: "#2a9444", width: "1.6", dash: "8 3"}
	case SignIn:
		return style{name: "sign-in (OpenID Connect)", light: "#bc4c00", dark: "#f0883e", between: "#cc6116", width: "2.4", dash: "14 4"}
	case Secret:
		return style{name: "shared secret", light: "#bf3989", dark: "#f778ba", between: "#d0509c", width: "1.8", dash: "2 4"}
	}
	return style{name: "requests from outside, by host and path", light: "#0969da", dark: "#58a6ff", between: "#2f7fe5", width: "2.4"}
}

// edgeKinds returns all kinds, in the order of the legend.
func edgeKinds() []EdgeKind { return []EdgeKind{Traffic, Call, Database, SignIn, Secret} }

// kinds returns the kinds of edges that the graph has.
func (g *Graph) kinds() []EdgeKind {
	var present []EdgeKind
	for _, k := range edgeKinds() {
		for _, e := range g.Edges {
			if e.Kind == k {
				present = append(present, k)
				break
			}
		}
	}
	return present
}
