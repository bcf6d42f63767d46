package upstream

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/schema"
)

// Newest is a product with its newest release that is known.
type Newest struct {
	name, Title, Version string
}

// Newests returns the products of which releases are known, in order of their names. It reads no more of the facts than the lines with the titles and the
// versions: a verb that prints them takes as long as to start the program.
func Newests() ([]Newest, error) {
	files, err := fs.Glob(schema.Files, "release/*.cue")
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	var all []Newest
	for _, file := range files {
		text, err := fs.ReadFile(schema.Files, file)
		if err != nil {
			return nil, fmt.Errorf("read releases: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			name, begins := strings.CutSuffix(line, ": {\n")
			title, titled := strings.CutPrefix(line, "\ttitle: \"")
			version, released := strings.CutPrefix(line, "\t\t{version: \"")
			switch last := len(all) - 1; {
			case begins && name[0] != '\t':
				all = append(all, Newest{name: strings.Trim(name, `"`)})
			case titled && last >= 0:
				all[last].Title, _, _ = strings.Cut(title, `"`)
			case released && last >= 0: // the newest stands last
				all[last].Version, _, _ = strings.Cut(version, `"`)
			}
		}
	}
	slices.SortFunc(all, func(a, b Newest) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}
