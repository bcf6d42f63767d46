package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/language"
)

// source is a format of upstream, in the words of people and in those of a stack.
type source struct {
	upstream, product string
	// prefix is what may stand before the keys, override what a stack writes before them; "" if it has no place for them.
	prefix, override string
}

func sources() []source {
	return []source{
		{"synapse.#Config", "Synapse", "synapse", "override.synapse"},
		{"synapse.#LogConfig", "Synapse, its log", "synapseLog", "override.synapseLog"},
		{"mas.#Config", "MAS", "mas", "override.mas"},
		{"element.#Config", "Element Web", "element", "override.element"},
		{"elementcall.#Config", "Element Call", "elementcall", "override.elementCall"},
		{"livekit.#Config", "LiveKit", "livekit", "override.livekit"},
		{"sygnal.#Config", "Sygnal", "sygnal", "override.sygnal"},
		{"pocketid.#Client", "Pocket ID, a client", "pocketid", ""},
		{"wellknown.#Client", "well-known of clients", "wellknown", "wellKnown.client"},
		{"compose.#Config", "Compose", "compose", "override.compose"},
	}
}

// upstreamKey is a key of a format at its path.
type upstreamKey struct {
	source
	path string
	key  *format.Key
}

// Keys returns all keys of upstream that the tables have, by product.
func (b *Book) Keys() ([]Topic, error) {
	if err := b.loadKeys(); err != nil {
		return nil, err
	}
	var topics []Topic
	for _, k := range b.keys {
		topics = append(topics, b.keyTopic(k))
	}
	return topics, nil
}

func (b *Book) loadKeys() error {
	if b.keys != nil {
		return nil
	}
	for _, from := range sources() {
		table, err := format.Load(from.upstream)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		table.Walk(func(path string, key *format.Key) bool {
			if !known[path] { // an alternative of the same map has it, too
				b.keys = append(b.keys, upstreamKey{from, path, key})
			}
			known[path] = true
			return true
		})
	}
	return nil
}

// keysNamed returns the keys that a path leads to: from the top of a document, else from anywhere below.
func (b *Book) keysNamed(name string) ([]Topic, error) {
	if err := b.loadKeys(); err != nil {
		return nil, err
	}
	name = strings.TrimPrefix(name, "override.")
	var whole, ends []upstreamKey
	for _, k := range b.keys {
		wanted := name
		if rest, ok := strings.CutPrefix(name, k.prefix+"."); ok {
			wanted = rest
		}
		switch want, have := parts(wanted), parts(k.path); {
		case len(want) == 0 || len(want) > len(have) || !fits(want, have[len(have)-len(want):], len(want) == len(have)):
		case len(want) == len(have):
			whole = append(whole, k)
		default:
			ends = append(ends, k)
		}
	}
	if len(whole) == 0 {
		whole = ends
	}
	var topics []Topic
	for _, k := range whole {
		topics = append(topics, b.keyTopic(k))
	}
	return topics, nil
}

// parts splits a path into keys; items of lists say nothing.
func parts(path string) []string {
	path = strings.ReplaceAll(format.GeneralPath(path), "[]", "")
	return slices.DeleteFunc(strings.Split(path, "."), func(part string) bool { return part == "" })
}

// fits reports whether keys are those of a path. In a whole path, a name that an operator chooses stands for what the path has as *.
func fits(want, have []string, whole bool) bool {
	for i := range want {
		chosen := whole && have[i] == "*" && i+1 < len(want)
		if want[i] != have[i] && !chosen {
			return false
		}
	}
	return true
}

func (b *Book) keyTopic(k upstreamKey) Topic {
	about := k.product
	if text := k.key.About(); text != "" {
		about += ": " + strings.TrimSuffix(text, ".")
	}
	return Topic{k.prefix + "." + k.path, about, func() string { return b.keyPage(k) }}
}

// keyPage is what the table has of a key, what a stack writes for it, and which rules look at it.
func (b *Book) keyPage(k upstreamKey) string {
	page := strings.TrimRight(k.key.Page(fmt.Sprintf("%s (%s)", k.path, k.product)), "\n") + "\n"
	page += "\n" + b.inStack(k) + "\n"
	if rules := b.rulesOn(k); len(rules) > 0 {
		page += "\nRules on it:\n\n"
		for _, rule := range rules {
			page += fmt.Sprintf("- `%s`: %s\n", rule.Name, rule.Title)
		}
	}
	return page
}

// inStack says how a stack decides on the value of a key.
func (b *Book) inStack(k upstreamKey) string {
	for _, setting := range []string{k.path, strings.TrimSuffix(k.path, "."+k.key.Name) + "." + k.key.File, k.key.File} {
		if slots := b.slotsOf(strings.TrimPrefix(setting, ".")); k.key.Secret && len(slots) > 0 || setting == k.path && len(slots) > 0 {
			var names []string
			for _, slot := range slots {
				names = append(names, "`"+slot.Name+"`")
			}
			return "In a stack the value is a secret: " + strings.Join(names, " or ") + ", see `matrixgen secrets`."
		}
	}
	derived, err := language.DerivedKeys(k.upstream)
	written, ok := derived[k.path]
	raw := k.override + "." + strings.ReplaceAll(k.path, "*", "NAME")
	below := fieldsBelow(derived, k.path)
	switch {
	case err != nil || k.override == "" && !ok:
		return "A stack has no place for it."
	case !ok && len(below) > 0:
		return "In a stack what is in it follows from `" + strings.Join(below, "`, `") + "`; `" + raw + "` adds to it."
	case !ok:
		return "In a stack: `" + raw + "`."
	case len(written.Fields) == 0 && written.Replaceable:
		return "matrixgen writes it for every stack; `" + raw + "` replaces what it writes."
	case len(written.Fields) == 0:
		return "matrixgen writes it; `matrixgen explain FILE:LINE` says of a line of out/ what it follows from."
	}
	text := "In a stack it follows from `" + strings.Join(written.Fields, "`, `") + "`."
	if written.Replaceable {
		text += " `" + raw + "` replaces it."
	}
	return text
}

// fieldsBelow returns the fields of the language that the keys in a map are made of.
func fieldsBelow(derived map[string]language.Derived, path string) []string {
	var fields []string
	for at, key := range derived {
		if strings.HasPrefix(at, path+".") || strings.HasPrefix(at, path+"[") {
			fields = append(fields, key.Fields...)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}
