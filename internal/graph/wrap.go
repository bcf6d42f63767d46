package graph

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// wrap returns labels as lines of at most so many characters: as many labels in a line as fit. One that is too long itself is broken, behind
// a slash if there is one.
func wrap(labels []string, width int) []string {
	var lines []string
	line := ""
	flush := func() {
		if line != "" {
			lines = append(lines, line)
		}
		line = ""
	}
	for i, label := range labels {
		if i < len(labels)-1 {
			label += ","
		}
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(label) <= width {
			line += " " + label
			continue
		}
		flush()
		for utf8.RuneCountInString(label) > width {
			at := breakAt(label, width)
			lines, label = append(lines, strings.TrimSpace(label[:at])), strings.TrimSpace(label[at:])
		}
		line = label
	}
	flush()
	return lines
}

// breakAt returns where to break a text that is longer than a line: behind the last space or slash that leaves more than a few characters, or
// where the line ends.
func breakAt(text string, width int) int {
	end, best := 0, 0
	for i, r := range text {
		if width == 0 {
			end = i
			break
		}
		width--
		if next := i + utf8.RuneLen(r); r == ' ' || r == '/' && i > 0 && text[i-1] != '/' && text[i-1] != ' ' && next < len(text) && text[next] != '/' {
			best = next
		}
	}
	if best > end/5 {
		return best
	}
	return end
}

// slugs returns an identifier for every node and group, by its ID: letters, digits and underscores, unlike any word that a format knows.
func (g *Graph) slugs() map[string]string {
	slugs, taken := map[string]string{}, map[string]bool{}
	add := func(id string) {
		slug := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return '_'
		}, id)
		unique := slug
		for i := 2; taken[unique]; i++ {
			unique = fmt.Sprintf("%s_%d", slug, i)
		}
		taken[unique] = true
		slugs[id] = unique
	}
	for _, group := range g.Groups {
		add("group " + group.ID)
	}
	for _, n := range g.Nodes {
		add(n.ID)
	}
	return slugs
}
