package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// overlay is what an operator puts on top of a derived document: raw upstream settings, or services of his own.
type overlay struct {
	path      string // in the stack: override.synapse, extra
	document  *model.Document
	root      *model.Node
	unchecked []model.Unchecked
	slots     map[string]model.Slot // the secrets that a stack may have
}

// checkOverlay holds the overlay against upstream's format: unknown keys, wrong types, secrets in clear.
func checkOverlay(o overlay) ([]diag.Finding, error) {
	upstream, err := format.Load(o.document.Upstream)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", o.document.Upstream, err)
	}
	findings := slices.Concat(o.takenNames(), o.servicesWithoutImage(), o.namedSecrets())
	for _, problem := range format.Check(upstream, o.root) {
		if problem.Kind == format.SecretInline && namesSecret(problem.Value) {
			continue
		}
		if problem.Kind != format.UnknownKey || !o.lets(problem.Path) && !o.passes(problem.Path) {
			findings = append(findings, o.finding(problem))
		}
	}
	return findings, nil
}

// lets says that the operator wants the key at the path written although nobody here knows it.
func (o overlay) lets(path string) bool {
	return slices.ContainsFunc(o.unchecked, func(u model.Unchecked) bool {
		return "override."+u.Override == o.path && u.Path == format.GeneralPath(path)
	})
}

// passes reports whether a key that nobody knows is left to the rules, as in a deployment of others. Experimental features of Synapse come and go, and one
// that it does not read harms nobody.
func (o overlay) passes(path string) bool {
	return o.path == "override.synapse" && strings.HasPrefix(path, "experimental_features.")
}

// conflict is a place where an overlay would change what is derived.
type conflict struct {
	path             fieldPath
	derived, overlay *model.Node
}

// merge returns the document with the overlay on top. Keys are added, and what the schema marks as a default is replaced; all else that is
// derived stays, and a different value for it is a conflict. The trees are left as they are.
func (o overlay) merge() (*model.Node, []conflict) {
	m := merger{}
	return m.node(nil, o.document.Root, o.inClear()), m.conflicts
}

type merger struct{ conflicts []conflict }

func (m *merger) node(path fieldPath, derived, overlay *model.Node) *model.Node {
	merged := *overlay
	switch {
	case derived.Kind == model.Map && overlay.Kind == model.Map:
		merged.Fields = slices.Clone(derived.Fields)
		for _, f := range overlay.Fields {
			i := slices.IndexFunc(merged.Fields, func(d model.Field) bool { return d.Key == f.Key })
			if i < 0 {
				merged.Fields = append(merged.Fields, f)
				continue
			}
			merged.Fields[i].Value = m.node(path.with(f.Key), merged.Fields[i].Value, f.Value)
			if f.Comment != "" {
				merged.Fields[i].Comment = f.Comment
			}
		}
	case derived.Replaceable, overlay.Kind == derived.Kind && overlay.Text == derived.Text && overlay.Kind != model.List:
	case derived.Kind == model.List && overlay.Kind == model.List && len(derived.Items) == len(overlay.Items):
		merged.Items = slices.Clone(derived.Items)
		for i, item := range overlay.Items {
			merged.Items[i] = m.node(path.with(strconv.Itoa(i)), derived.Items[i], item)
		}
	default:
		m.conflicts = append(m.conflicts, conflict{path, derived, overlay})
	}
	return &merged
}

// conflicts says what cannot be changed, and, as far as CUE knows, which of the operator's own lines it follows from.
func (e *explainer) conflicts(conflicts []conflict, o overlay, content, raw cue.Value) []diag.Finding {
	var findings []diag.Finding
	for _, c := range conflicts {
		f := diag.Finding{
			Rule: "schema", Severity: diag.Error, Position: c.overlay.Position,
			Message: fmt.Sprintf("%s.%s cannot be changed: it follows from the rest of the stack", o.path, c.path),
			Hint:    "remove it, or change what it follows from",
		}
		switch {
		case c.derived.Kind == model.List:
			f.Message = fmt.Sprintf("%s.%s cannot be changed: an override neither adds items to a derived list nor removes any", o.path, c.path)
			f.Hint = "a list of as many items, with {} for those that stay, changes single fields"
			if c.derived.More != "" {
				f.Hint = "further items are said by " + c.derived.More + "; " + f.Hint
			}
		case c.derived.Kind != model.Map:
			f.Message += " that it is " + c.derived.Text
		}
		if e.sources.holds(c.derived.Position) {
			f.Related = append(f.Related, diag.Related{Position: c.derived.Position, Message: "it follows from this"})
		}
		err := content.LookupPath(c.path.selectors()).Unify(raw.LookupPath(c.path.selectors())).Err()
		for _, problem := range errors.Errors(err) {
			for _, place := range e.places(problem) {
				if place != f.Position && place != c.derived.Position {
					f.Related = append(f.Related, diag.Related{Position: place, Message: "it follows from this"})
				}
			}
		}
		findings = append(findings, f)
	}
	return diag.Sort(findings)
}

// takenNames reports services of the operator's own that bear the name of one of the stack's. To change those, there is the override.
func (o overlay) takenNames() []diag.Finding {
	if o.path != "extra" {
		return nil
	}
	var findings []diag.Finding
	for _, section := range o.root.Fields {
		derived := o.document.Root.Get(section.Key)
		for _, f := range section.Value.Fields {
			if derived.Get(f.Key) == nil {
				continue
			}
			findings = append(findings, diag.Finding{
				Rule: "schema", Severity: diag.Error, Position: f.Position,
				Message: fmt.Sprintf("extra.%s.%s: the stack itself has a %s of that name", section.Key, f.Key, strings.TrimSuffix(section.Key, "s")),
				Hint:    fmt.Sprintf("choose another name; to change the stack's own, use override.compose.%s", section.Key),
			})
		}
	}
	return findings
}

// servicesWithoutImage reports services that compose would refuse: one of the operator's own without an image, or a setting for a service that
// the stack does not have.
func (o overlay) servicesWithoutImage() []diag.Finding {
	services := o.root.Get("services")
	if o.document.Upstream != "compose.#Config" || services == nil {
		return nil
	}
	var findings []diag.Finding
	for _, f := range services.Fields {
		if o.document.Root.At("services", f.Key) != nil || f.Value.Get("image") != nil || f.Value.Get("build") != nil || f.Value.Get("extends") != nil {
			continue
		}
		found := diag.Finding{
			Rule: "schema", Severity: diag.Error, Position: f.Position,
			Message: fmt.Sprintf("%s.services.%s has no image, and the stack has no service of that name", o.path, f.Key),
		}
		var names []string
		for _, service := range o.document.Root.Get("services").Fields {
			names = append(names, service.Key)
		}
		if nearest := suggest.Nearest(f.Key, names); nearest != "" && o.path != "extra" {
			found.Hint = fmt.Sprintf("did you mean %s?", nearest)
		}
		findings = append(findings, found)
	}
	return findings
}

// letThrough says how a key gets by that a newer upstream reads, or "" for what is no product's own document.
func (o overlay) letThrough(path string) string {
	name, ok := strings.CutPrefix(o.path, "override.")
	if !ok || name == "synapseLog" {
		return ""
	}
	return fmt.Sprintf("if a newer release reads it, say so: unchecked: %s: %q: \"why\"", name, format.GeneralPath(path))
}

// finding says in the operator's words what is wrong at a place of the overlay.
func (o overlay) finding(p format.Problem) diag.Finding {
	f := diag.Finding{Rule: "wrong-value-type", Severity: diag.Error, Position: p.Position, Secret: p.Key != nil && p.Key.Secret, Fix: p.Fix()}
	at := o.path + "." + p.Path
	switch p.Kind {
	case format.UnknownKey:
		f.Rule = "unknown-key"
		f.Message = fmt.Sprintf("%s is not a key of %s", at, o.document.Name)
		f.Hint = o.letThrough(p.Path)
		if p.Suggestion != "" {
			f.Hint = fmt.Sprintf("did you mean %s?", p.Suggestion)
		}
	case format.SecretInline:
		f.Rule, f.Secret = "secret-in-plaintext", true
		f.Message = fmt.Sprintf("%s is a secret, and would stand in clear in a committed file", at)
		f.Hint = "the product has no key that reads it from a file: keep it out of the stack"
		if p.Key.File != "" {
			f.Hint = fmt.Sprintf("use %s with the path of a mounted secret file", p.Key.File)
		}
	case format.EmptyValue:
		f.Message = fmt.Sprintf("%s has no value, want %s", at, p.Want)
	default:
		f.Message = fmt.Sprintf("%s is %s, want %s", at, cmp.Or(p.Got, "of another kind"), p.Want)
		if p.Suggestion != "" {
			f.Hint = fmt.Sprintf("did you mean %s?", p.Suggestion)
		}
	}
	return f
}
