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
	return b.String() + "\n" + strings.Join(facts, "")
}

// Defaults returns the defaults of a table in Markdown, in the order of the definition.
func (t *Type) Defaults() string {
	var b strings.Builder
	b.WriteString("| key | default |\n|---|---|\n")
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
				if key.Removed == "" {
					key.row(&b, join(path, name))
					walk(key.Type, join(path, name))
				}
			}
		}
	}
	walk(t, "")
	return b.String()
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
