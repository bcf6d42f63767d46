package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/explain"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// pagesAtOnce is how many pages are printed for a name that stands for several things; of more there is a list.
const pagesAtOnce = 3

// explainName prints the pages of what has a name, or of the rules that quote a line of a log.
func (a *app) explainName(name string) error {
	book := explain.New(rules.All())
	if !strings.ContainsAny(name, " \t") {
		topics, err := book.Find(name)
		if err != nil {
			return failed(err)
		}
		if len(topics) > 0 {
			a.tellTopics(name, topics)
			return nil
		}
	}
	if topic, found := book.Rule(name); found {
		a.tellTopics(name, []explain.Topic{topic})
		return nil
	}
	if quoted := book.Log(name); len(quoted) > 0 {
		a.tellQuoted(quoted)
		return nil
	}
	if topics := book.Mentioned(name); len(topics) > 0 {
		tell(a.Out, "The pages of these rules have %s. matrixgen explain RULE prints one:\n\n", name)
		a.tellList(topics)
		return nil
	}
	if strings.ContainsAny(name, " \t") {
		return usageError("give the words of the error alone; matrixgen explain lists the rules, each with what goes wrong", "no rule's page quotes %q", name)
	}
	if strings.ContainsAny(name, `/\`) {
		return usageError("write the line behind the file: "+name+":1", "%s says no line", name)
	}
	return usageError(a.nearestExplained(book, name), "%q is no rule, field, secret, key or word of a log that matrixgen knows", name)
}

// tellTopics prints pages, or a list of what there are too many pages of.
func (a *app) tellTopics(name string, topics []explain.Topic) {
	if len(topics) > pagesAtOnce {
		tell(a.Out, "%s is the name of several keys. matrixgen explain KEY prints one:\n\n", name)
		a.tellList(topics)
		return
	}
	for i, topic := range topics {
		if i > 0 {
			tell(a.Out, "\n")
		}
		tellPage(a.Out, topic.Page())
	}
}

// tellQuoted names the rules that quote a line of a log, and prints the page of one that stands alone.
func (a *app) tellQuoted(quoted []explain.Quoted) {
	if len(quoted) == 1 {
		tellPage(a.Out, quoted[0].Page())
		return
	}
	tell(a.Out, "Several mistakes end so. matrixgen explain RULE prints what each is:\n\n")
	for _, q := range quoted {
		tell(a.Out, "%-36s %-8s %s (\"%s\")\n", q.Name, q.Severity, q.Title, q.Words)
	}
}

func (a *app) tellList(topics []explain.Topic) {
	width := 0
	for _, t := range topics {
		width = max(width, min(len(t.Name), 60))
	}
	for _, t := range topics {
		tell(a.Out, "%s\n", strings.TrimRight(fmt.Sprintf("%-*s %s", width, t.Name, t.About), " "))
	}
}

// explainList prints what there is of a kind; with words, what has all of them.
func (a *app) explainList(list string, words []string) error {
	book := explain.New(rules.All())
	if !slices.Contains(book.Lists(), list) {
		return usageError("", "--list is %q, want %s", list, strings.Join(book.Lists(), ", "))
	}
	topics, err := book.List(list)
	if err != nil {
		return failed(err)
	}
	found := explain.Search(topics, words)
	if len(found) == 0 {
		return usageError("matrixgen explain --list "+list+" has all", "none of the %s has %q", list, strings.Join(words, " "))
	}
	a.tellList(found)
	return nil
}

func (a *app) nearestExplained(book *explain.Book, name string) string {
	names, list := book.Near(name)
	var hints []string
	if len(names) > 0 {
		last := len(names) - 1
		text := names[last]
		if last > 0 {
			text = strings.Join(names[:last], ", ") + " or " + text
		}
		hints = append(hints, "did you mean "+text+"?")
	}
	if list != "" {
		hints = append(hints, fmt.Sprintf("matrixgen explain --list %s %s shows what has it in its name", list, name))
	}
	if len(hints) == 0 {
		return "matrixgen explain lists the rules; with --list fields, secrets or keys, the others"
	}
	return strings.Join(hints, "; ")
}

// explained returns what explain takes by name: rules, fields and secrets. Keys of upstream are too many to be offered.
func (a *app) explained() []string {
	book := explain.New(rules.All())
	var names []string
	for _, list := range []string{"rules", "fields", "secrets"} {
		topics, err := book.List(list)
		if err != nil {
			continue
		}
		for _, t := range topics {
			names = append(names, t.Name)
		}
	}
	return names
}
