package model

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Image is a reference to a container image.
type Image struct {
	// Repository is everything before the tag: ghcr.io/element-hq/synapse.
	Repository string
	Tag        string
	Digest     string
	// Holds is the version that is in it, where the deployment says so: an image of one's own has tags of any form. Else "".
	Holds string
	// Known is false if the reference holds something that is not known, such as ${TAG}, or if there is no image.
	Known    bool
	Position diag.Position
}

// ParseImage returns the parts of an image reference.
func ParseImage(reference string) Image {
	image := Image{Known: true}
	rest, digest, _ := strings.Cut(reference, "@")
	image.Digest = digest
	image.Repository = rest
	if i := strings.LastIndex(rest, ":"); i > strings.LastIndex(rest, "/") {
		image.Repository, image.Tag = rest[:i], rest[i+1:]
	}
	return image
}

// Base returns the last part of the repository: synapse.
func (i Image) Base() string { return i.Repository[strings.LastIndex(i.Repository, "/")+1:] }

// Floating reports whether the image moves: a tag such as latest, or none, and no digest. One of localhost was built here, and moves for nobody else.
func (i Image) Floating() bool {
	if !i.Known || i.Digest != "" || strings.HasPrefix(i.Repository, "localhost/") || strings.HasPrefix(i.Repository, "localhost:") {
		return false
	}
	switch i.Tag {
	case "", "latest", "main", "master", "develop", "edge", "nightly", "stable":
		return true
	}
	return false
}

// Release returns what names the version of the image: what the deployment says of it, or else the tag.
func (i Image) Release() string { return cmp.Or(i.Holds, i.Tag) }

// Version returns the version that the tag names, or that the deployment says, or the unknown version: for a floating tag, a digest alone, or a tag that is no version.
func (i Image) Version() Version {
	if !i.Known {
		return Version{}
	}
	return ParseVersion(i.Release())
}

// Version is a release of a product. The zero value is unknown; a part that the tag leaves out stands for the newest.
type Version struct {
	parts [3]int
	known bool
}

// newest stands for a part that is left out: 1.22 is the newest of that line.
const newest = 1 << 30

// ParseVersion returns the version of a tag such as v1.157.1, 1.22.0-debug or 17-alpine.
func ParseVersion(tag string) Version {
	text, _, _ := strings.Cut(strings.TrimPrefix(tag, "v"), "-")
	v := Version{parts: [3]int{newest, newest, newest}}
	for i, part := range strings.SplitN(text, ".", 4) {
		if rc := strings.Index(part, "rc"); rc > 0 {
			part = part[:rc]
		}
		n, err := strconv.Atoi(part)
		if err != nil || i > 2 || n < 0 {
			return Version{}
		}
		v.parts[i] = n
	}
	v.known = true
	return v
}

// Known reports whether the version is known.
func (v Version) Known() bool { return v.known }

// Exact reports whether the version is known to its last part, and no line of versions such as 1.22.
func (v Version) Exact() bool { return v.ExactTo(3) }

// ExactTo is [Version.Exact] for a product whose versions have that many parts: those of Postgres have two.
func (v Version) ExactTo(parts int) bool { return v.known && v.parts[parts-1] != newest }

// Major returns the first part of a known version.
func (v Version) Major() int { return v.parts[0] }

// Before reports whether a known version is older than the given one, such as "1.157.0". An unknown version is never older.
func (v Version) Before(other string) bool { return v.known && v.Compare(ParseVersion(other)) < 0 }

// AtLeast reports whether a known version is the given one or newer. An unknown version never is.
func (v Version) AtLeast(other string) bool { return v.known && v.Compare(ParseVersion(other)) >= 0 }

// After reports whether a known version is newer than the given one. An unknown version never is.
func (v Version) After(other string) bool { return v.known && v.Compare(ParseVersion(other)) > 0 }

// SameLine reports whether a known version is of the same line as the given one: 1.138.2 and 1.138.4 are.
func (v Version) SameLine(other string) bool {
	w := ParseVersion(other)
	return v.known && v.parts[0] == w.parts[0] && v.parts[1] == w.parts[1]
}

// Compare orders known versions, the oldest first.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.parts[0], w.parts[0]), cmp.Compare(v.parts[1], w.parts[1]), cmp.Compare(v.parts[2], w.parts[2]))
}
