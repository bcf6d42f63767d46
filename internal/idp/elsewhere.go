package idp

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Lines returns what the README of a deployment says of the client at a provider: what has to stand there, and where to click. There it stands for every
// kind of provider, and nowhere else. nil if it does not say so.
func (p Provider) Lines(d *model.Deployment) []string {
	readme := d.Document("README.md")
	if readme == nil || readme.Root == nil {
		return nil
	}
	_, section, _ := strings.Cut(readme.Root.Text, "\n### Identity provider\n")
	section, _, _ = strings.Cut(section, "\n### ")
	// What is said of all providers follows behind the last.
	section, _, _ = strings.Cut(section, "\nThe redirect URI is compared letter by letter.")
	// Each has a heading where there are several.
	for _, part := range strings.Split("\n"+section, "\n#### ") {
		if p.isIn(part) {
			return rows(part)
		}
	}
	return nil
}

// isIn reports whether a part of the README is on the client at this provider.
func (p Provider) isIn(part string) bool {
	return strings.Contains(part, "\n| at "+p.Issuer) && strings.Contains(part, "`"+p.ClientID+"`") &&
		!slices.ContainsFunc(p.Callbacks, func(callback string) bool { return !strings.Contains(part, "`"+callback+"`") })
}

// rows returns the lines of a part from its table on, which becomes columns.
func rows(part string) []string {
	_, table, _ := strings.Cut(part, "\n|---|---|\n")
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(table)) {
		line = strings.TrimRight(line, "\n")
		if name, value, isRow := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | "); isRow && strings.HasPrefix(line, "| ") {
			line = name + strings.Repeat(" ", max(1, 23-len(name))) + strings.TrimSuffix(strings.ReplaceAll(value, "`", ""), ", see below")
		}
		lines = append(lines, line)
	}
	return lines
}
