// Package release says which matrixgen this is, and where it is published.
package release

import (
	"regexp"
	"runtime/debug"
	"strings"
)

// Home is the address of the repository that matrixgen is published in, such as "https://codeberg.org/somebody/matrixgen"; "" as long as nobody has
// published it. Nothing else says so: an account of the name in the module path may be somebody else's, whose code would run wherever it is fetched.
const Home = ""

// Devel is the version of a build that is of no tag.
const Devel = "devel"

// Release is what can be fetched again: a version of a home, and the commit that it was built of.
type Release struct {
	// Home is as [Home], Version a tag such as "v1.2.3", and Commit the full id of the commit that it names, which nobody can move.
	Home, Version, Commit string
}

// Current returns the release that this program is. It is none if its home is not known, if it was built of no tag or of files that were
// changed, or if its commit is not known.
func Current() (Release, bool) { return current(Home, Built()) }

func current(home string, b Build) (Release, bool) {
	tagged := regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+$`).MatchString(b.Version)
	return Release{home, b.Version, b.Commit}, home != "" && tagged && b.Commit != "" && !b.Changed
}

// Build is what Go stamped into this program.
type Build struct {
	// Version is the version of the module, [Devel] if there is none. Commit is the full id of the commit, "" if Go built without Git, and Changed
	// says that the files were not all as in that commit.
	Version, Commit string
	Changed         bool
	// Go is the version of Go, and System and Machine what it was built for, as Go names them.
	Go, System, Machine string
}

// Built returns what Go stamped into this program.
func Built() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Build{Version: Devel}
	}
	return built(info)
}

func built(info *debug.BuildInfo) Build {
	b := Build{Version: info.Main.Version, Go: info.GoVersion}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = Devel
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.modified":
			b.Changed = setting.Value == "true"
		case "GOOS":
			b.System = setting.Value
		case "GOARCH":
			b.Machine = setting.Value
		}
	}
	return b
}

// Page returns the address of a file of matrixgen's own repository, as it was when this program was built; "" if its home is not known.
func Page(file string) string { return page(Home, Built(), file) }

func page(home string, b Build, file string) string {
	if home == "" {
		return ""
	}
	revision := "HEAD"
	switch {
	case b.Commit != "" && !b.Changed:
		revision = b.Commit
	case strings.HasPrefix(b.Version, "v") && !strings.ContainsAny(b.Version, "-+"):
		revision = b.Version
	}
	// As GitHub has it.
	return home + "/blob/" + revision + "/" + file
}
