package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
)

// section is a heading with what stands below it. Texts and Markdown are made of sections.
type section struct {
	heading string
	items   []item
}

// item is a sentence, and what belongs to it: a hint, a source, or commands.
type item struct {
	text     string
	below    []string
	commands bool
}

// headline says in a line what became of the folder.
func (r *Report) headline() string {
	switch open := r.Open(); {
	case open > 0:
		return fmt.Sprintf("%s in the way: nothing is written before each is answered, mended or acknowledged", plural(open, "thing"))
	case len(r.Missing) > 0:
		return fmt.Sprintf("%s, and %s still missing", plural(r.Lines, "line"), plural(len(r.Missing), "secret"))
	}
	return plural(r.Lines, "line")
}

// sections returns the report in the order in which it is read.
func (r *Report) sections() []section {
	all := []section{r.asked(), r.losses(), r.notes(), r.differences(), r.fires(), r.takenOver(), r.missing(), r.steps()}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.items) == 0 })
}

func (r *Report) asked() section {
	s := section{heading: "What the files do not say"}
	for _, q := range r.Questions {
		s.items = append(s.items, item{text: q.Message, below: []string{"ask the server: " + q.How, fmt.Sprintf("and say it: --version %s=…", q.Product)}})
	}
	return s
}

func (r *Report) losses() section {
	s := section{heading: "What costs data"}
	for _, f := range r.Losses {
		it := item{text: fmt.Sprintf("%s: %s [%s]", f.Severity, f.Message, f.Rule), below: nonEmpty(f.Hint)}
		if f.Severity == diag.Error {
			it.below = append(it.below, fmt.Sprintf("if it is meant: --acknowledge '%s:%s=<reason>'", f.Rule, f.Subject))
		}
		s.items = append(s.items, it)
	}
	return s
}

func (r *Report) notes() section {
	s := section{heading: "What was not taken over as it was"}
	for _, n := range r.Notes {
		it := item{text: fmt.Sprintf("%s: %s%s: %s", n.Weight, n.Subject, inBrackets(n.Position), n.Message), below: nonEmpty(n.Hint)}
		switch {
		case n.Accepted != "":
			it.below = append(it.below, "acknowledged: "+n.Accepted)
		case n.Weight == Data:
			it.below = append(it.below, fmt.Sprintf("if it is meant: --acknowledge 'adopt:%s=<reason>'", n.Subject))
		}
		s.items = append(s.items, it)
	}
	return s
}

// inBrackets returns where something stands, in brackets.
func inBrackets(p diag.Position) string {
	if p.File == "" {
		return ""
	}
	if p.Line == 0 { // the file as a whole
		return fmt.Sprintf(" (%s)", p.File)
	}
	return fmt.Sprintf(" (%s:%d)", p.File, p.Line)
}

// differences tells what differs when the new files run: what costs most with its values, the rest by name.
func (r *Report) differences() section {
	s := section{heading: "What differs when the new files run"}
	type group struct {
		format.Consequence
		changes []change.Change
	}
	var groups []group
	for _, c := range r.Changes {
		i := slices.IndexFunc(groups, func(g group) bool { return g.Level == c.Level && g.Why == c.Why })
		if i < 0 {
			groups, i = append(groups, group{Consequence: c.Consequence}), len(groups)
		}
		groups[i].changes = append(groups[i].changes, c)
	}
	for _, g := range groups {
		it := item{text: g.Level.Words() + ": " + g.Why}
		for _, c := range g.changes {
			it.below = append(it.below, changeLine(c, g.Level > format.Restart))
		}
		s.items = append(s.items, it)
	}
	return s
}

func changeLine(c change.Change, values bool) string {
	line := c.Document + ": " + orElse(c.Setting, "the whole file")
	switch {
	case c.Secret || !values || c.From+c.To == "":
		return line + " " + string(c.Kind)
	case c.From == "" || c.To == "":
		return line + " " + string(c.Kind) + ": " + c.From + c.To
	}
	return line + ": " + c.From + " -> " + c.To
}

// fires says which rules the old files break: errors in full, the rest by number.
func (r *Report) fires() section {
	s := section{heading: "What the rules say of the old files"}
	rest := 0
	for _, f := range r.Fires {
		if f.Severity != diag.Error {
			rest++
			continue
		}
		s.items = append(s.items, item{text: fmt.Sprintf("error: %s:%d: %s [%s]", f.File, f.Line, f.Message, f.Rule), below: nonEmpty(f.Hint)})
	}
	if rest > 0 {
		s.items = append(s.items, item{text: fmt.Sprintf("%s of less weight: matrixgen lint lists them", plural(rest, "finding"))})
	}
	return s
}

func (r *Report) takenOver() section {
	s := section{heading: "What was taken over"}
	for _, t := range r.Taken {
		s.items = append(s.items, item{text: t.What + ", from " + t.From})
	}
	return s
}

func (r *Report) missing() section {
	s := section{heading: "Secrets that no file shows, and that nobody can make anew"}
	for _, slot := range r.Missing {
		s.items = append(s.items, item{text: slot.Name + ": " + slot.What})
	}
	return s
}

func (r *Report) steps() section {
	s := section{heading: "The switch"}
	if r.Open() > 0 {
		return s
	}
	for i, part := range r.Steps {
		it := item{text: fmt.Sprintf("%d. %s", i+1, part.Title), below: part.Commands, commands: true}
		s.items = append(s.items, it)
		if part.After != "" {
			s.items = append(s.items, item{text: part.After})
		}
	}
	return s
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(one, "s"))
}
