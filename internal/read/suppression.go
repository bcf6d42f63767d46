package read

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/model"
)

const (
	suppressionMark = "matrixgen:ignore"
	// maxSuppressions bounds those of one text: a file with more was made to do harm.
	maxSuppressions = 1000
)

// suppressions returns the comments "# matrixgen:ignore <rule> <reason>" of a text. One behind a value is for its line, one on a line of its
// own for the next line that is no comment. JSON with comments has them behind //.
func suppressions(path string, at offset, text string) []model.Ignore {
	if !strings.Contains(text, suppressionMark) {
		return nil
	}
	var ignores []model.Ignore
	lines := strings.Split(text, "\n")
	next := len(lines) // the number of the next line that is no comment
	for i, line := range slices.Backward(lines) {
		bare := strings.TrimSpace(line)
		comment := strings.HasPrefix(bare, "#") || strings.HasPrefix(bare, "//")
		if !comment {
			next = i + 1
		}
		column, words := suppression(line)
		if column == 0 || len(ignores) == maxSuppressions {
			continue
		}
		ignore := model.Ignore{Position: at.position(path, i+1, column), First: at.position(path, i+1, 1), Last: at.position(path, next, 1)}
		ignore.First.Column, ignore.Last.Column = 1, math.MaxInt
		ignore.Rule, ignore.Reason, _ = strings.Cut(words, " ")
		ignore.Reason = strings.TrimSpace(ignore.Reason)
		ignores = append(ignores, ignore)
	}
	return ignores
}

// suppression returns the column of the comment in a line, and what it says behind the mark; 0 if there is none.
func suppression(line string) (column int, words string) {
	before, words, found := strings.Cut(line, suppressionMark)
	before = strings.TrimRight(before, " \t")
	start := strings.TrimSuffix(before, "#")
	if start == before {
		start = strings.TrimSuffix(before, "//")
	}
	if !found || start == before || start != "" && !strings.HasSuffix(start, " ") && !strings.HasSuffix(start, "\t") {
		return 0, ""
	}
	return utf8.RuneCountInString(start) + 1, strings.Join(strings.Fields(strings.TrimPrefix(words, ":")), " ")
}
