package read

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// namesMore reports whether a script starts a product with more configuration files than were found, or with all of a folder: what one lacks may stand in
// another.
func (c *chooser) namesMore(product string, found int) bool {
	starts := map[string]*regexp.Regexp{"mas": startsMAS(), "synapse": startsSynapse()}[product]
	if starts == nil {
		return false
	}
	for _, doc := range c.deployment.Documents {
		isStart := func() bool { return mayStart(doc.Root.Text, product) && starts.MatchString(doc.Root.Text) }
		if doc.Kind != model.KindScript || doc.Root == nil || !model.Once(doc, "starts "+product, isStart) {
			continue
		}
		text := strings.ReplaceAll(doc.Root.Text, "\\\n", " ")
		for line := range strings.Lines(text) {
			if !mayStart(line, product) || !starts.MatchString(line) {
				continue
			}
			words, _ := model.SplitWords(strings.TrimSpace(line))
			files := model.OptionValues(words, "-c", "--config", "--config-path")
			isFolder := func(name string) bool { return product == "synapse" && path.Ext(name) == "" }
			if len(files) > found || slices.ContainsFunc(files, isFolder) {
				return true
			}
		}
	}
	return false
}

// mayStart reports whether a text has a word of the expression for a product, which takes many times as long in a text without any.
func mayStart(text, product string) bool {
	if product == "mas" {
		return strings.Contains(text, "mas-cli")
	}
	return strings.Contains(text, "synapse.app.") || strings.Contains(text, "synapse_homeserver") || strings.Contains(text, "/start.py")
}

var (
	startsMAS     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bmas-cli\b`) })
	startsSynapse = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`synapse\.app\.|\bsynapse_homeserver\b|(?:^|\s)/start\.py\b`)
	})
)
