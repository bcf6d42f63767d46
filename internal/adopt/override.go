package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// overrides returns the raw settings by which what is derived becomes what was, as far as an override may; nil if there is nothing to say. What is
// derived and no default stays as it is derived.
func (o *Old) overrides(old, derived *model.Node) *model.Node {
	switch {
	case old == nil:
		return nil
	case derived == nil || derived.Replaceable && !same(old, derived, false):
		return old
	case old.Kind == model.Map && derived.Kind == model.Map:
		return o.fieldOverrides(old, derived)
	case old.Kind == model.List && derived.Kind == model.List && len(old.Items) == len(derived.Items):
		return o.itemOverrides(old, derived)
	}
	return nil
}

func (o *Old) fieldOverrides(old, derived *model.Node) *model.Node {
	n := mapping()
	for _, f := range old.Fields {
		g := derived.Field(f.Key)
		if g == nil {
			if kept := o.kept(f.Value); kept != nil {
				f.Value = kept
				n.Fields = append(n.Fields, f)
			}
			continue
		}
		if f.Comment == g.Comment {
			f.Comment = ""
		}
		value := o.overrides(f.Value, g.Value)
		if value == nil && f.Comment != "" && f.Value.Kind != model.Map && same(f.Value, g.Value, false) {
			value = f.Value
		}
		if value != nil {
			f.Value = value
			n.Fields = append(n.Fields, f)
		}
	}
	if len(n.Fields) == 0 {
		return nil
	}
	return n
}

// itemOverrides returns a list of as many items as are derived, with {} for those that stay.
func (o *Old) itemOverrides(old, derived *model.Node) *model.Node {
	n := list()
	differs := false
	for i, item := range old.Items {
		value := o.overrides(item, derived.Items[i])
		if value == nil && item.Kind != model.Map {
			if !same(item, derived.Items[i], false) {
				return nil // what is derived of a list of texts stays
			}
			value = item
		} else if value == nil {
			value = mapping()
		} else {
			differs = true
		}
		n.Items = append(n.Items, value)
	}
	if !differs {
		return nil
	}
	return n
}

// kept returns what of a setting that only the old files have is taken over: what is known.
func (o *Old) kept(n *model.Node) *model.Node {
	if unknownWithin(n) && n.Kind != model.Map {
		return nil
	}
	return n
}

// rawSections are the fields of a stack that hold raw settings, by the document.
func rawSections() [][2]string {
	return [][2]string{{masName, "mas"}, {synapseName, "synapse"}, {logName, "synapseLog"}, {elementName, "element"}, {livekitName, "livekit"}, {callPageName, "elementCall"}, {pushName, "sygnal"}}
}

// addRaw adds the overrides and the operator's own services to a stack, from how its documents differ from the old ones.
func (o *Old) addRaw(stack *model.Node, compiled *model.Files) {
	if o.isCharted() {
		o.addChartRaw(stack, compiled)
		return
	}
	override := mapping()
	for _, section := range rawSections() {
		derived := compiled.Document(section[0])
		if derived == nil || o.document(section[0]) == nil {
			continue
		}
		if n := o.overrides(o.readBy(section[0]), derived.Root); n != nil {
			set(override, section[1], n)
		}
	}
	for _, doc := range o.bridgeDocuments() {
		name := strings.TrimSuffix(strings.TrimPrefix(doc.Name, "bridges/"), ".yaml")
		derived := compiled.Document(doc.Name)
		if derived == nil || stack.At("bridges", name) == nil {
			continue
		}
		if n := o.overrides(o.readBy(doc.Name), derived.Root); n != nil {
			put(stack, n, "bridges", name, "settings")
		}
	}
	own, compose := o.composeRaw(compiled.Document(composeName).Root)
	if compose != nil {
		set(override, "compose", compose)
	}
	if len(override.Fields) > 0 {
		set(stack, "override", override)
	}
	if own != nil {
		set(stack, "extra", own)
	}
}

// composeRaw returns what of the old compose file is the operator's own, and what is set for services of the stack.
func (o *Old) composeRaw(derived *model.Node) (own, override *model.Node) {
	own, override = mapping(), mapping()
	o.derived = derived
	for _, section := range o.compose.Entries() {
		if section.Value.Kind != model.Map {
			continue
		}
		there := derived.Get(section.Key)
		for _, f := range section.Value.Fields {
			switch g := there.Field(f.Key); {
			case g == nil && section.Key == "services" && o.isRole(f.Key):
			case g == nil && isOwnSection(section.Key):
				if o.isNeeded(section.Key, f.Key) {
					put(own, f.Value, section.Key, f.Key)
					own.Get(section.Key).Field(f.Key).Comment = f.Comment
				}
			case g == nil:
				put(override, f.Value, section.Key, f.Key)
			default:
				if n := o.overrides(o.settable(section.Key, f.Key, f.Value), g.Value); n != nil {
					put(override, n, section.Key, f.Key)
				}
			}
		}
	}
	for _, f := range o.compose.Entries() {
		if f.Value.Kind != model.Map && derived.Get(f.Key) == nil && f.Key != "version" && f.Key != "include" {
			set(override, f.Key, f.Value)
		}
	}
	o.lendNetwork(own)
	return orNil(own), orNil(override)
}

func orNil(n *model.Node) *model.Node {
	if len(n.Fields) == 0 {
		return nil
	}
	return n
}

func isOwnSection(key string) bool {
	return slices.Contains([]string{"services", "networks", "volumes", "secrets", "configs"}, key)
}

// isNeeded reports whether something of the old compose file is used besides by what a build makes anew.
func (o *Old) isNeeded(section, key string) bool {
	if o.Generated || section == "services" {
		return true
	}
	if strings.HasPrefix(literal(o.compose.At(section, key, "file")), "./secrets/") {
		return true
	}
	for _, f := range o.compose.Get("services").Entries() {
		if !o.isRole(f.Key) && mentions(f.Value.Get(section), key) {
			return true
		}
	}
	return false
}

// mentions reports whether networks, mounts or grants of a service name something.
func mentions(n *model.Node, key string) bool {
	if n.Get(key) != nil {
		return true
	}
	for _, item := range n.Entered() {
		source, _, _ := strings.Cut(item.Text, ":")
		if source == key || item.Get("source").Is(key) {
			return true
		}
	}
	return false
}
