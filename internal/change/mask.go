package change

import (
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Mask returns the text of a file without the secrets that stand in it: those at keys that are for secrets, the passwords in URLs, and private
// keys. The document is what was read of the text.
func (c *Comparer) Mask(text string, doc *model.Document) (string, error) {
	if doc == nil || doc.Root == nil {
		return maskKeys(passwords().ReplaceAllString(text, "$1:"+hidden+"@")), nil
	}
	table, err := c.table(doc)
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(text, "\n")
	names := map[string]bool{}
	secretsIn(place{table: table}, doc.Root, func(name string) { names[name] = true })
	for name := range names {
		maskValues(lines, name)
	}
	return maskKeys(passwords().ReplaceAllString(strings.Join(lines, ""), "$1:"+hidden+"@")), nil
}

// Secrets returns the values of a document that are masked: what is masked once is masked wherever else it stands.
func (c *Comparer) Secrets(doc *model.Document) ([]string, error) {
	if doc == nil || doc.Root == nil {
		return nil, nil
	}
	table, err := c.table(doc)
	if err != nil {
		return nil, err
	}
	var values []string
	valuesIn(place{table: table}, doc.Root, func(text string) { values = append(values, text) })
	return values, nil
}

// valuesIn tells the secrets of a value.
func valuesIn(p place, n *model.Node, tell func(text string)) {
	n = p.normal(n)
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		if text, known := f.Value.Literal(); known && p.hides(f.Key, f.Value) {
			tell(text)
			continue
		}
		below := place{}
		if key := keyOf(p.table, f.Key); key != nil {
			below.table = key.Type
		}
		valuesIn(below, f.Value, tell)
	}
	for _, item := range n.Items {
		valuesIn(p.element(), item, tell)
	}
}

// secretsIn tells at which keys of a value secrets stand.
func secretsIn(p place, n *model.Node, tell func(name string)) {
	n = p.normal(n)
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		scalar := f.Value.Kind != model.Map && f.Value.Kind != model.List && f.Value.Kind != model.Null
		if scalar && p.hides(f.Key, f.Value) {
			tell(f.Key)
			continue
		}
		below := place{}
		if key := keyOf(p.table, f.Key); key != nil {
			below.table = key.Type
		}
		secretsIn(below, f.Value, tell)
	}
	for _, item := range n.Items {
		secretsIn(p.element(), item, tell)
	}
}

// maskValues hides what stands behind a key, on its line and, for a text of several lines, on those that are indented below it.
func maskValues(lines []string, name string) {
	at := regexp.MustCompile(`^(\s*(?:- )?\s*"?` + regexp.QuoteMeta(name) + `"?\s*[:=]|.*[{,]\s*"?` + regexp.QuoteMeta(name) + `"?\s*[:=])\s*(.*?)(\n?)$`)
	indent := -1
	for i, line := range lines {
		own := len(line) - len(strings.TrimLeft(line, " "))
		if indent >= 0 && (own > indent || strings.TrimSpace(line) == "") {
			lines[i] = strings.Repeat(" ", own) + hidden + "\n"
			continue
		}
		indent = -1
		parts := at.FindStringSubmatch(line)
		switch {
		case parts == nil:
		case strings.HasPrefix(parts[2], "|") || strings.HasPrefix(parts[2], ">"):
			indent = len(parts[1]) - len(strings.TrimLeft(parts[1], " -")) // of the key, behind the dash of an item
		default:
			lines[i] = parts[1] + " " + hidden + parts[3]
		}
	}
}

var privateKeys = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----)`)
})

// maskKeys hides what is between the first and the last line of private keys.
func maskKeys(text string) string {
	return privateKeys().ReplaceAllString(text, "${1}"+hidden+"${2}")
}
