package model

import (
	"path"
	"strings"
)

// CommonTail returns how many parts of two paths are the same, from the end.
func CommonTail(a, b string) int {
	x, y := strings.Split(path.Clean(a), "/"), strings.Split(path.Clean(b), "/")
	n := 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}
