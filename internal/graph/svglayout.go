package graph

import (
	"cmp"
	"slices"
)

// drawing is a graph with places. Its columns are given: callers, hosts, services, and what services use. A line leads from a column to itself
// or to the next one, so that none has to find its way around a card; that is why this needs no engine for layouts.
type drawing struct {
	graph         *Graph
	ruler         *ruler
	columns       [][]*card
	cards         map[string]*card
	wires         []*wire
	tracks        []int // of each column: lines that return to it
	title         []string
	legend        []entry
	width, height float64
}

const (
	margin    = 24.0
	columnGap = 64.0
	trackGap  = 10.0
	titleSize = 18.0
	titleLine = 22.0
	titleArea = 34.0 // with one line
)

// layOut returns the graph with places for everything.
func layOut(g *Graph) *drawing {
	d := &drawing{graph: g, ruler: newRuler(), cards: map[string]*card{}}
	d.columns = make([][]*card, 4)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		c := newCard(g, n, d.ruler)
		d.cards[n.ID] = c
		d.columns[d.column(n)] = append(d.columns[d.column(n)], c)
	}
	d.order()
	d.columns = slices.DeleteFunc(d.columns, func(column []*card) bool { return len(column) == 0 })
	d.connect()
	d.title = wrap([]string{g.Title}, svgWidth)
	d.place()
	d.route()
	d.addLegend()
	return d
}

// column returns where a kind of node stands. Whatever a host leads to stands beside the hosts.
func (d *drawing) column(n *Node) int {
	switch n.Kind {
	case Caller:
		return 0
	case Host:
		return 1
	case Service:
		return 2
	}
	for _, e := range d.graph.Edges {
		if e.To == n.ID && e.Kind == Traffic {
			return 2
		}
	}
	return 3
}

// order sorts each column by the middle of what its cards are connected with in the column beside it, to keep lines from crossing. What is in
// a frame stays together.
func (d *drawing) order() {
	for _, pair := range [][2]int{{2, 1}, {1, 2}, {2, 1}, {3, 2}, {0, 1}} {
		own, beside := d.columns[pair[0]], d.columns[pair[1]]
		middle := map[*card]float64{}
		for _, c := range own {
			middle[c] = d.middle(c, beside)
		}
		slices.SortStableFunc(own, func(a, b *card) int {
			return cmp.Or(cmp.Compare(b2i(!a.framed()), b2i(!b.framed())), cmp.Compare(middle[a], middle[b]))
		})
	}
}

// middle returns the mean place, in a column, of what a card is connected with; behind all of them, if that is nothing.
func (d *drawing) middle(c *card, column []*card) float64 {
	sum, n := 0, 0
	for i, other := range column {
		for _, e := range d.graph.Edges {
			if e.From == c.node.ID && e.To == other.node.ID || e.To == c.node.ID && e.From == other.node.ID {
				sum, n = sum+i, n+1
			}
		}
	}
	if n == 0 {
		return float64(len(column))
	}
	return float64(sum) / float64(n)
}

// framed says of a card that it is drawn inside a frame: the hosts of the proxy.
func (c *card) framed() bool { return c.node.Kind == Host && c.node.Group != "" }

// framedCards returns how many cards of a column, from the top, are in the frame.
func framedCards(column []*card) int {
	n := slices.IndexFunc(column, func(c *card) bool { return !c.framed() })
	if n < 0 {
		return len(column)
	}
	return n
}

// frameTitle returns the lines above the cards in the frame.
func (d *drawing) frameTitle() []string {
	for _, group := range d.graph.Groups {
		if group.ID == "proxy" {
			return wrap([]string{group.Title}, svgWidth)
		}
	}
	return nil
}

// frameTop returns how high the part of the frame above its cards is.
func (d *drawing) frameTop() float64 {
	return padding + lineHeight*float64(len(d.frameTitle())) + 3
}

// place sets where every card is: columns from left to right, each in the middle.
func (d *drawing) place() {
	x := margin
	heights := make([]float64, len(d.columns))
	for i, column := range d.columns {
		if i == 0 && column[0].framed() {
			x += padding
		}
		heights[i] = d.stack(column, x, 0)
		d.height = max(d.height, heights[i])
		x += column[0].w + columnGap + trackGap*float64(d.tracks[i])
		if column[0].framed() || i+1 < len(d.columns) && d.columns[i+1][0].framed() {
			x += padding
		}
	}
	d.width = x - columnGap + margin
	top := titleArea + margin
	for i, line := range d.title {
		d.width = max(d.width, 2*margin+d.ruler.width(line, titleSize, true))
		if i > 0 {
			top += titleLine
		}
	}
	for i, column := range d.columns {
		d.stack(column, column[0].x, top+(d.height-heights[i])/2)
	}
	d.height += top + margin
}

// stack puts the cards of a column below each other, and returns how high that is, with the frame.
func (d *drawing) stack(column []*card, x, y float64) float64 {
	width, begin, framed := 130.0, y, framedCards(column)
	for _, c := range column {
		width = max(width, c.w)
	}
	if framed > 0 {
		y += d.frameTop()
		for _, line := range d.frameTitle() {
			width = max(width, d.ruler.width(line, textSize, false))
		}
	}
	for i, c := range column {
		c.x, c.y, c.w = x, y, width
		y += c.h + cardGap
		if i+1 == framed {
			y += padding
		}
	}
	return y - cardGap - begin
}
