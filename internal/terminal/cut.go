package terminal

import "github.com/mattn/go-runewidth"

// Cut returns the part of a line that fits into so many columns, around the character with the given index, and the index of that character in it.
// Where something is left out stands an ellipsis. A line that fits stays whole, and so does every line if columns is 0.
func Cut(line string, at, columns int) (part string, index int) {
	runes := []rune(line)
	if columns <= 0 || Columns(line) <= columns {
		return line, at
	}
	const mark = "…"
	begin := 0
	if Columns(string(runes[:min(at+1, len(runes))])) > columns/2 {
		begin = back(runes, min(at, len(runes)), columns/2-1)
	}
	if begin > 0 {
		part, at = mark, at-begin+1
	}
	end, room := begin, columns-Columns(part)
	for end < len(runes) && room-width(runes[end]) >= 1 {
		room -= width(runes[end])
		end++
	}
	part += string(runes[begin:end])
	if end < len(runes) {
		part += mark
	}
	return part, at
}

// back returns the index that is so many columns before another.
func back(runes []rune, from, columns int) int {
	for from > 0 && columns >= width(runes[from-1]) {
		from--
		columns -= width(runes[from])
	}
	return from
}

// width returns how many columns a character takes at most.
func width(r rune) int {
	if r == '\t' {
		return tab
	}
	return runewidth.RuneWidth(r)
}
