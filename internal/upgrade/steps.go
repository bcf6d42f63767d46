package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Steps returns what is done in which order, a sentence for each; none if there is nothing to do.
func (p *Plan) Steps() []string {
	var steps []string
	moves := slices.DeleteFunc(slices.Clone(p.Moves), func(m *Move) bool { return m.State != Behind })
	if len(moves) == 0 {
		return nil
	}
	var kept []string
	for _, m := range moves {
		if m.Undo.What != "" || m.Undo.Source != "" {
			kept = append(kept, m.Title)
		}
	}
	if len(kept) > 0 {
		noun := "database"
		if len(kept) > 1 {
			noun = "databases"
		}
		steps = append(steps, "Back up the "+noun+" of "+list(kept)+", and look whether the backup can be read.")
	}
	if len(p.Findings) > 0 {
		steps = append(steps, "Do what lint asks for, as far as the images that run now take it, too.")
	}
	for _, m := range moves {
		for _, n := range m.Needs {
			if n.Met == model.No {
				steps = append(steps, fmt.Sprintf("Raise %s to %s or newer: %s %s needs it.", n.Title, n.Version, m.Title, m.To))
			}
		}
		for _, s := range m.Stations {
			step := fmt.Sprintf("Raise %s to %s, start it, and wait until its background updates are done.", m.Title, s.Version)
			if s.Do != "" {
				step = fmt.Sprintf("Raise %s to %s, and there: %s.", m.Title, s.Version, s.Do)
			}
			steps = append(steps, step)
		}
		steps = append(steps, fmt.Sprintf("Raise %s to %s.", m.Title, m.To))
	}
	if p.Stack && len(p.Raised()) > 0 {
		steps = append(steps, fmt.Sprintf("Write the tags with matrixgen upgrade %s --write, build, and deploy out/%s.", p.Name, p.Name))
	}
	if last := p.irreversible(moves); last != "" {
		steps = append(steps, last)
	}
	return steps
}

// irreversible says what nobody takes back once the new images ran.
func (p *Plan) irreversible(moves []*Move) string {
	var titles []string
	for _, m := range moves {
		if m.Undo.ByTag == model.No {
			titles = append(titles, m.Title)
		}
	}
	if len(titles) == 0 {
		return ""
	}
	return "From the first start on, only the backup takes " + list(titles) + " back: what they keep is another form then."
}

// list joins names as a sentence does.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
