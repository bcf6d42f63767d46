package review_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/review"
)

// hostile are values that a comment must not take for markup.
var hostile = []string{
	"`code` and ``more``", "``` \n```\n@evil", "a | b", `a \| b`, `\`, "@evil please look", "<img src=x onerror=evil>", "</code></details>@evil",
	"<!-- evil", "[evil](https://evil.example)", "https://evil.example", "**evil**", "#1", "!1", "evil\u202egnp.exe", "evil\x1b[31m", "evil\r\n# evil", "$`evil`$",
	"`", "|", "evil\u200b", ":evil:", "\xff\xfe evil",
}

func markdown(t *testing.T, r review.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := review.WriteMarkdown(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestMarkdownHoldsHostileValues looks for values of a stranger outside of code: in a mention, a link, HTML, a cell of their own.
func TestMarkdownHoldsHostileValues(t *testing.T) {
	for _, value := range hostile {
		r := review.Report{From: value, To: "the work tree", Stacks: []review.Stack{{
			Name: "home", State: review.Changed,
			Changes: []change.Change{
				{Document: value, Setting: value, Kind: change.Changed, From: value, To: value + value, Consequence: format.Consequence{Level: format.Migration, Why: "It moves.", Source: "https://example.org/docs"}},
				{Document: "a.yaml", Setting: "b", Kind: change.Added, To: value, Consequence: format.Consequence{Level: format.Restart, Why: "It restarts.", Source: "a/b c.go"}},
			},
			Files: []review.File{{Name: "out/home/" + value, Kind: change.Changed, Diff: "--- a\n+++ b\n@@ -1 +1 @@\n-" + value + "\n+ " + value + "\n"}},
			Note:  "Before, " + value + " did not parse.",
		}}}
		got := markdown(t, r)
		prose := strings.ReplaceAll(withoutCode(t, got), "@\u2060", "")
		for _, line := range strings.Split(prose, "\n") {
			if strings.HasPrefix(line, "| ") && strings.Count(line, "|") != 6 {
				t.Errorf("value %q: the row is broken: %s", value, line)
			}
		}
		if regexp.MustCompile(`[@<>\x1b\x{202e}\x{200b}\r]|[^\\]\]\(https://evil|^#+ evil`).MatchString(strings.ReplaceAll(prose, "### ", "")) {
			t.Errorf("value %q is markup:\n%s", value, prose)
		}
	}
}

// withoutCode returns a comment without its fenced blocks, its code and its own HTML.
func withoutCode(t *testing.T, text string) string {
	t.Helper()
	var prose []string
	fence := ""
	for _, line := range strings.Split(text, "\n") {
		run := regexp.MustCompile("^ {0,3}(`{3,})").FindStringSubmatch(line)
		switch {
		case fence == "" && run != nil:
			fence = run[1]
		case fence != "" && run != nil && len(run[1]) >= len(fence) && strings.TrimSpace(line) == run[1]:
			fence = ""
		case fence == "":
			prose = append(prose, line)
		}
	}
	if fence != "" {
		t.Errorf("a fence stays open:\n%s", text)
	}
	own := regexp.MustCompile(`<code>[^<>]*</code>|<br>|</?details>|</?summary>`)
	code := regexp.MustCompile("`[^`\n]+`")
	return code.ReplaceAllString(own.ReplaceAllString(strings.Join(prose, "\n"), ""), "")
}

// TestMarkdownIsOneComment: however much differs, the comment is not too long, says what is left out, and its fences are whole.
func TestMarkdownIsOneComment(t *testing.T) {
	line := "+" + strings.Repeat("ü", 60) + "\n"
	for _, size := range []struct{ stacks, changes, files, lines int }{{1, 2_000, 1, 10}, {500, 3, 8, 400}, {3, 20, 10, 100_000}, {1, 0, 3_000, 3}, {3_000, 0, 0, 0}} {
		r := review.Report{From: "a", To: "b"}
		for i := range size.stacks {
			s := review.Stack{Name: fmt.Sprintf("stack-%d", i), State: review.Changed}
			for j := range size.changes {
				s.Changes = append(s.Changes, change.Change{Document: "a.yaml", Setting: fmt.Sprint("setting", j), Kind: change.Changed, From: strings.Repeat("|", 150), To: strings.Repeat("ü", 150),
					Consequence: format.Consequence{Level: format.Restart, Why: strings.Repeat("It restarts. ", 20), Source: "https://example.org"}})
			}
			for j := range size.files {
				s.Files = append(s.Files, review.File{Name: fmt.Sprintf("out/%d/%d", i, j), Kind: change.Changed, Diff: "--- a\n+++ b\n@@ -1 +1 @@\n" + strings.Repeat(line, size.lines)})
			}
			r.Stacks = append(r.Stacks, s)
		}
		got := markdown(t, r)
		if len(got) > 65_000 {
			t.Errorf("%+v: the comment has %d bytes", size, len(got))
		}
		if !strings.Contains(got, "not shown") && !strings.Contains(got, "left out") {
			t.Errorf("%+v: nothing says what is missing", size)
		}
		if strings.Count(got, "<details>") != strings.Count(got, "</details>") {
			t.Errorf("%+v: a fold stays open", size)
		}
		withoutCode(t, got)
	}
}

// TestNothingDiffers is what a comment says then.
func TestNothingDiffers(t *testing.T) {
	got := markdown(t, review.Report{From: "main", To: "b", Stacks: []review.Stack{{Name: "home", State: review.Unchanged}}})
	if want := "### What changes for users and operators\n\nFrom `main` to `b`.\n\nNothing: the generated files stay as they are.\n"; got != want {
		t.Errorf("got:\n%s", got)
	}
}

// TestTextHidesNothing: what a stranger wrote does not steer the terminal.
func TestTextHidesNothing(t *testing.T) {
	for _, value := range hostile {
		var b bytes.Buffer
		r := review.Report{Stacks: []review.Stack{{Name: "home", State: review.Changed,
			Changes: []change.Change{{Document: "a.yaml", Setting: value, Kind: change.Changed, From: value, To: "b", Consequence: format.Consequence{Level: format.Restart, Why: "It restarts."}}},
			Files:   []review.File{{Name: value, Kind: change.Changed, Diff: "--- a\n+++ b\n@@ -1 +1 @@\n-" + value + "\n"}},
		}}}
		if err := (review.Text{}).Write(&b, r); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e\u200b\r") {
			t.Errorf("%q", b.String())
		}
	}
}
