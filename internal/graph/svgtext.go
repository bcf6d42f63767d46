package graph

import "strings"

// svgFonts are families with the widths of Helvetica, of which every system has one.
const svgFonts = "Helvetica, Arial, 'Liberation Sans', Arimo, sans-serif"

// helvetica has the widths of the characters from space to ~ in thousandths of the size of the font, from the font metrics of Adobe.
const helvetica = `278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278
	556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556
	1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778
	667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556
	333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556
	556 556 333 500 278 556 500 722 500 500 500 334 260 334 584`

// ruler measures text as browsers will show it.
type ruler struct {
	widths []float64
}

func newRuler() *ruler {
	r := &ruler{}
	for field := range strings.FieldsSeq(helvetica) {
		width := 0.0
		for _, digit := range field {
			width = width*10 + float64(digit-'0')
		}
		r.widths = append(r.widths, width)
	}
	return r
}

// width returns the width of a text in a size, in pixels. Characters beyond ASCII count as wide ones.
func (r *ruler) width(text string, size float64, bold bool) float64 {
	sum := 0.0
	for _, c := range text {
		if i := int(c) - ' '; i >= 0 && i < len(r.widths) {
			sum += r.widths[i]
			continue
		}
		sum += 1000
	}
	if bold {
		sum *= 1.08
	}
	return sum * size / 1000
}
