package diag

import (
	"fmt"
	"path"
	"strings"
)

// Checked says what findings are about, so that nobody takes an empty list for a good one.
type Checked struct {
	// Files is how many files were looked at.
	Files int
	// Documents counts those that were recognised, by what they are: "compose", "Synapse".
	Documents []DocumentCount
	// Deployments are the names of the servers, as folders; those of stacks are their names.
	Deployments []string
}

// DocumentCount is how many documents there are of what they are.
type DocumentCount struct {
	What string
	N    int
}

// Add adds what was checked elsewhere.
func (c *Checked) Add(other Checked) {
	c.Files += other.Files
	c.Deployments = append(c.Deployments, other.Deployments...)
	for _, d := range other.Documents {
		c.Note(d.What, d.N)
	}
}

// Below returns the same with its deployments as seen from the folder above.
func (c Checked) Below(folder string) Checked {
	names := make([]string, len(c.Deployments))
	for i, name := range c.Deployments {
		names[i] = path.Join(folder, name)
	}
	c.Deployments = names
	return c
}

// Note counts documents.
func (c *Checked) Note(what string, n int) {
	for i := range c.Documents {
		if c.Documents[i].What == what {
			c.Documents[i].N += n
			return
		}
	}
	c.Documents = append(c.Documents, DocumentCount{what, n})
}

// maxNamed is how many deployments a line names.
const maxNamed = 6

// String returns one line: 12 files: 1 compose, 1 Synapse. Several deployments are named.
func (c Checked) String() string {
	text := counted(c.Files, "file")
	if n := len(c.Deployments); n > 1 {
		names := c.Deployments[:min(n, maxNamed)]
		text += fmt.Sprintf(" in %d deployments (%s", n, strings.Join(names, ", "))
		if n > maxNamed {
			text += ", …"
		}
		text += ")"
	}
	var parts []string
	for _, d := range c.Documents {
		parts = append(parts, fmt.Sprintf("%d %s", d.N, d.What))
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// checkedFields are what JSON and SARIF have of it.
type checkedFields struct {
	Files       int            `json:"files"`
	Documents   map[string]int `json:"documents"`
	Deployments []string       `json:"deployments"`
}

func (c Checked) fields() checkedFields {
	f := checkedFields{Files: c.Files, Documents: map[string]int{}, Deployments: append([]string{}, c.Deployments...)}
	for _, d := range c.Documents {
		f.Documents[d.What] = d.N
	}
	return f
}
