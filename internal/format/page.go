package format

import (
	"fmt"
	"slices"
	"strings"
)

// Page returns what there is to say about the key at a path, in Markdown.
func (k *Key) Page(path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", path)
	if k.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", k.Doc)
	}
	var facts []string
	fact := func(text, value string) {
		if value != "" {
			facts = append(facts, fmt.Sprintf("- "+text+"\n", value))
		}
	}
	fact("It takes %s.", k.Type.want())
	fact("When it is absent, upstream takes %s.", k.defaults())
	fact("Upstream reads it since %s.", k.Since)
	fact("Upstream warns about it since %s.", k.Deprecated)
	if k.Removed == "0.0.0" {
		facts = append(facts, "- No version of upstream reads it.\n")
	} else {
		fact("Upstream does not read it any more since %s.", k.Removed)
	}
	fact("Use `%s` instead.", k.Renamed)
	if k.Secret {
		facts = append(facts, "- It is a secret.\n")
	}
	fact("`%s` takes it from a file.", k.File)
	return b.String() + "\n" + strings.Join(facts, "") + k.costs()
}

// costs says what a change of the key costs, as far as the table says it, in Markdown.
func (k *Key) costs() string {
	var b strings.Builder
	for i, c := range k.Changes {
		if i == 0 {
			b.WriteString("\nAnother value costs:\n\n")
		}
		fmt.Fprintf(&b, "- %s%s: %s %s\n", c.Level.Words(), occasion(c.When), c.Why, c.Source)
	}
	return b.String()
}

// occasion says for which kind of change a consequence is, as package change knows it: "" for any.
func occasion(when string) string {
	word, argument, _ := strings.Cut(when, ":")
	switch word {
	case "":
		return ""
	case "shorter":
		if argument == "" {
			return ", if it becomes shorter"
		}
		return ", if it becomes shorter (without it: " + argument + ")"
	case "added", "removed":
		if argument == "" {
			return ", if one is " + word
		}
		return ", if one with " + argument + " is " + word
	}
	said := map[string]string{
		"set": "if it is set", "unset": "if it is taken away", "unmounted": "if data is no longer mounted", "data": "if it is about data",
		"on": "if it is turned on", "off": "if it is turned off", "turned-off": "if it is turned off", "address": "if it is another address",
		"host": "if it is another host", "newer": "if it is a newer version", "older": "if it is an older version", "major": "if it is another major version",
		"added-there": "if it is added to one that was there", "job-added": "if one that ends by itself is added", "job-removed": "if one that ends by itself is removed",
	}
	if text := said[word]; text != "" {
		return ", " + text
	}
	return ", if " + when
}

// Defaults returns the defaults of a table in Markdown, in the order of the definition.
func (t *Type) Defaults() string {
	var b strings.Builder
	b.WriteString("| key | default |\n|---|---|\n")
	t.Walk(func(path string, key *Key) bool {
		if key.Removed == "" {
			key.row(&b, path)
		}
		return key.Removed == ""
	})
	return b.String()
}

// Walk calls visit for every key of a table with its path, each before those below it, which are left out if visit says false. In a path, [] stands
// for each item of a list and * for a key whose name an operator chooses. What contains itself is walked once.
func (t *Type) Walk(visit func(path string, key *Key) bool) {
	within := map[*Type]bool{}
	var walk func(of *Type, path string)
	walk = func(of *Type, path string) {
		if of == nil || within[of] {
			return
		}
		within[of] = true
		defer delete(within, of)
		for _, arm := range of.Arms() {
			walk(arm.Items, path+"[]")
			for _, key := range slices.Concat(arm.Keys, arm.Free) {
				name := key.Name
				if name == "" {
					name = "*"
				}
				if at := join(path, name); visit(at, key) {
					walk(key.Type, at)
				}
			}
		}
	}
	walk(t, "")
}

// row writes the defaults of a key at a path as a row of a table.
func (k *Key) row(b *strings.Builder, path string) {
	if defaults := k.defaults(); defaults != "" {
		fmt.Fprintf(b, "| `%s` | %s |\n", path, strings.ReplaceAll(defaults, "|", `\|`))
	}
}

// defaults returns the defaults of a key in Markdown, or "".
func (k *Key) defaults() string {
	var spans []string
	for _, d := range k.Defaults {
		spans = append(spans, "`"+d.String()+"`")
	}
	return strings.Join(spans, ", else ")
}
