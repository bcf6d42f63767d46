package refresh

import (
	"cmp"
	"regexp"
	"strings"
	"sync"
)

// page reads upstream's documentation of Synapse's settings, which upstream's own program makes of its schema:
//
//	### `redis`
//	*(object)* …
//	This setting has the following sub-options:
//	* `port` (integer): … Defaults to `6379`.
type page struct {
	list List
	// path has the setting at each depth, and within what stands between it and what is below it: ".", "[]." or ".*.".
	path, kind, within []string
}

var (
	heading  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^### `([^`]+)`") })
	typed    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\*\(([^)]+)\)\*`) })
	bullet   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^ *\\* `([^`]+)`(?: \\(([^)]+)\\))?(?::|$)") })
	defaults = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("Defaults to `([^`]*)`") })
)

// ReadPage returns the settings of a page.
func ReadPage(text string) List {
	p := &page{list: List{}}
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if !fenced {
			p.line(line)
		}
	}
	return p.list
}

func (p *page) line(line string) {
	if m := heading().FindStringSubmatch(line); m != nil {
		p.path, p.kind, p.within = []string{m[1]}, []string{""}, []string{""}
		p.set(0, "", "")
		return
	}
	if strings.HasPrefix(line, "## ") || len(p.path) == 0 {
		p.path = nil
		return
	}
	if m := typed().FindStringSubmatch(line); m != nil && p.kind[0] == "" {
		p.set(0, m[1], line)
		return
	}
	depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
	switch {
	case depth >= len(p.path):
		return
	case strings.Contains(line, "has the following sub-options"):
		p.within[depth] = "."
	case strings.Contains(line, "Options for each entry include"):
		p.within[depth] = "[]."
		if strings.Contains(p.kind[depth], "object") {
			p.within[depth] = ".*."
		}
	}
	if m := bullet().FindStringSubmatch(line); m != nil && p.within[depth] != "" {
		p.path, p.kind, p.within = append(p.path[:depth+1], p.path[depth]+p.within[depth]+m[1]), append(p.kind[:depth+1], ""), append(p.within[:depth+1], "")
		p.set(depth+1, m[2], line)
		return
	}
	if strings.HasPrefix(strings.TrimSpace(line), "Defaults to ") {
		p.set(depth, p.kind[depth], line)
	}
}

// set notes the type of the setting at a depth, and the default if the line has it.
func (p *page) set(depth int, kind, line string) {
	p.kind[depth] = kind
	value := strings.ReplaceAll(cmp.Or(kind, "any"), " ", "")
	if m := defaults().FindStringSubmatch(line); m != nil && len(m[1]) <= maxDefault {
		value += " " + m[1]
	}
	p.list["key "+p.path[depth]] = value
}

// maxDefault bounds a default that is kept: a longer one is text.
const maxDefault = 60
