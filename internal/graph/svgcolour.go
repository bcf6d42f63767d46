package graph

import (
	"fmt"
	"strings"
)

// colour is one colour of a drawing. Every program that shows SVG knows the light one, an attribute; those that know of dark schemes, mostly
// browsers, take the other from a style sheet. CSS variables are left out: librsvg, Inkscape and ImageMagick draw black in their place.
type colour struct {
	name, light, dark string
}

// none is no colour at all: nothing is filled.
func none() colour { return colour{light: "none"} }

func paper() colour { return colour{"paper", "#ffffff", "#0d1117"} }

func cardColour() colour { return colour{"card", "#f6f8fa", "#161b22"} }

func edgeColour() colour { return colour{"edge", "#afb8c1", "#484f58"} }

func ink() colour { return colour{"ink", "#1f2328", "#f0f6fc"} }

func softInk() colour { return colour{"soft", "#57606a", "#9ea7b3"} }

// colour returns the colour of the lines of a kind, and of what stands about them.
func (k EdgeKind) colour() colour {
	s := k.style()
	return colour{fmt.Sprint("k", int(k)), s.light, s.dark}
}

// filled returns the attributes of what has no outline.
func filled(c colour) string { return fmt.Sprintf(`class="f-%s" fill="%s"`, c.name, c.light) }

// outlined returns the attributes of what has an outline. Inside it may be empty.
func outlined(inside, line colour) string {
	classes := "s-" + line.name
	if inside.name != "" {
		classes = "f-" + inside.name + " " + classes
	}
	return fmt.Sprintf(`class="%s" fill="%s" stroke="%s"`, classes, inside.light, line.light)
}

// stroke returns the attributes of a line of a kind.
func (k EdgeKind) stroke() string {
	s := k.style()
	attributes := fmt.Sprintf(`%s stroke-width="%s"`, outlined(none(), k.colour()), s.width)
	if s.dash != "" {
		attributes += fmt.Sprintf(` stroke-dasharray="%s"`, s.dash)
	}
	return attributes
}

// darkStyle returns the style sheet, which only says what is another colour on dark.
func (g *Graph) darkStyle() string {
	colours := []colour{paper(), cardColour(), edgeColour(), ink(), softInk()}
	for _, k := range g.kinds() {
		colours = append(colours, k.colour())
	}
	var b strings.Builder
	b.WriteString("<style>\n@media (prefers-color-scheme:dark){\n")
	for _, c := range colours {
		fmt.Fprintf(&b, ".f-%[1]s{fill:%[2]s}.s-%[1]s{stroke:%[2]s}\n", c.name, c.dark)
	}
	b.WriteString("}\n</style>\n")
	return b.String()
}
