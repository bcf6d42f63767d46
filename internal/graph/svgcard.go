package graph

import "slices"

// Sizes in the drawing, in pixels.
const (
	nameSize, textSize = 13.0, 11.0
	lineHeight         = 15.0
	padding            = 12.0
	cardGap            = 18.0
	// svgWidth is how many characters of a label are in a line.
	svgWidth = 44
)

// card is a node as it is drawn: its name, and below that a row for every line that leaves it, so that no text stands at a line.
type card struct {
	node       *Node
	names      []string
	details    []string
	rows       []cardRow
	x, y, w, h float64
	header     float64 // the height of the part with the name
	// left and right are the lines that end at the sides, from top to bottom; on the right also those that leave a card without rows.
	left, right []*wire
}

// cardRow is what stands in a card about a line.
type cardRow struct {
	edge  *Edge
	lines []string
	y, h  float64 // from the top of the card
}

// newCard returns the card of a node with what stands in it, and its size.
func newCard(g *Graph, n *Node, r *ruler) *card {
	c := &card{node: n, names: wrap([]string{n.Name}, svgWidth)}
	if n.Detail != "" {
		c.details = wrap([]string{n.Detail}, svgWidth)
	}
	c.details = append(c.details, wrap(networkWords(n.Networks), svgWidth)...)
	for _, line := range c.names {
		c.w = max(c.w, r.width(line, nameSize, true))
	}
	for _, line := range c.details {
		c.w = max(c.w, r.width(line, textSize, false))
	}
	c.header = 1.5*padding + lineHeight*float64(len(c.names)+len(c.details)) - 2
	c.h = c.header
	if n.Kind != Caller {
		for i := range g.Edges {
			if g.Edges[i].From == n.ID {
				c.addRow(&g.Edges[i], r)
			}
		}
	}
	c.w += 2 * padding
	return c
}

func (c *card) addRow(e *Edge, r *ruler) {
	row := cardRow{edge: e, lines: wrap(e.Labels, svgWidth), y: c.h}
	if len(row.lines) == 0 {
		row.lines = []string{e.Kind.style().name}
	}
	for _, line := range row.lines {
		c.w = max(c.w, r.width(line, textSize, false))
	}
	row.h = lineHeight*float64(len(row.lines)) + padding/2
	c.rows = append(c.rows, row)
	c.h += row.h
}

// networkWords returns the names of networks as labels.
func networkWords(networks []string) []string {
	if len(networks) == 0 {
		return nil
	}
	words := slices.Clone(networks)
	words[0] = "network " + words[0]
	if len(words) > 1 {
		words[0] = "networks " + networks[0]
	}
	return words
}
