package upgrade

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

// section is a heading with what stands below it. Texts and Markdown are made of sections.
type section struct {
	heading string
	items   []item
}

// item is a sentence, what it begins with, and where upstream says so.
type item struct {
	lead, text, source string
}

// headline says how many images have something newer.
func (p *Plan) headline() string {
	behind := 0
	for _, m := range p.Moves {
		if m.State == Behind || m.State == Apart {
			behind++
		}
	}
	if behind == 0 {
		return fmt.Sprintf("no image of %d is behind what is known", len(p.Moves))
	}
	return fmt.Sprintf("%s of %d behind what is known", plural(behind, "image"), len(p.Moves))
}

// sections returns the plan in the order in which it is read: what each raise means, what stays, and what is done in which order.
func (p *Plan) sections() []section {
	var all []section
	rest := section{heading: "Not raised"}
	for _, m := range p.Moves {
		if m.State == Behind {
			all = append(all, m.section())
			continue
		}
		rest.items = append(rest.items, m.stays())
	}
	said := section{heading: "What lint says with the new images, and not now"}
	for _, f := range p.Findings {
		said.items = append(said.items, item{lead: fmt.Sprintf("%s: %s:", at(f.Position), f.Severity), text: fmt.Sprintf("%s [%s]", f.Message, f.Rule), source: f.Hint})
	}
	steps := section{heading: "In this order"}
	for i, step := range p.Steps() {
		steps.items = append(steps.items, item{lead: fmt.Sprintf("%d.", i+1), text: step})
	}
	for _, s := range []section{said, steps, rest} {
		if len(s.items) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// section says what it means to raise the image.
func (m *Move) section() section {
	s := section{heading: fmt.Sprintf("%s: %s -> %s (%s)", m.Title, m.From, m.To, m.whose())}
	if m.Beyond {
		s.items = append(s.items, item{lead: "note:", text: "this matrixgen knows " + m.Title + " up to " + m.Known + ", and tells nothing of what lies beyond"})
	}
	s.items = append(s.items, holeItems("closes", m.Closed)...)
	s.items = append(s.items, holeItems("leaves open", m.Open)...)
	for _, f := range m.Mended {
		s.items = append(s.items, item{lead: "mends", text: m.From + ": " + f.What, source: f.Source})
	}
	for _, f := range m.Faulty {
		s.items = append(s.items, item{lead: "beware:", text: m.To + ": " + f.What + " " + f.Below + " mends it.", source: f.Source})
	}
	for _, t := range m.Touches {
		text := t.What
		switch keys := strings.Join(t.Keys, ", "); {
		case !t.Certain && keys != "":
			text += " It may touch this deployment: " + keys + " is not to be seen."
		case keys != "" && !strings.Contains(text, keys):
			text += " It is set here: " + keys + "."
		}
		s.items = append(s.items, item{lead: t.Version + ":", text: text, source: t.Source})
	}
	if m.Others > 0 {
		s.items = append(s.items, item{text: plural(m.Others, "further change") + " of these releases touch nothing here"})
	}
	for _, n := range m.Needs {
		s.items = append(s.items, item{lead: "needs", text: n.text()})
	}
	for _, station := range m.Stations {
		lead := "stop at"
		if station.Do != "" {
			lead = "not without"
		}
		s.items = append(s.items, item{lead: lead, text: station.Version + ": " + cmp.Or(station.Do, "from each step it is possible to go back to the one before")})
	}
	s.items = append(s.items, item{lead: "back:", text: m.Undo.text(m.From), source: m.Undo.Source})
	return s
}

// holeItems returns one item for the holes that one release closes and that are as bad: an upgrade may close dozens.
func holeItems(lead string, holes []upstream.Advisory) []item {
	var items []item
	for i := 0; i < len(holes); {
		first, ids := holes[i], []string{}
		for ; i < len(holes) && holes[i].Fixed == first.Fixed && holes[i].Severity == first.Severity; i++ {
			ids = append(ids, holes[i].ID)
		}
		text := fmt.Sprintf("%s: %s; fixed in %s", plural(len(ids), "hole"), strings.Join(ids, ", "), first.Fixed)
		if first.Severity != "" {
			text = fmt.Sprintf("%s (%s): %s; fixed in %s", plural(len(ids), "hole"), first.Severity, strings.Join(ids, ", "), first.Fixed)
		}
		items = append(items, item{lead: lead, text: text, source: first.Source})
	}
	return items
}

func hole(a upstream.Advisory) string {
	if a.Severity == "" {
		return a.ID + ", fixed in " + a.Fixed
	}
	return fmt.Sprintf("%s (%s), fixed in %s", a.ID, a.Severity, a.Fixed)
}

func (n Need) text() string {
	text := fmt.Sprintf("%s %s or newer", n.Title, n.Version)
	switch {
	case n.Met == model.Yes:
		return text + ": " + n.Have + " is"
	case n.Met == model.No:
		return text + ": " + n.Have + " is not, raise it first"
	}
	return text + ": which one runs is not to be seen"
}

func (u Undo) text(old string) string {
	switch {
	case u.ByTag == model.Yes && u.Source == "":
		return "take " + old + " again"
	case u.ByTag == model.Yes:
		return "take " + old + " again: as far as the database goes, it starts"
	case u.ByTag == model.No:
		return "restore the backup of the database from before. " + u.What
	}
	return "whether " + old + " starts again with the database is not known: keep a backup from before. " + u.What
}

// stays says why an image stays as it is.
func (m *Move) stays() item {
	it := item{lead: m.Title + " " + cmp.Or(m.From, "without a tag") + ":"}
	switch m.State {
	case Current:
		it.text = "nothing newer is known"
		if m.Image.Version().Before(m.Known) {
			it.text = "that is what it has"
		}
	case Ahead:
		it.text = "newer than " + m.Known + ", up to which this matrixgen knows it"
	case Back:
		it.text = "an upgrade does not go back; " + m.Known + " is the newest that is known"
	case Apart:
		it.text = fmt.Sprintf("another major version, %s, takes more than a new tag: %s", m.To, m.Refusal)
		if m.Image.Holds != "" {
			it.text = fmt.Sprintf("%s takes more than a new tag: %s", m.To, m.Refusal)
		}
		if len(m.Closed) > 0 {
			it.text += "; " + m.To + " closes " + plural(len(m.Closed), "known hole") + ", the worst of which is " + hole(m.Closed[0])
		}
		it.source = m.Source
	default:
		it.text = "the image does not say which release it is; " + m.Known + " is the newest that is known"
	}
	if len(m.Open) > 0 {
		it.text += "; it has " + plural(len(m.Open), "known hole") + ", the worst of which is " + hole(m.Open[0])
	}
	return it
}

// whose returns which services run the image, and where its tag is written.
func (m *Move) whose() string {
	names := strings.Join(m.Services, ", ")
	if m.Written.File != "" {
		return names + ", " + at(m.Written)
	}
	if m.Image.Position.File != "" && m.Image.Position.Line > 0 {
		return names + ", " + at(m.Image.Position)
	}
	return names
}

func at(p diag.Position) string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
