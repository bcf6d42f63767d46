package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// wire is an edge as it is drawn.
type wire struct {
	edge     *Edge
	from, to *card
	row      int // of the card that it leaves; -1 if that has no rows
	// columns is how many columns further the line leads: 1, 0 for the same column, -1 for the one before.
	columns        int
	track          int // of a line to the same column
	x1, y1, x2, y2 float64
}

// connect makes a wire of every edge, and counts those that return to their column.
func (d *drawing) connect() {
	column := map[*card]int{}
	for i, cards := range d.columns {
		for _, c := range cards {
			column[c] = i
		}
	}
	d.tracks = make([]int, len(d.columns))
	for i := range d.graph.Edges {
		e := &d.graph.Edges[i]
		w := &wire{edge: e, from: d.cards[e.From], to: d.cards[e.To], row: -1}
		w.row = slices.IndexFunc(w.from.rows, func(r cardRow) bool { return r.edge == e })
		if w.columns = column[w.to] - column[w.from]; w.columns == 0 {
			d.tracks[column[w.from]]++
		}
		d.wires = append(d.wires, w)
	}
}

// route sets where every wire begins and ends.
func (d *drawing) route() {
	for _, w := range d.wires {
		w.x1, w.x2 = w.from.x+w.from.w, w.to.x
		if w.columns < 0 {
			w.x1 = w.from.x
		}
		if w.columns <= 0 {
			w.x2 = w.to.x + w.to.w
		}
		w.y1 = w.from.y + w.from.h/2
		if w.row >= 0 {
			w.y1 = w.from.y + w.from.rows[w.row].y + w.from.rows[w.row].h/2
		} else {
			w.from.right = append(w.from.right, w)
		}
		if w.columns > 0 {
			w.to.left = append(w.to.left, w)
		} else {
			w.to.right = append(w.to.right, w)
		}
	}
	for _, column := range d.columns {
		for _, c := range column {
			c.spread(c.left)
			c.spread(c.right)
		}
		d.setTracks(column)
	}
}

// spread puts the ends of wires at one side of a card below each other, in the order of their other ends.
func (c *card) spread(wires []*wire) {
	slices.SortStableFunc(wires, func(a, b *wire) int { return cmp.Compare(a.otherEnd(c), b.otherEnd(c)) })
	top, bottom := c.y+8, c.y+c.header-8
	for i, w := range wires {
		y := top + (bottom-top)*(float64(i)+0.5)/float64(len(wires))
		if w.to == c {
			w.y2 = y
		} else {
			w.y1 = y
		}
	}
}

// otherEnd returns how high the card at the other end of a wire is.
func (w *wire) otherEnd(c *card) float64 {
	if w.to == c {
		return w.y1
	}
	return w.to.y
}

// setTracks gives the wires that return to a column each a line of its own beside it, the shortest one nearest.
func (d *drawing) setTracks(column []*card) {
	var returning []*wire
	for _, w := range d.wires {
		if w.columns == 0 && slices.Contains(column, w.from) {
			returning = append(returning, w)
		}
	}
	slices.SortStableFunc(returning, func(a, b *wire) int { return cmp.Compare(a.span(), b.span()) })
	for i, w := range returning {
		w.track = i
	}
}

func (w *wire) span() float64 { return max(w.y1, w.y2) - min(w.y1, w.y2) }

// path returns the line in the language of paths in SVG.
func (w *wire) path() string {
	if w.columns != 0 {
		half := (w.x2 - w.x1) / 2
		return fmt.Sprintf("M%s %sC%s %s %s %s %s %s", px(w.x1), px(w.y1), px(w.x1+half), px(w.y1), px(w.x2-half), px(w.y2), px(w.x2), px(w.y2))
	}
	x := w.x1 + 2*trackGap + trackGap*float64(w.track)
	r := min(6, w.span()/2)
	if w.y2 < w.y1 {
		r = -r
	}
	return fmt.Sprintf("M%s %sH%sQ%s %s %s %sV%sQ%s %s %s %sH%s", px(w.x1), px(w.y1), px(x-6), px(x), px(w.y1), px(x), px(w.y1+r), px(w.y2-r),
		px(x), px(w.y2), px(x-6), px(w.y2), px(w.x2))
}

// head returns the corners of the arrow's head.
func (w *wire) head() string {
	back := -8.0
	if w.columns <= 0 {
		back = 8
	}
	return fmt.Sprintf("%s,%s %s,%s %s,%s", px(w.x2), px(w.y2), px(w.x2+back), px(w.y2-4), px(w.x2+back), px(w.y2+4))
}
