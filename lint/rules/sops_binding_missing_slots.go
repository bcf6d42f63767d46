package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// checkSlots binds what a compiled deployment needs to what its SOPS file has, and what its services name to what they have.
func checkSlots(d *model.Deployment, report func(diag.Finding)) {
	if d.Sealed == nil {
		return
	}
	for _, s := range d.Services {
		checkGrants(d, s, report)
		checkSecretVariables(s, report)
	}
	if d.Sealed.Missing {
		if len(d.Slots) > 0 {
			report(diag.Finding{
				Severity: diag.Warning, // of the stack as a whole, so without a position
				Message:  fmt.Sprintf("the stack has no secrets yet: there is no %s", d.Sealed.File),
				Hint:     "make them with matrixgen secrets init " + d.Name,
			})
		}
		return
	}
	for _, slot := range d.Slots {
		have := d.Sealed.Secret(slot.Name)
		if have != nil && !have.Empty {
			continue
		}
		f := diag.Finding{Position: diag.Position{File: d.Sealed.File, Line: 1, Column: 1}, Hint: "make it with matrixgen secrets init " + d.Name}
		switch {
		case have != nil:
			f.Position, f.Message = have.Position, fmt.Sprintf("the secret %s is empty here", slot.Name)
			f.Hint = fmt.Sprintf("it waits for the value of the server that runs: store that with matrixgen secrets set %s %s", d.Name, slot.Name)
		default:
			f.Message = fmt.Sprintf("the secret %s is not here", slot.Name)
		}
		f.Message += ": " + slot.What
		if slot.Given() {
			// The provider gives its secret out for a redirect URI, which stands in what a build writes.
			f.Severity = diag.Warning
			f.Hint = fmt.Sprintf("store it with matrixgen secrets set %s %s", d.Name, slot.Name)
		}
		if slot.Own {
			f.Related = append(f.Related, diag.Related{Position: slot.Position, Message: "it is needed for this"})
		}
		report(f)
	}
}

// checkGrants reports secrets that a service is given and that the compose file does not define.
func checkGrants(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	doc := d.Document("docker-compose.yml")
	grants := s.Node.Get("secrets")
	if doc == nil || grants == nil {
		return
	}
	defined := doc.Root.Get("secrets")
	for _, grant := range grants.Items {
		name, known := grant.Literal()
		at := grant.Position
		if source := grant.Get("source"); source != nil {
			at = source.Position
			name, known = source.Literal()
		}
		if !known || defined.Get(name) != nil {
			continue
		}
		var names []string
		for _, f := range defined.Entries() {
			names = append(names, f.Key)
		}
		report(diag.Finding{
			Position: at,
			Message:  fmt.Sprintf("docker compose refuses the file: %s is given the secret %s, which nothing defines", s.Name, name),
			Hint:     secretHint(suggest.Nearest(name, names), name),
		})
	}
}

// checkSecretVariables reports variables of a service that name a secret file which it does not have.
func checkSecretVariables(s *model.Service, report func(diag.Finding)) {
	for _, v := range s.Environment {
		text, known := v.Value.Literal()
		name, isSecret := strings.CutPrefix(text, sensitive.SecretsFolder)
		if !known || !isSecret || s.MountAt(text) != nil {
			continue
		}
		report(diag.Finding{
			Position: v.Value.Position,
			Message:  fmt.Sprintf("the container of %s has no %s%s: no secret of that name is given to it", s.Name, sensitive.SecretsFolder, name),
			Hint:     secretHint(sensitive.NearestSecret(s, name), name),
		})
	}
}

func secretHint(nearest, name string) string {
	if nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return fmt.Sprintf("define it in the stack, extra: secrets: %s: file: \"./secrets/%s\", and give it to the service", name, name)
}
