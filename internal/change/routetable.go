package change

import (
	"slices"
	"strings"
)

// RouteTable returns the rows that come or go of the table in README.md that the operator of a proxy has for which matrixgen writes no file, from its text
// before and after.
func (c *Comparer) RouteTable(before, after string) []Change {
	old, new := routeRows(before), routeRows(after)
	if len(old) == 0 || len(new) == 0 {
		return nil // another proxy, or none
	}
	rows := func(kind Kind, when string, these, others []string) []Change {
		var changes []Change
		for _, row := range these {
			cells := strings.SplitN(row, " | ", 2)
			if slices.Contains(others, row) || len(cells) != 2 {
				continue
			}
			change := Change{Document: readme, Setting: strings.Trim(cells[0], "`"), Kind: kind, Position: topOf(readme)}
			if change.To = cells[1]; kind == Removed {
				change.From, change.To = cells[1], ""
			}
			changes = append(changes, c.asked("none", when, change)...)
		}
		return changes
	}
	return append(rows(Added, "added", new, old), rows(Removed, "removed", old, new)...)
}

const readme = "README.md"

// routeRows returns the rows of the table of routes in a README.md of matrixgen, without the bars around them.
func routeRows(text string) []string {
	_, table, _ := strings.Cut(text, "\n| host | path | goes to |\n|---|---|---|\n")
	var rows []string
	for line := range strings.Lines(table) {
		row, is := strings.CutPrefix(strings.TrimSpace(line), "| ")
		if !is {
			break
		}
		rows = append(rows, strings.TrimSuffix(row, " |"))
	}
	return rows
}
