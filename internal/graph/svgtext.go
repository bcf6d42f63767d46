package graph

import "strings"

// svgFonts are families of which every system has one. What it has is not known here, so that boxes are as wide as the widest of them needs.
const svgFonts = "Helvetica, Arial, 'Liberation Sans', Arimo, 'DejaVu Sans', Verdana, sans-serif"

// The widths of the characters from space to ~, in thousandths of the size of the font: each that of Helvetica (Adobe's font metrics) or of DejaVu
// Sans 2.37 (its table hmtx), whichever is wider. Verdana is as wide as the latter; other fonts without serifs are narrower.
const (
	regularWidths = `318 401 460 838 637 951 780 275 391 391 500 838 318 361 318 337
	637 637 637 637 637 637 637 637 637 637 337 337 838 838 838 556
	1015 685 687 722 771 667 611 778 752 295 500 667 558 863 749 788
	667 788 722 667 611 732 685 989 686 667 686 391 337 391 838 556
	500 613 635 550 635 616 353 635 634 278 278 580 278 975 634 612
	635 635 412 521 393 634 592 818 592 592 525 637 337 637 838`
	boldWidths = `349 457 521 838 696 1002 873 307 458 458 523 838 380 416 380 366
	696 696 696 696 696 696 696 696 696 696 400 400 838 838 838 611
	1000 774 763 734 831 684 684 821 837 373 557 775 638 996 837 851
	733 851 771 721 683 813 774 1104 771 725 726 458 366 458 838 557
	500 675 716 593 716 679 436 716 712 343 343 666 343 1042 712 688
	716 716 494 596 479 712 652 924 646 652 583 712 366 712 838`
)

// ruler measures text as it will be shown at the widest.
type ruler struct {
	regular, bold []float64
}

func newRuler() *ruler { return &ruler{numbers(regularWidths), numbers(boldWidths)} }

// numbers returns the whole numbers that stand in a text.
func numbers(text string) []float64 {
	var all []float64
	for field := range strings.FieldsSeq(text) {
		number := 0.0
		for _, digit := range field {
			number = number*10 + float64(digit-'0')
		}
		all = append(all, number)
	}
	return all
}

// width returns the width of a text in a size, in pixels. Characters beyond ASCII count as wide ones.
func (r *ruler) width(text string, size float64, bold bool) float64 {
	widths := r.regular
	if bold {
		widths = r.bold
	}
	sum := 0.0
	for _, c := range text {
		if i := int(c) - ' '; i >= 0 && i < len(widths) {
			sum += widths[i]
			continue
		}
		sum += 1000
	}
	return sum * size / 1000
}
