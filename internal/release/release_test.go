package release

import (
	"runtime/debug"
	"testing"
)

// TestPage wants an address only where somebody has said where matrixgen is published, and never one that may lead to other files tomorrow if that
// can be known.
func TestPage(t *testing.T) {
	const home, commit = "https://forge.example/us/matrixgen", "0123456789abcdef0123456789abcdef01234567"
	tests := []struct {
		home  string
		build Build
		want  string
	}{
		{"", Build{Version: "v1.2.3", Commit: commit}, ""},
		{home, Build{Version: "v1.2.3", Commit: commit}, home + "/blob/" + commit + "/docs/a.md"},
		{home, Build{Version: "v1.2.3"}, home + "/blob/v1.2.3/docs/a.md"},
		{home, Build{Version: "v1.2.3", Commit: commit, Changed: true}, home + "/blob/v1.2.3/docs/a.md"},
		{home, Build{Version: "v1.2.4-0.20260101000000-0123456789ab+dirty", Commit: commit, Changed: true}, home + "/blob/HEAD/docs/a.md"},
		{home, Build{Version: Devel}, home + "/blob/HEAD/docs/a.md"},
	}
	for _, test := range tests {
		if got := page(test.home, test.build, "docs/a.md"); got != test.want {
			t.Errorf("%+v: %q, want %q", test, got, test.want)
		}
	}
}

// TestCurrent wants a release only of a tag that was built as it was committed, from a home that is known.
func TestCurrent(t *testing.T) {
	const home, commit = "https://forge.example/us/matrixgen", "0123456789abcdef0123456789abcdef01234567"
	stamped := func(version, commit, modified string) Build {
		return built(&debug.BuildInfo{Main: debug.Module{Version: version}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: commit}, {Key: "vcs.modified", Value: modified}}})
	}
	tests := []struct {
		home  string
		build Build
		want  bool
	}{
		{home, stamped("v1.2.3", commit, "false"), true},
		{"", stamped("v1.2.3", commit, "false"), false},
		{home, stamped("v1.2.3", commit, "true"), false},
		{home, stamped("v1.2.3", "", ""), false},
		{home, stamped("(devel)", commit, "false"), false},
		{home, stamped("v1.2.4-0.20260101000000-0123456789ab", commit, "false"), false},
		{home, stamped("v1.2.3-rc.1", commit, "false"), false},
	}
	for _, test := range tests {
		if r, got := current(test.home, test.build); got != test.want || got && r != (Release{home, "v1.2.3", commit}) {
			t.Errorf("%+v: %v %+v", test, got, r)
		}
	}
}
