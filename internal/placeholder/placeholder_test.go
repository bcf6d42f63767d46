package placeholder

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestForms holds each form against a text that holds it and one that looks alike and is a value.
func TestForms(t *testing.T) {
	names := map[string]bool{}
	for _, f := range Forms() {
		t.Run(f.Name, func(t *testing.T) {
			if names[f.Name] {
				t.Errorf("two forms have this name")
			}
			names[f.Name] = true
			own := newMatcher("", []string{f.pattern})
			if !own.match(f.Example) || own.match(f.Value) {
				t.Errorf("%s: %v for %q, %v for %q", f.pattern, own.match(f.Example), f.Example, own.match(f.Value), f.Value)
			}
			if len(own.unmarked) > 0 {
				t.Errorf("%s has no marks, so that every text is held against it", f.pattern)
			}
			if In(f.Example) == f.isLocal() || In(f.Value) {
				t.Errorf("In: %v for %q, %v for %q", In(f.Example), f.Example, In(f.Value), f.Value)
			}
			if known := Rendered(f.Example) || ByHand(f.Example); f.does&sure != 0 && !known {
				t.Errorf("%q is in the form, and not known to be a placeholder", f.Example)
			}
			if f.does&shown != 0 && Shown(f.Example) == "" {
				t.Errorf("nothing is shown of %q", f.Example)
			}
			if f.does&named != 0 && !strings.EqualFold(VariableOf(f.Example), "secret") {
				t.Errorf("the variable of %q is %q", f.Example, VariableOf(f.Example))
			}
		})
	}
}

// TestQuestions asks all questions of all texts of a file, and compares with what stands there.
func TestQuestions(t *testing.T) {
	data, err := os.ReadFile("testdata/questions.txt")
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]func(string) bool{
		"in": In, "rendered": Rendered, "in-compose": RenderedInCompose, "in-template": RenderedInTemplate, "by-compose": ByCompose, "by-hand": ByHand,
		"lines": HoldsLines, "upsets": UpsetsParser, "bare": IsBare, "may-hold": MayHold,
		"variable": func(text string) bool { return VariableOf(text) != "" }, "only-variable": func(text string) bool { return OnlyVariableOf(text) != "" },
	}
	order := []string{"in", "rendered", "in-compose", "in-template", "by-compose", "by-hand", "lines", "upsets", "bare", "may-hold", "variable", "only-variable"}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		text, want, _ := strings.Cut(line, "\t")
		var got []string
		for _, question := range order {
			if answers[question](text) {
				got = append(got, question)
			}
		}
		if got := strings.Join(got, " "); got != strings.TrimSpace(want) {
			t.Errorf("%s\n got: %s\nwant: %s", text, got, strings.TrimSpace(want))
		}
	}
}

// FuzzMarks looks for a text that a matcher passes over for want of a mark though its expression matches it.
func FuzzMarks(f *testing.F) {
	for _, form := range Forms() {
		f.Add(form.Example)
		f.Add("x=" + form.Value)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, form := range Forms() {
			m := newMatcher("", []string{form.pattern})
			if !m.may(text) && m.expression().MatchString(text) && isASCII(text) {
				t.Errorf("%q is %s, and has none of the marks of it", text, form.Name)
			}
		}
	})
}

func isASCII(text string) bool { return !regexp.MustCompile(`[^\x00-\x7f…]`).MatchString(text) }
