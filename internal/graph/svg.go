package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// SVG returns the graph as a picture that needs nothing else: no font, no script. It is light or dark as the reader's system is.
func (g *Graph) SVG() string {
	d := layOut(g)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s" role="img" aria-label="%[3]s" font-family="%[4]s" font-size="%[5]s">`+"\n",
		px(d.width), px(d.height), xmlEscape(g.Title), svgFonts, px(textSize))
	fmt.Fprintf(&b, "<title>%s</title>\n%s", xmlEscape(g.Title), g.darkStyle())
	fmt.Fprintf(&b, `<rect width="%s" height="%s" rx="8" %s/>`+"\n", px(d.width), px(d.height), filled(paper()))
	for i, line := range d.title {
		fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s" font-weight="bold" %s>%s</text>`+"\n", px(margin), px(margin+14+titleLine*float64(i)), px(titleSize), filled(ink()), xmlEscape(line))
	}
	d.frames(&b)
	for _, w := range d.wires {
		w.draw(&b)
	}
	for _, column := range d.columns {
		for _, c := range column {
			c.draw(&b)
		}
	}
	for _, entry := range d.legend {
		entry.draw(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// px returns a length with at most one digit behind the point.
func px(length float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(length, 'f', 1, 64), ".0")
}

// frames draws what is around the hosts of the proxy.
func (d *drawing) frames(b *strings.Builder) {
	for _, column := range d.columns {
		first, n := column[0], framedCards(column)
		if n == 0 {
			continue
		}
		bottom := column[n-1].y + column[n-1].h
		top := first.y - d.frameTop()
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" rx="8" %s/>`+"\n", px(first.x-padding), px(top), px(first.w+2*padding),
			px(bottom-top+padding), outlined(none(), edgeColour()))
		for i, line := range d.frameTitle() {
			fmt.Fprintf(b, `<text x="%s" y="%s" %s>%s</text>`+"\n", px(first.x), px(top+18+lineHeight*float64(i)), filled(softInk()), xmlEscape(line))
		}
	}
}

func (w *wire) draw(b *strings.Builder) {
	kind := w.edge.Kind
	fmt.Fprintf(b, `<path d="%s" %s/>`, w.path(), kind.stroke())
	if kind != Secret {
		fmt.Fprintf(b, `<polygon points="%s" %s/>`, w.head(), filled(kind.colour()))
	} else {
		for _, end := range [][2]float64{{w.x1, w.y1}, {w.x2, w.y2}} {
			fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="3" %s/>`, px(end[0]), px(end[1]), filled(kind.colour()))
		}
	}
	b.WriteString("\n")
}

func (c *card) draw(b *strings.Builder) {
	attributes := outlined(cardColour(), edgeColour())
	if c.node.Kind == Outside || c.node.Kind == Caller {
		attributes += ` stroke-dasharray="5 3"`
	}
	fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" rx="6" %s/>`+"\n", px(c.x), px(c.y), px(c.w), px(c.h), attributes)
	x, y := c.x+padding, c.y+padding+nameSize-3
	for _, line := range c.names {
		fmt.Fprintf(b, `<text x="%s" y="%s" font-size="%s" font-weight="bold" %s>%s</text>`+"\n", px(x), px(y), px(nameSize), filled(ink()), xmlEscape(line))
		y += lineHeight
	}
	for _, line := range c.details {
		fmt.Fprintf(b, `<text x="%s" y="%s" %s>%s</text>`+"\n", px(x), px(y), filled(softInk()), xmlEscape(line))
		y += lineHeight
	}
	for _, row := range c.rows {
		top := c.y + row.y
		fmt.Fprintf(b, `<path d="M%s %sH%s" %s/>`+"\n", px(c.x), px(top), px(c.x+c.w), outlined(none(), edgeColour()))
		for i, line := range row.lines {
			fmt.Fprintf(b, `<text x="%s" y="%s" %s>%s</text>`+"\n", px(x), px(top+padding/4+lineHeight*float64(i)+textSize), filled(row.edge.Kind.colour()), xmlEscape(line))
		}
	}
}
