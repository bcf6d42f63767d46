package read

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// ignores holds the rules of the .gitignore files of a tree by the folder that the file is in. Git looks at them from the top down, and the last
// that matches counts.
type ignores map[string][]ignoreRule

type ignoreRule struct {
	parts   []string // of the pattern
	folder  bool     // the pattern is for folders alone
	include bool     // the pattern begins with !
}

// add adds the rules of a .gitignore file.
func (g ignores) add(name, text string) {
	dir := path.Dir(name)
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || line[0] == '#' {
			continue
		}
		var rule ignoreRule
		line, rule.include = strings.CutPrefix(line, "!")
		line, rule.folder = strings.CutSuffix(line, "/")
		line = strings.TrimPrefix(line, `\`)
		if !strings.Contains(line, "/") {
			line = "**/" + line
		}
		rule.parts = strings.Split(strings.TrimPrefix(line, "/"), "/")
		g[dir] = append(g[dir], rule)
	}
}

// match reports whether Git passes over a file, or over a folder above it.
func (g ignores) match(name string) bool {
	if len(g) == 0 {
		return false
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		ignored := false
		dir := "."
		for above := 0; above <= i; above++ {
			for _, rule := range g[dir] {
				if rule.match(parts[above:i+1], i+1 < len(parts)) {
					ignored = !rule.include
				}
			}
			dir = path.Join(dir, parts[above])
		}
		if ignored {
			return true // what is below an ignored folder cannot be included again
		}
	}
	return false
}

// match reports whether the rule matches a path, as seen from the folder of its file.
func (r ignoreRule) match(name []string, folder bool) bool {
	return (!r.folder || folder) && model.MatchPath(r.parts, name)
}
