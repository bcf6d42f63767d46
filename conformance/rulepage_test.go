package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rulePage is what the page of a rule says.
type rulePage struct {
	name string
	// sees are the words of the log, before the files of its example.
	sees string
	// words are those that the page says are a program's, by the program without its version.
	words  map[string]string
	before map[string]string
}

var (
	seesLine  = regexp.MustCompile(`(?m)^What you see: (.*)$`)
	wordsLine = regexp.MustCompile(`(?m)^In the words of (.*) [\d.]+: (.*)$`)
	block     = regexp.MustCompile("(?s)`([^`\n]+)`\n\n```[a-z]*\n(.*?)```\n")
)

// readRulePage reads docs/rules/<name>.md, as people do.
func readRulePage(t *testing.T, name string) rulePage {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "docs", "rules", name+".md"))
	if err != nil {
		t.Fatal(err)
	}
	// A rule on a change has its example in two: what was there, and what became of it.
	whole := strings.NewReplacer("## At the earlier revision\n", "## Before\n", "## A change that is not\n", "## After\n").Replace(string(content))
	_, rest, found := strings.Cut(whole, "## Before\n")
	before, _, alsoFound := strings.Cut(rest, "## After\n")
	sees := seesLine.FindStringSubmatch(string(content))
	if !found || !alsoFound || sees == nil {
		t.Fatalf("%s is no page with an example", name)
	}
	p := rulePage{name: name, sees: sees[1], words: map[string]string{}, before: map[string]string{}}
	for _, match := range wordsLine.FindAllStringSubmatch(string(content), -1) {
		p.words[match[1]] = match[2]
	}
	for _, match := range block.FindAllStringSubmatch(before, -1) {
		p.before[match[1]] = match[2]
	}
	return p
}

// file returns a file of the example.
func (p rulePage) file(t *testing.T, name string) string {
	t.Helper()
	text, ok := p.before[name]
	if !ok {
		t.Fatalf("the example of %s has no %s", p.name, name)
	}
	return text
}

// prints fails if a program did not print the words that the page quotes.
func (p rulePage) prints(t *testing.T, program, said, words string) {
	t.Helper()
	if !strings.Contains(p.words[program], words) {
		t.Errorf("the page of %s has %q in the words of %s, and not %q", p.name, p.words[program], program, words)
	}
	if !strings.Contains(said, words) {
		t.Errorf("%s, on the example of %s, does not say %q:\n%s", program, p.name, words, tail(said, 20))
	}
}
