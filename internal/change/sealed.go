package change

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// secretsPage says what the secrets of a stack are, and what another value of each costs.
const secretsPage = "docs/secrets.md of matrixgen"

// Secrets returns what differs in the secrets of a stack, by their names: nobody needs a key to see that. The catalogue says what another value of
// a secret costs. SOPS leaves the text of a value as it is while others change; where none is as it was, all were encrypted anew, and which values
// changed is not known.
func Secrets(before, after *model.Sealed, catalogue []model.Slot) []Change {
	if before == nil || after == nil || before.Missing || after.Missing {
		return nil
	}
	stayed, changed := 0, []Change{}
	for _, new := range after.Secrets {
		c := Change{Document: after.File, Setting: new.Name, Kind: Changed, Secret: true, Position: new.Position}
		switch old := before.Secret(new.Name); {
		case old == nil:
			c.Kind = Added
			c.Consequence = format.Consequence{Level: format.Restart, Why: "It has to be unsealed on the host before the containers start.", Source: secretsPage}
		case old.Seal == "" || new.Seal == "":
			continue
		case old.Seal == new.Seal:
			stayed++
			continue
		default:
			c.Consequence = cost(new.Name, catalogue)
		}
		changed = append(changed, c)
	}
	if stayed == 0 && slices.ContainsFunc(changed, func(c Change) bool { return c.Kind == Changed }) && len(before.Secrets) > 1 {
		changed = slices.DeleteFunc(changed, func(c Change) bool { return c.Kind == Changed })
		changed = append(changed, Change{Document: after.File, Kind: Changed, Secret: true, Position: after.Secrets[0].Position, Consequence: format.Consequence{
			Level: format.Nothing, Why: "All secrets are encrypted anew: whether a value changed cannot be told without a key.", Source: secretsPage,
		}})
	}
	for _, old := range before.Secrets {
		if after.Secret(old.Name) == nil {
			changed = append(changed, Change{Document: after.File, Setting: old.Name, Kind: Removed, Secret: true, Position: old.Position,
				Consequence: format.Consequence{Level: format.Restart, Why: "Nobody has it any more who has not unsealed it before.", Source: secretsPage}})
		}
	}
	return changed
}

// cost returns what another value of a secret costs.
func cost(name string, catalogue []model.Slot) format.Consequence {
	c := format.Consequence{Level: format.Restart, Why: "Whoever reads it has to be started anew, and its other side has to get the same.", Source: secretsPage}
	i := slices.IndexFunc(catalogue, func(s model.Slot) bool { return s.Name == name })
	if i < 0 {
		return c
	}
	c.Level = map[string]format.Level{"restart": format.Restart, "login": format.LoginAgain, "never": format.Irreversible}[catalogue[i].Cost]
	switch {
	case catalogue[i].Equal == "the identity provider":
		c.Level = format.ProviderFirst
	case catalogue[i].Equal != "":
		c.Level = format.Outage // until the other side has it, too
	}
	if c.Why = catalogue[i].Rotate; strings.Contains(c.Why, " https://") {
		c.Why, c.Source, _ = strings.Cut(c.Why, " https://")
		c.Source = "https://" + c.Source
	}
	return c
}
