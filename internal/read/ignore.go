package read

import (
	"path"
	"strings"
)

// ignores holds the rules of the .gitignore files of a tree, in the order in which Git looks at them: the last that matches counts.
type ignores []ignoreRule

type ignoreRule struct {
	dir     string   // the folder of the file
	parts   []string // of the pattern
	folder  bool     // the pattern is for folders alone
	include bool     // the pattern begins with !
}

// add adds the rules of a .gitignore file.
func (g *ignores) add(name, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || line[0] == '#' {
			continue
		}
		rule := ignoreRule{dir: path.Dir(name)}
		line, rule.include = strings.CutPrefix(line, "!")
		line, rule.folder = strings.CutSuffix(line, "/")
		line = strings.TrimPrefix(line, `\`)
		if !strings.Contains(line, "/") {
			line = "**/" + line
		}
		rule.parts = strings.Split(strings.TrimPrefix(line, "/"), "/")
		*g = append(*g, rule)
	}
}

// match reports whether Git passes over a file, or over a folder above it.
func (g ignores) match(name string) bool {
	parts := strings.Split(name, "/")
	for i := range parts {
		ignored := false
		for _, rule := range g {
			if rule.match(parts[:i+1], i+1 < len(parts)) {
				ignored = !rule.include
			}
		}
		if ignored {
			return true // what is below an ignored folder cannot be included again
		}
	}
	return false
}

func (r ignoreRule) match(name []string, folder bool) bool {
	if r.folder && !folder {
		return false
	}
	if r.dir != "." {
		above := strings.Split(r.dir, "/")
		if len(name) <= len(above) || strings.Join(name[:len(above)], "/") != r.dir {
			return false
		}
		name = name[len(above):]
	}
	return matchParts(r.parts, name)
}

func matchParts(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := range len(name) + 1 {
				if matchParts(pattern[1:], name[i:]) {
					return len(pattern) > 1 || i < len(name)
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
