package facts

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// SourceOf returns the name of the one variable that a value comes from, whether or not anything renders the file that it stands in.
func SourceOf(n *model.Node) (string, bool) {
	if n == nil || n.Kind == model.Map || n.Kind == model.List {
		return "", false
	}
	name := placeholder.OnlyVariableOf(n.Text)
	return name, name != ""
}

// TwoSources reports whether a value that two files have to share comes from two variables, of which nothing shows that they hold the same:
// names that differ by more than their case and what stands before them.
func TwoSources(a, b *model.Node) (string, string, bool) {
	first, isSource := SourceOf(a)
	second, isSourceToo := SourceOf(b)
	if !isSource || !isSourceToo {
		return "", "", false
	}
	long, short := strings.ToLower(first), strings.ToLower(second)
	if len(long) < len(short) {
		long, short = short, long
	}
	return first, second, long != short && !strings.HasSuffix(long, "_"+short)
}

// Differ says that both values are known and not the same.
func Differ(a, b *model.Node) bool { return model.Compare(a, b) == model.No }
