package refresh

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/format"
)

// Proposal is what releases of a product mean for its table in schema/.
type Proposal struct {
	// Keys are lines of CUE for the table, and Known the settings that it has already.
	Keys  []Key
	Known []string
	// Person is what only a person can decide, a sentence each.
	Person []string
}

// Key is a setting that the table lacks, or that has gone, or has another default.
type Key struct {
	// Path is the setting, Version the release that brought or took it.
	Path, Version string
	// Line is the CUE for it.
	Line string
}

// Propose says what the table of a product needs for what came and went. texts are the texts of errors by their name in the list; of one that is not
// there, only the file is told.
func Propose(table *format.Type, dated []Dated, texts map[string]string) Proposal {
	var p Proposal
	for _, d := range dated {
		for _, name := range d.Added {
			p.added(table, d, name, texts)
		}
		for _, name := range d.Changed {
			p.changed(table, d, name)
		}
		for _, name := range d.Removed {
			p.removed(table, d, name)
		}
	}
	return p
}

// added proposes a key, or asks a person about a new error.
func (p *Proposal) added(table *format.Type, d Dated, name string, texts map[string]string) {
	kind, at, _ := strings.Cut(name, " ")
	switch kind {
	case "refuse":
		file, digest, _ := strings.Cut(at, " ")
		what := "a new error, " + digest
		if text := texts[name]; text != "" {
			what = fmt.Sprintf("a new error, %q", text)
		}
		p.Person = append(p.Person, fmt.Sprintf("%s: %s has %s. Which configurations does it refuse that started before? Each is a rule, and a row of schema/release.", d.Version, file, what))
		return
	case "const":
		p.Person = append(p.Person, fmt.Sprintf("%s: the code has a new constant, %s = %s. Is it a default?", d.Version, at, d.New[name]))
		return
	case "field":
		_, member, _ := strings.Cut(at, ".")
		if slices.ContainsFunc(d.Added, func(other string) bool {
			return strings.HasPrefix(other, "key ") && strings.HasSuffix(other, "."+member)
		}) {
			return
		}
		p.Person = append(p.Person, fmt.Sprintf("%s: the code reads %s, which the documentation may have under its section.", d.Version, at))
		return
	}
	if _, documented := d.New["key "+at]; kind == "read" && documented {
		return
	}
	if key := table.At(Parts(at)...); key != nil {
		p.Known = append(p.Known, at)
		if key.Since != "" && key.Since != d.Version {
			p.Person = append(p.Person, fmt.Sprintf("%s: the table says of %s that it is there since %s.", d.Version, at, key.Since))
		}
		return
	}
	kinds, usual, _ := strings.Cut(d.New[name], " ")
	if kind == "read" {
		kinds, usual = "", d.New[name]
	}
	line := path.Ext("." + at)[1:] + "?: " + cueType(kinds)
	if usual != "" {
		line += " @upstream(default=" + usual + ")"
	}
	p.Keys = append(p.Keys, Key{at, d.Version, line + " @since(" + d.Version + ")"})
	p.ask(d.Version, at, kind)
}

// named matches names that are secrets, or paths of files.
var named = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(password|secret|token|passphrase|_key|_path|_file)s?$`)
})

// ask asks a person what a name leaves open.
func (p *Proposal) ask(version, at, kind string) {
	if named().MatchString(at) {
		p.Person = append(p.Person, fmt.Sprintf("%s: is %s a secret (@secret), or the path of a file (@file)?", version, at))
	}
	if kind == "read" {
		p.Person = append(p.Person, fmt.Sprintf("%s: %s is in no documentation: what type has it?", version, at))
	}
}

func (p *Proposal) changed(table *format.Type, d Dated, name string) {
	kind, at, _ := strings.Cut(name, " ")
	new, old := d.New[name], d.Old[name]
	if kind == "const" {
		p.Person = append(p.Person, fmt.Sprintf("%s: %s is %s, and was %s. Of which setting is it the default? That is what users meet: a row of schema/release.", d.Version, at, new, old))
		return
	}
	kinds, usual, _ := strings.Cut(new, " ")
	oldKinds, oldUsual, _ := strings.Cut(old, " ")
	if kind == "read" {
		kinds, oldKinds, usual, oldUsual = "", "", new, old
	}
	if kinds != oldKinds && old != "" {
		p.Person = append(p.Person, fmt.Sprintf("%s: %s takes %s, and took %s.", d.Version, at, kinds, oldKinds))
	}
	switch key := table.At(Parts(at)...); {
	case usual == oldUsual:
	case usual == "":
		p.Person = append(p.Person, fmt.Sprintf("%s: the documentation of %s names no default any more; it was %s.", d.Version, at, oldUsual))
	case key != nil && slices.ContainsFunc(key.Defaults, func(known format.Default) bool { return known.Since == d.Version }):
		p.Known = append(p.Known, at)
	default:
		p.Keys = append(p.Keys, Key{at, d.Version, fmt.Sprintf("%s?: … @upstream(default=%s, since=%s)", path.Ext("." + at)[1:], usual, d.Version)})
	}
}

func (p *Proposal) removed(table *format.Type, d Dated, name string) {
	kind, at, _ := strings.Cut(name, " ")
	key := table.At(Parts(at)...)
	if kind != "key" && kind != "read" || key == nil || key.Removed != "" {
		return
	}
	if _, still := d.New["key "+at]; still {
		return
	}
	if _, still := d.New["read "+at]; still {
		return
	}
	p.Keys = append(p.Keys, Key{at, d.Version, fmt.Sprintf("%s?: … @removed(%s)", path.Ext("." + at)[1:], d.Version)})
}

// Parts returns a path as a table takes it: a.b[].c is a, b, [], c.
func Parts(at string) []string {
	return strings.Split(strings.ReplaceAll(at, "[]", ".[]"), ".")
}

// cueType returns types of JSON schema as CUE.
func cueType(kinds string) string {
	names := map[string]string{
		"string": "string", "integer": "int", "number": "number", "boolean": "bool", "null": "null", "array": "[...]", "object": "{...}",
		"duration": "#Duration", "bytesize": "#Size",
	}
	var types []string
	for kind := range strings.SplitSeq(kinds, "|") {
		if name := names[kind]; name != "" {
			types = append(types, name)
		}
	}
	if len(types) == 0 {
		return "_"
	}
	return strings.Join(types, " | ")
}

// String returns the proposal for a maintainer.
func (p Proposal) String() string {
	var b strings.Builder
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&b, "## %s\n\n%s\n\n", title, strings.Join(lines, "\n"))
		}
	}
	var keys []string
	slices.SortStableFunc(p.Keys, func(a, b Key) int { return strings.Compare(above(a.Path), above(b.Path)) })
	last := "-"
	for _, key := range p.Keys {
		if at := above(key.Path); at != last {
			last = at
			if at == "" {
				at = "the top"
			}
			keys = append(keys, "// in "+at)
		}
		keys = append(keys, key.Line)
	}
	section("For the table", keys)
	slices.Sort(p.Known)
	section("What the table has already", slices.Compact(p.Known))
	section("For a person", p.Person)
	return b.String()
}

// above returns what a setting is in.
func above(at string) string {
	if i := strings.LastIndex(at, "."); i >= 0 {
		return at[:i]
	}
	return ""
}
