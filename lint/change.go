package lint

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// RunChange returns what the rules on change find between two states of a linked deployment, sorted. Without a state before there is no change.
func RunChange(rules []Rule, before, after *model.Deployment) []diag.Finding {
	if before == nil || after == nil {
		return nil
	}
	var findings []diag.Finding
	for _, rule := range rules {
		if rule.CheckChange == nil {
			continue
		}
		rule.CheckChange(before, after, func(f diag.Finding) {
			f.Rule = rule.Name
			if f.Severity == 0 {
				f.Severity = rule.Severity
			}
			findings = append(findings, f)
		})
	}
	hideSecrets(tablesOf(rules), findings, before, after)
	return diag.Sort(findings)
}

// replaced returns the text of a value before and after. It is false if they are the same, or if one of them is not there or not known.
func replaced(before, after *model.Node) (from, to string, different bool) {
	from, known := before.Literal()
	to, knownToo := after.Literal()
	return from, to, known && knownToo && from != to
}

// was names the old value of a setting.
func was(n *model.Node, text string) []diag.Related {
	return []diag.Related{{Position: n.Position, Message: "before, it was " + text}}
}

// composeName returns the name of the project that stands in the compose file, or nil.
func composeName(d *model.Deployment) *model.Node {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			if name := doc.Root.Get("name"); isSet(name) {
				return name
			}
		}
	}
	return nil
}

// dataFolders are where the products keep what cannot be made again.
func dataFolders(product string) []string {
	switch product {
	case "postgres":
		return []string{"/var/lib/postgresql"}
	case "synapse":
		return []string{"/data"}
	case "pocket-id":
		return []string{"/app/data", "/app/backend/data"}
	}
	return nil
}

// dataMount is data of a service: a volume, or a folder of the host.
type dataMount struct {
	model.Mount
	// name is that of the volume, without the project's, or the folder; source is the same with what it is.
	name, source string
	// known says that the product keeps its data here.
	known bool
}

// dataMounts returns the data of a service. For a product that is not known, those are its volumes.
func dataMounts(d *model.Deployment, s *model.Service) []dataMount {
	var mounts []dataMount
	for _, m := range s.Mounts {
		known := false
		for _, folder := range dataFolders(s.Product) {
			inside := m.Target == folder || strings.HasPrefix(m.Target, folder+"/") && path.Ext(m.Target) == ""
			known = known || inside && m.Document == nil && (m.Type == "volume" || m.Type == "bind")
		}
		if (known || m.Type == "volume" && dataFolders(s.Product) == nil) && m.Source != "" && !strings.Contains(m.Source, "${") {
			name := volumeName(d, m)
			mounts = append(mounts, dataMount{m, name, m.Type + ":" + name, known})
		}
	}
	return mounts
}

// volumeName returns the name that Docker knows a volume by, without the project's: that changes all volumes at once.
func volumeName(d *model.Deployment, m model.Mount) string {
	if m.Type != "volume" {
		return path.Clean(m.Source)
	}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			if name, known := doc.Root.At("volumes", m.Source, "name").Literal(); known {
				return name
			}
		}
	}
	return m.Source
}

// sameData reports whether a service keeps its data where it did.
func sameData(before, after *model.Deployment, old, new *model.Service) bool {
	for _, m := range dataMounts(before, old) {
		for _, n := range dataMounts(after, new) {
			if m.source == n.source {
				return true
			}
		}
	}
	return false
}
