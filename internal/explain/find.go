package explain

import (
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/lint"
)

// Find returns what has a name, the most likely meaning first: a rule, a field of the language, a secret or a file of one, or a key of upstream. It
// is empty if nothing has it.
func (b *Book) Find(name string) ([]Topic, error) {
	if topic, found := b.Rule(name); found {
		return []Topic{topic}, nil
	}
	if err := b.loadReference(); err != nil {
		return nil, err
	}
	var found []Topic
	if field := b.reference.Field(name); field != nil {
		found = append(found, fieldTopic(field))
	}
	slots, err := b.secretsNamed(name)
	if err != nil {
		return nil, err
	}
	if found = append(found, slots...); len(found) > 0 && !strings.Contains(name, ".") {
		return found, nil
	}
	keys, err := b.keysNamed(name)
	return append(found, keys...), err
}

// Rule returns the rule of a name, however its words are joined: redirect_uri mismatch. It is false if there is none.
func (b *Book) Rule(name string) (Topic, bool) {
	name = strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(name))
	for _, topic := range b.Rules() {
		if topic.Name == name {
			return topic, true
		}
	}
	return Topic{}, false
}

// Mentioned returns the rules whose pages have a word that is the name of nothing: a variable, or a code.
func (b *Book) Mentioned(name string) []Topic {
	isWord := regexp.MustCompile(`(?i)(^|[^A-Za-z0-9_])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_])`)
	if len(name) < 4 || !strings.ContainsAny(name, "_.") {
		return nil
	}
	return slices.DeleteFunc(b.Rules(), func(t Topic) bool {
		i := slices.IndexFunc(b.rules, func(r lint.Rule) bool { return r.Name == t.Name })
		r := b.rules[i]
		return !isWord.MatchString(strings.Join([]string{r.Title, r.Why, r.Sees, r.Versions, r.Before, r.After}, "\n"))
	})
}

// secretsNamed returns the slots of a name, and those of which a file or its setting has it.
func (b *Book) secretsNamed(name string) ([]Topic, error) {
	if err := b.loadSlots(); err != nil {
		return nil, err
	}
	var found []Topic
	for i := range b.slots {
		slot := &b.slots[i]
		own := slot.Name == name
		for _, file := range slot.Files {
			own = own || file.Name == name || file.Key == name && isVariable(name)
		}
		if own {
			found = append(found, slotTopic(slot))
		}
	}
	return found, nil
}

// isVariable reports whether a name is one of an environment variable: a setting that no table of upstream has.
func isVariable(name string) bool { return name != "" && strings.ToUpper(name) == name }

// Search returns the topics of one kind whose names or first lines hold all of the words.
func Search(topics []Topic, words []string) []Topic {
	return slices.DeleteFunc(topics, func(t Topic) bool {
		text := strings.ToLower(t.Name + " " + t.About)
		return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, strings.ToLower(word)) })
	})
}
