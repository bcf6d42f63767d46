package workspace

import (
	"context"
	"strings"
)

// Range is one revision, or two: A, A..B or A...B. The zero value is none.
type Range struct {
	// From is the earlier revision; "" if there is none. To is the later one; "" if it was not named.
	From, To string
	// Symmetric says that what counts is where the two parted.
	Symmetric bool
}

// ParseRange returns the revisions of A, A..B or A...B, as git reads them: a side that is left out is HEAD.
func ParseRange(text string) Range {
	from, to, found := strings.Cut(text, "..")
	if !found {
		return Range{From: text}
	}
	to, symmetric := strings.CutPrefix(to, ".")
	if to == "" {
		to = "HEAD"
	}
	if from == "" {
		from = "HEAD"
	}
	return Range{From: from, To: to, Symmetric: symmetric}
}

// Earlier returns the files of the earlier revision, or with a symmetric range of the one where the two parted.
func (r Range) Earlier(ctx context.Context, root string) (Source, error) {
	if r.Symmetric {
		return parted(ctx, root, r.From, r.To)
	}
	return Revision(ctx, root, r.From)
}
