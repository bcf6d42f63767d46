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
	width, height float64
}

const (
	margin    = 24.0
	columnGap = 64.0
	trackGap  = 10.0
	titleArea = 34.0
)

// layOut returns the graph with places for everything but the legend.
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
	d.place()
	d.route()
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

// place sets where every card is: columns from left to right, each in the middle.
func (d *drawing) place() {
	x := margin
	heights := make([]float64, len(d.columns))
	for i, column := range d.columns {
		heights[i] = d.stack(column, x, 0)
		d.height = max(d.height, heights[i])
		x += column[0].w + columnGap + trackGap*float64(d.tracks[i])
		if column[0].framed() || i+1 < len(d.columns) && d.columns[i+1][0].framed() {
			x += padding
		}
	}
	d.width = x - columnGap + margin
	for i, column := range d.columns {
		d.stack(column, column[0].x, titleArea+margin+(d.height-heights[i])/2)
	}
	d.height += titleArea + 2*margin
}

// stack puts the cards of a column below each other, and returns how high that is.
func (d *drawing) stack(column []*card, x, y float64) float64 {
	width, begin := 130.0, y
	for _, c := range column {
		width = max(width, c.w)
	}
	for i, c := range column {
		if c.framed() && i == 0 {
			y += frameTop
		}
		c.x, c.y, c.w = x, y, width
		y += c.h + cardGap
		if c.framed() && i+1 < len(column) && !column[i+1].framed() {
			y += padding
		}
	}
	return y - cardGap - begin
}
