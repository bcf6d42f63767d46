// Package explain finds what is known of a name or of a line of a log, offline: rules, fields of the language, slots of secrets, keys of upstream, and
// what looks like a misspelt one of them.
package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/lint"
)

// Topic is something that has a page.
type Topic struct {
	// Name is what it is called, as explain takes it.
	Name string
	// About says in a line what it is.
	About string
	// Page is what there is to say, in Markdown.
	Page func() string
}

// Book holds all topics. What costs time is read when it is first asked for.
type Book struct {
	rules     []lint.Rule
	reference *language.Reference
	slots     []model.Slot
	keys      []upstreamKey
	examples  map[string][]place // of the rules, see examplesOf
}

// New returns the book of what a program with these rules knows.
func New(rules []lint.Rule) *Book { return &Book{rules: rules} }

// Rules returns all rules, in the order of the catalogue.
func (b *Book) Rules() []Topic {
	var topics []Topic
	for _, rule := range b.rules {
		topics = append(topics, Topic{rule.Name, fmt.Sprintf("%-8s %s", rule.Severity, rule.Title), rule.Page})
	}
	return topics
}

// Fields returns the fields of the language, in its order.
func (b *Book) Fields() ([]Topic, error) {
	if err := b.loadReference(); err != nil {
		return nil, err
	}
	var topics []Topic
	for _, path := range b.reference.Paths() {
		topics = append(topics, fieldTopic(b.reference.Field(path)))
	}
	return topics, nil
}

func fieldTopic(f *language.Field) Topic {
	about := ""
	for _, m := range f.Meanings {
		if about == "" {
			about = firstSentence(m.Doc)
		}
	}
	return Topic{f.Path, about, func() string { return f.Page(1) }}
}

// firstSentence returns the beginning of a text up to its first full stop, in one line.
func firstSentence(text string) string {
	text, _, _ = strings.Cut(text, "\n\n")
	text, _, _ = strings.Cut(strings.ReplaceAll(text, "\n", " "), ". ")
	return strings.TrimSuffix(text, ".")
}

func (b *Book) loadReference() (err error) {
	if b.reference == nil {
		b.reference, err = language.Load()
	}
	return err
}

// Secrets returns the slots that a stack may need.
func (b *Book) Secrets() ([]Topic, error) {
	if err := b.loadSlots(); err != nil {
		return nil, err
	}
	var topics []Topic
	for i := range b.slots {
		topics = append(topics, slotTopic(&b.slots[i]))
	}
	return topics, nil
}

func slotTopic(slot *model.Slot) Topic {
	return Topic{slot.Name, slot.What, func() string { return "# " + slot.Name + "\n\n" + secret.Page(slot) }}
}

func (b *Book) loadSlots() (err error) {
	if b.slots != nil {
		return nil
	}
	b.slots, err = compile.Secrets()
	return err
}

// slotsOf returns the slots of which a service finds a file by a setting: matrix.secret_file.
func (b *Book) slotsOf(setting string) []*model.Slot {
	var found []*model.Slot
	for i, slot := range b.slots {
		if slices.ContainsFunc(slot.Files, func(f model.SecretFile) bool { return f.Key == setting }) {
			found = append(found, &b.slots[i])
		}
	}
	return found
}
