package model

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Replaces reports whether a script puts something in the place of a text in a file: by the command s of sed and perl, by a function that
// replaces, by a pattern for all placeholders of a form, or, with references to variables, by envsubst on the file.
func (doc *Document) Replaces(what, file string) bool {
	if doc.Kind != KindScript || doc.Root == nil {
		return false
	}
	script := doc.Root.Text
	if strings.HasPrefix(what, "${") && (strings.Contains(script, "envsubst") && strings.Contains(script, file) || replacesReferences(script, what)) {
		return true
	}
	if strings.HasPrefix(what, "__") && regexp.MustCompile(`__[\\([{$]`).MatchString(script) {
		return true
	}
	script = strings.ReplaceAll(script, `\`, "") // $ and braces have one in an expression
	if !strings.Contains(script, what) {
		return false
	}
	quoted := regexp.QuoteMeta(what)
	command := `\bs[|/#,@!~:][^|/#,@!~:\n]*` + quoted
	function := `(?:(?i:replace\w*|sub)\(|-replace )[^\n]*` + quoted
	table := `(?is:\breplace\w*\(.*)["']` + quoted + `["'] ?[:,]|["']` + quoted + `["'] ?[:,](?is:.*\breplace\w*\()`
	return regexp.MustCompile(`(?m)^[ \t]*(?:[^#\s][^\n]*?)?(?:` + command + `|` + function + `)|` + table).MatchString(script)
}

// allReferences matches an expression for references to variables, whose names may begin alike: \${SECRET_[^}]*}.
var allReferences = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\?\$\\?\{\\?\(?(\w*?)(?:\[[^\]\n]*\]|\.|\\w)[*+]`) })

// replacesReferences reports whether a script replaces whatever references it finds, and such a one among them.
func replacesReferences(script, what string) bool {
	if !strings.Contains(script, "sed ") && !strings.Contains(script, "sub(") && !strings.Contains(script, "perl ") && !strings.Contains(script, "replace") {
		return false
	}
	return slices.ContainsFunc(allReferences().FindAllStringSubmatch(script, -1), func(match []string) bool {
		return strings.HasPrefix(what, "${"+match[1])
	})
}

// standIn is a host in which something stands for something else.
type standIn struct {
	// fixed are the labels before what stands in, and part is that, to the end of the host; "" if nothing does.
	fixed []string
	part  string
	// free says that people replace it, who may not stop at its part.
	free bool
}

// standIn returns what of a host stands for something else: what people replace, or what a script does.
func (d *Deployment) standIn(host string) standIn {
	labels := strings.Split(host, ".")
	for i, label := range labels {
		rest := strings.Join(labels[i:], ".")
		isWhole := i == 0 || i < len(labels)-1 || label != strings.ToLower(label) // no script replaces all that ends in .com
		switch {
		case IsPlaceholder(label):
			return standIn{labels[:i], rest, true}
		case isWhole && d.isReplaced(rest):
			return standIn{labels[:i], rest, false}
		}
	}
	if IsPlaceholder(host) { // by what its labels are together
		return standIn{nil, host, true}
	}
	return standIn{fixed: labels}
}

func (d *Deployment) isReplaced(text string) bool {
	return slices.ContainsFunc(d.Documents, func(doc *Document) bool { return doc.Replaces(text, "") })
}

// IsStandIn reports whether something else is put in the place of a host, or of a part of it, before a service reads it: matrix.yourdomain.com,
// or MATRIX_HOST, if a script replaces that.
func (d *Deployment) IsStandIn(host string) bool { return d.standIn(host).part != "" }

// MayBeSameHost reports whether two hosts are the same, or may be once what stands in for something else is replaced.
func (d *Deployment) MayBeSameHost(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, y := d.standIn(a), d.standIn(b)
	switch {
	case x.part == y.part: // two visible hosts, or two below the same one
		return false
	case x.free || y.free:
		return true
	case x.part == "":
		return len(x.fixed) > len(y.fixed) && beginAlike(x.fixed, y.fixed)
	case y.part == "":
		return len(y.fixed) > len(x.fixed) && beginAlike(x.fixed, y.fixed)
	}
	return beginAlike(x.fixed, y.fixed)
}

// beginAlike compares labels as far as both have some; a star is any.
func beginAlike(a, b []string) bool {
	n := min(len(a), len(b))
	return slices.EqualFunc(a[:n], b[:n], func(x, y string) bool { return strings.EqualFold(x, y) || x == "*" || y == "*" })
}
