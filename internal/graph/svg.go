package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// SVG returns the graph as a picture that needs nothing else: no font, no script. It is light or dark as the reader's system is.
func (g *Graph) SVG() string {
	d := layOut(g)
	legend, height := d.legend()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s" role="img" aria-label="%[3]s">`+"\n",
		px(d.width), px(height), xmlEscape(g.Title))
	fmt.Fprintf(&b, "<title>%s</title>\n%s", xmlEscape(g.Title), svgStyle(g))
	fmt.Fprintf(&b, `<rect class="paper" width="%s" height="%s" rx="8"/>`+"\n", px(d.width), px(height))
	fmt.Fprintf(&b, `<text class="title" x="%s" y="%s">%s</text>`+"\n", px(margin), px(margin+14), xmlEscape(g.Title))
	d.frames(&b)
	for _, w := range d.wires {
		w.draw(&b)
	}
	for _, column := range d.columns {
		for _, c := range column {
			c.draw(&b)
		}
	}
	b.WriteString(legend)
	b.WriteString("</svg>\n")
	return b.String()
}

// svgStyle returns the style sheet, with the colours for light and for dark.
func svgStyle(g *Graph) string {
	var light, dark, lines strings.Builder
	for _, k := range g.kinds() {
		s := k.style()
		fmt.Fprintf(&light, "--k%d:%s;", k, s.light)
		fmt.Fprintf(&dark, "--k%d:%s;", k, s.dark)
		fmt.Fprintf(&lines, ".k%[1]d{stroke:var(--k%[1]d);stroke-width:%[2]s;stroke-dasharray:%[3]s}.h%[1]d{fill:var(--k%[1]d)}\n", k, s.width, cmp.Or(s.dash, "none"))
	}
	return fmt.Sprintf(`<style>
svg{--paper:#ffffff;--card:#f6f8fa;--edge:#afb8c1;--ink:#1f2328;--soft:#57606a;%s}
@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--card:#161b22;--edge:#484f58;--ink:#f0f6fc;--soft:#9ea7b3;%s}}
text{font-family:%s;font-size:%spx;fill:var(--ink)}
.title{font-size:18px;font-weight:bold}.name{font-size:%spx;font-weight:bold}.soft{fill:var(--soft)}
.paper{fill:var(--paper)}.card{fill:var(--card);stroke:var(--edge)}.outside{stroke-dasharray:5 3}.frame{fill:none;stroke:var(--edge)}
.wire{fill:none}
%s</style>
`, light.String(), dark.String(), svgFonts, px(textSize), px(nameSize), lines.String())
}

// px returns a length with at most one digit behind the point.
func px(length float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(length, 'f', 1, 64), ".0")
}

// frames draws what is around the hosts of the proxy.
func (d *drawing) frames(b *strings.Builder) {
	for _, column := range d.columns {
		first := column[0]
		last := slices.IndexFunc(column, func(c *card) bool { return !c.framed() })
		if last < 0 {
			last = len(column)
		}
		if last == 0 {
			continue
		}
		title := ""
		for _, group := range d.graph.Groups {
			if group.ID == first.node.Group {
				title = group.Title
			}
		}
		bottom := column[last-1].y + column[last-1].h
		fmt.Fprintf(b, `<rect class="frame" x="%s" y="%s" width="%s" height="%s" rx="8"/>`+"\n", px(first.x-padding), px(first.y-frameTop), px(first.w+2*padding),
			px(bottom-first.y+frameTop+padding))
		fmt.Fprintf(b, `<text class="soft" x="%s" y="%s">%s</text>`+"\n", px(first.x), px(first.y-padding), xmlEscape(title))
	}
}

func (w *wire) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<path class="wire k%d" d="%s"/>`, w.edge.Kind, w.path())
	if w.edge.Kind != Secret {
		fmt.Fprintf(b, `<polygon class="h%d" points="%s"/>`, w.edge.Kind, w.head())
	} else {
		fmt.Fprintf(b, `<circle class="h%[1]d" cx="%[2]s" cy="%[3]s" r="3"/><circle class="h%[1]d" cx="%[4]s" cy="%[5]s" r="3"/>`, w.edge.Kind, px(w.x1), px(w.y1), px(w.x2), px(w.y2))
	}
	b.WriteString("\n")
}

func (c *card) draw(b *strings.Builder) {
	class := "card"
	if c.node.Kind == Outside || c.node.Kind == Caller {
		class += " outside"
	}
	fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="6"/>`+"\n", class, px(c.x), px(c.y), px(c.w), px(c.h))
	x, y := c.x+padding, c.y+padding+nameSize-3
	for _, line := range c.names {
		fmt.Fprintf(b, `<text class="name" x="%s" y="%s">%s</text>`+"\n", px(x), px(y), xmlEscape(line))
		y += lineHeight
	}
	for _, line := range c.details {
		fmt.Fprintf(b, `<text class="soft" x="%s" y="%s">%s</text>`+"\n", px(x), px(y), xmlEscape(line))
		y += lineHeight
	}
	for _, row := range c.rows {
		top := c.y + row.y
		fmt.Fprintf(b, `<path class="frame" d="M%s %sH%s"/>`+"\n", px(c.x), px(top), px(c.x+c.w))
		for i, line := range row.lines {
			fmt.Fprintf(b, `<text class="h%d" x="%s" y="%s">%s</text>`+"\n", row.edge.Kind, px(x), px(top+padding/4+lineHeight*float64(i)+textSize), xmlEscape(line))
		}
	}
}

// legend returns what says how each kind of line looks, and the height of the picture with it.
func (d *drawing) legend() (text string, height float64) {
	var b strings.Builder
	const sample = 36.0
	x, y := margin, d.height+6
	for _, k := range d.graph.kinds() {
		name := k.style().name
		width := sample + 8 + d.ruler.width(name, textSize, false) + margin
		if x+width > d.width && x > margin {
			x, y = margin, y+lineHeight+6
		}
		fmt.Fprintf(&b, `<path class="wire k%d" d="M%s %sh%s"/>`, k, px(x), px(y-4), px(sample))
		fmt.Fprintf(&b, `<text class="soft" x="%s" y="%s">%s</text>`+"\n", px(x+sample+8), px(y), xmlEscape(name))
		x += width
	}
	return b.String(), y + margin
}
