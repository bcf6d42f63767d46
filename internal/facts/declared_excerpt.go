package facts

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

var declaredExcerpt = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?im)\brest of (?:the |your )?[\w ]{0,20}config|\bother [\w ]{0,20}config|^(?:\.\.\.|…)|\bexcerpt\b|\bsnippet\b|\bomitted\b|\b(?:does|do) not (?:include|contain|have) the\b.{0,40}\b(?:block|section|keys?)\b`)
})

// declaresExcerpt says that a comment in the document tells of more that does not stand there: "rest of the config", "...".
func declaresExcerpt(n *model.Node) bool {
	if n == nil {
		return false
	}
	var declares func(n *model.Node) bool
	declares = func(n *model.Node) bool {
		return slices.ContainsFunc(n.Fields, func(f model.Field) bool {
			return mayDeclare(f.Comment) && declaredExcerpt().MatchString(f.Comment) || declares(f.Value)
		}) ||
			slices.ContainsFunc(n.Items, declares)
	}
	return declares(n)
}

// mayDeclare says that a comment has one of the words that declaredExcerpt looks for: most have none, and this is quicker.
func mayDeclare(comment string) bool {
	lower := strings.ToLower(comment)
	return slices.ContainsFunc([]string{"config", "...", "…", "excerpt", "snippet", "omitted", "block", "section"}, func(word string) bool { return strings.Contains(lower, word) })
}
