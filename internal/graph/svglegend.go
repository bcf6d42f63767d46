package graph

import (
	"fmt"
	"strings"
)

// entry says in the legend how one kind of line looks.
type entry struct {
	kind EdgeKind
	x, y float64
}

// Lengths in the legend, in pixels: of the sample of a line, and from there to its name.
const (
	sampleWidth = 36.0
	sampleGap   = 8.0
)

// addLegend puts the legend below the cards, in as many lines as it needs.
func (d *drawing) addLegend() {
	x, y := margin, d.height+6
	for _, k := range d.graph.kinds() {
		width := sampleWidth + sampleGap + d.ruler.width(k.style().name, textSize, false) + margin
		if x+width > d.width && x > margin {
			x, y = margin, y+lineHeight+6
		}
		d.legend = append(d.legend, entry{k, x, y})
		x += width
		d.width = max(d.width, x)
	}
	d.height = y + margin
}

func (e entry) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<path d="M%s %sh%s" %s/>`, px(e.x), px(e.y-4), px(sampleWidth), e.kind.stroke())
	fmt.Fprintf(b, `<text x="%s" y="%s" %s>%s</text>`+"\n", px(e.x+sampleWidth+sampleGap), px(e.y), filled(softInk()), xmlEscape(e.kind.style().name))
}
