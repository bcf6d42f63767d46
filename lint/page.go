package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/release"
)

// URL returns the address of the page of a rule, "" if nobody knows where matrixgen is published.
func URL(name string) string { return release.Page("docs/rules/" + name + ".md") }

// Page returns the rule's page in Markdown: docs/rules/<name>.md, what explain prints, and what SARIF takes along.
func (r Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", r.Name)
	ignorable := "can be ignored with a reason"
	switch {
	case r.Earlier != "":
		ignorable = "is acknowledged with a reason, for each change anew"
	case r.Fatal:
		ignorable = "cannot be ignored"
	}
	fmt.Fprintf(&b, "%s: %s. Reads: %s; %s.\n\n%s\n\n", r.Severity, r.Title, r.Documents, ignorable, r.Why)
	fmt.Fprintf(&b, "What you see: %s\n\n", r.Sees)
	for _, by := range slices.Sorted(maps.Keys(r.Quotes)) {
		fmt.Fprintf(&b, "In the words of %s: %s\n\n", by, strings.Join(r.Quotes[by], " · "))
	}
	if r.Versions != "" {
		fmt.Fprintf(&b, "Versions: %s\n\n", r.Versions)
	}
	if r.Repairs != "" {
		fmt.Fprintf(&b, "Repair: `--fix` %s.\n\n", r.Repairs)
	}
	before, after := "Before", "After"
	if r.Earlier != "" {
		fmt.Fprintf(&b, "## At the earlier revision\n\n%s", files(r.Earlier))
		before, after = "A change that is reported", "A change that is not"
	}
	fmt.Fprintf(&b, "## %s\n\n%s## %s\n\n%s## Source\n\n", before, files(r.Before), after, files(r.After))
	for _, source := range r.Source {
		fmt.Fprintf(&b, "- %s\n", source)
	}
	return b.String()
}

// files renders the files of an archive as fenced blocks under their names.
func files(archive string) string {
	var b strings.Builder
	open := false
	for line := range strings.Lines(archive) {
		name, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- ")
		if name, ok := strings.CutSuffix(name, " --"); found && ok {
			if open {
				b.WriteString("```\n\n")
			}
			fmt.Fprintf(&b, "`%s`\n\n```%s\n", name, language(name))
			open = true
			continue
		}
		if open {
			b.WriteString(line)
		}
	}
	if open {
		b.WriteString("```\n\n")
	}
	return b.String()
}

func language(name string) string {
	switch {
	case strings.HasSuffix(name, ".cue"):
		return "cue"
	case strings.HasSuffix(name, ".json"):
		return "json"
	case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"):
		return "yaml"
	}
	return ""
}
