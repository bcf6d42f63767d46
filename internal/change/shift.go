package change

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// shifted returns the settings that nobody sets, before and after, and that have another value all the same: the image of the product is another
// version, whose default is another one.
func (c *Comparer) shifted(before, after *model.Deployment) ([]Change, error) {
	var changes []Change
	pairs := [][2]*model.Configuration{{before.Synapse, after.Synapse}, {before.MAS, after.MAS}, {before.Element, after.Element}}
	for _, pair := range pairs {
		old, new := pair[0], pair[1]
		if old == nil || new == nil || len(new.Documents) == 0 || !old.Version().Exact() || !new.Version().Exact() {
			continue
		}
		table, err := c.table(new.Documents[0])
		if err != nil {
			return nil, err
		}
		if table == nil {
			continue
		}
		for _, s := range shiftsBetween(table, old.Version(), new.Version()) {
			if old.Lacks(s.Path...) != model.Yes || new.Lacks(s.Path...) != model.Yes {
				continue
			}
			image := new.Service.Image
			changes = append(changes, Change{
				Document: new.Documents[0].Name, Setting: strings.Join(s.Path, "."), Kind: Changed, From: s.Old, To: s.New, Position: image.Position,
				Consequence: format.Consequence{
					Level: format.Restart,
					Why:   fmt.Sprintf("Nothing sets it, and the default of %s %s is another one.", image.Base(), image.Tag),
				},
			})
		}
	}
	return changes, nil
}

// shiftsBetween returns the other defaults of the newer of two versions, or those that going back to the older one brings back.
func shiftsBetween(table *format.Type, from, to model.Version) []format.Shift {
	if from.Compare(to) <= 0 {
		return table.Shifts(from, to)
	}
	shifts := table.Shifts(to, from)
	for i, s := range shifts {
		shifts[i].Old, shifts[i].New = s.New, s.Old
	}
	return shifts
}
