package placeholder

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// standIn is a host in which something stands for something else.
type standIn struct {
	// fixed are the labels before what stands in, and part is that, to the end of the host; "" if nothing does.
	fixed []string
	part  string
	// free says that people replace it, who may not stop at its part.
	free bool
}

// standInOf returns what of a host stands for something else: what people replace, or what a script does.
func standInOf(d *model.Deployment, host string) standIn {
	labels := strings.Split(host, ".")
	for i, label := range labels {
		rest := strings.Join(labels[i:], ".")
		isWhole := i == 0 || i < len(labels)-1 || label != strings.ToLower(label) // no script replaces all that ends in .com
		switch {
		case In(label):
			return standIn{labels[:i], rest, true}
		case isWhole && isReplaced(d, rest):
			return standIn{labels[:i], rest, false}
		}
	}
	if In(host) { // by what its labels are together
		return standIn{nil, host, true}
	}
	return standIn{fixed: labels}
}

func isReplaced(d *model.Deployment, text string) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool { return Replaces(doc, text, "") })
}

// IsStandIn reports whether something else is put in the place of a host, or of a part of it, before a service reads it: matrix.yourdomain.com,
// or MATRIX_HOST, if a script replaces that.
func IsStandIn(d *model.Deployment, host string) bool { return standInOf(d, host).part != "" }

// MayBeSameHost reports whether two hosts are the same, or may be once what stands in for something else is replaced.
func MayBeSameHost(d *model.Deployment, a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, y := standInOf(d, a), standInOf(d, b)
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
