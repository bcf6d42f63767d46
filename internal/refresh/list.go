// Package refresh takes in releases of upstream: it lists what each version reads, dates what came and went between two of them, and proposes
// what has to change in schema/. It is for those who maintain matrixgen, and no part of the program. The lists are facts, paths with types and
// defaults; facts/ keeps them, so that the tables of schema/ can be held against them wherever the repository is.
package refresh

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// List is what one version of a product reads and refuses. A name says what a line is about, and its value what there is to say of it:
//
//	key redis.port           integer 6379      a setting of upstream's documentation or schema, its type and default
//	read redis.port          6379              a setting that the code asks for, and what it takes without
//	field PushRules.limit                      a member of a class that parses settings
//	const DEFAULT_X          "12"              a constant of the code
//	refuse redis.py 3f2a9c1b                   an error that stops the product from starting
type List map[string]string

// add adds a line, "key redis.port integer 6379".
func (l List) add(line string) {
	kind, rest, _ := strings.Cut(line, " ")
	name, value, _ := strings.Cut(rest, " ")
	if kind == "refuse" {
		digest, _, _ := strings.Cut(value, " ")
		name, value = name+" "+digest, ""
	}
	if name != "" {
		l[kind+" "+name] = value
	}
}

// Keys returns the paths of a kind of line, sorted.
func (l List) Keys(kind string) []string {
	var paths []string
	for name := range l {
		if path, ok := strings.CutPrefix(name, kind+" "); ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// line returns a line as facts/ has it.
func (l List) line(name string) string { return strings.TrimSpace(name + " " + l[name]) }

// Digest stands for the text of an error: what upstream wrote is looked up there, and not kept here.
func Digest(text string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:8]
}

// Delta is what differs between two lists.
type Delta struct {
	Added, Removed, Changed []string // names of lines
}

// Diff returns what differs between two lists, each sorted.
func Diff(old, new List) Delta {
	var d Delta
	for _, name := range slices.Sorted(maps.Keys(new)) {
		if value, was := old[name]; !was {
			d.Added = append(d.Added, name)
		} else if value != new[name] {
			d.Changed = append(d.Changed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if _, is := new[name]; !is {
			d.Removed = append(d.Removed, name)
		}
	}
	return d
}

func (d Delta) empty() bool { return len(d.Added)+len(d.Removed)+len(d.Changed) == 0 }

// Release is a version with its list.
type Release struct {
	Version string
	List    List
}

// History is the lists of a product, the oldest first. In its file the first is whole, and of the others stands what differs.
type History []Release

// ParseHistory reads a file of facts/.
func ParseHistory(text string) (History, error) {
	var h History
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "release "):
			list := List{}
			if len(h) > 0 {
				list = maps.Clone(h[len(h)-1].List)
			}
			h = append(h, Release{strings.TrimPrefix(line, "release "), list})
		case len(h) > 0 && strings.HasPrefix(line, "+ "):
			h[len(h)-1].List.add(line[2:])
		case len(h) > 0 && strings.HasPrefix(line, "- "):
			gone := List{}
			gone.add(line[2:])
			for name := range gone {
				delete(h[len(h)-1].List, name)
			}
		default:
			return nil, fmt.Errorf("line %d is no release and no change of one: %q", n, line)
		}
	}
	return h, lines.Err()
}

// String returns the history as facts/ has it, without the comment at the top.
func (h History) String() string {
	var b strings.Builder
	before := List{}
	for _, r := range h {
		fmt.Fprintf(&b, "release %s\n", r.Version)
		d := Diff(before, r.List)
		for _, name := range d.Removed {
			fmt.Fprintf(&b, "- %s\n", name)
		}
		changed := slices.SortedFunc(slices.Values(slices.Concat(d.Added, d.Changed)), cmp.Compare[string])
		for _, name := range changed {
			fmt.Fprintf(&b, "+ %s\n", r.List.line(name))
		}
		before = r.List
	}
	return b.String()
}

// At returns the list of the newest release that is not newer than a version; nil if there is none.
func (h History) At(version string) List {
	var found List
	for _, r := range h {
		if older(r.Version, version) || r.Version == version {
			found = r.List
		}
	}
	return found
}

// Apply adds the releases of a dated difference to the history: each delta, in the order of the versions.
func (h History) Apply(dated []Dated) History {
	for _, d := range dated {
		list := List{}
		if len(h) > 0 {
			list = maps.Clone(h[len(h)-1].List)
		}
		for _, name := range d.Removed {
			delete(list, name)
		}
		for _, name := range slices.Concat(d.Added, d.Changed) {
			list[name] = d.New[name]
		}
		h = append(h, Release{d.Version, list})
	}
	return h
}

// Since returns what came and went with each release of the history after a version.
func (h History) Since(version string) []Dated {
	var dated []Dated
	for i, r := range h {
		if i > 0 && older(version, r.Version) {
			dated = append(dated, Dated{r.Version, Diff(h[i-1].List, r.List), h[i-1].List, r.List})
		}
	}
	return dated
}

// Has reports whether a version is in the history.
func (h History) Has(version string) bool {
	return slices.ContainsFunc(h, func(r Release) bool { return r.Version == version })
}

// Text returns the file of facts/ of a product.
func (h History) Text(product string) string {
	return "# What each release of " + product + " reads and refuses, as make refresh found it: the first whole, then what came (+) and went (-).\n" + h.String()
}
