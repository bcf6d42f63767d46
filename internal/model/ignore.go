package model

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Ignore is a suppression: an operator's word that what a rule has to say of a place is meant so.
type Ignore struct {
	// Rule and Reason are as written; "" if they are missing.
	Rule, Reason string
	// Position is where the suppression stands.
	Position diag.Position
	// First and Last bound the place that it speaks of, unless Path does.
	First, Last diag.Position
	// Path is a pattern of files, relative to the folder of the settings that it stands in, or "".
	Path string
	// Shared says that other deployments read the file, too: what this one does not need, another may.
	Shared bool
}

// Suppressions returns those in the sources of deployments and in their documents.
func Suppressions(deployments ...*Deployment) []Ignore {
	var ignores []Ignore
	for _, d := range deployments {
		ignores = append(ignores, d.Ignores...)
		for _, doc := range d.Documents {
			ignores = append(ignores, doc.Ignores...)
		}
	}
	return ignores
}

// Covers reports whether a suppression speaks of a place.
func (i Ignore) Covers(p diag.Position) bool {
	if i.Path != "" {
		return MatchPath(strings.Split(i.Path, "/"), strings.Split(p.File, "/"))
	}
	return p.File == i.First.File && i.First.Compare(p) <= 0 && p.Compare(i.Last) <= 0
}

// MatchPath reports whether a path matches a pattern, both cut at their slashes: * and ? stand for characters of a name, as in [path.Match],
// and ** for any number of folders, at the end for whatever is below.
func MatchPath(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := range len(name) + 1 {
				if MatchPath(pattern[1:], name[i:]) {
					return len(pattern) > 1 || i > 0
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
