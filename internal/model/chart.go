package model

// Chart is Element's Helm chart matrix-stack, as a deployment uses it.
type Chart struct {
	// Documents are the files of values, in the order in which Helm lays them over each other.
	Documents []*Document
	// Root are the merged values. More may be given elsewhere: by --set, by a file that is not visible, by the chart itself.
	Root *Node
	// Overwritten is what the values say in the parts of configurations in vain, since the chart sets it itself.
	// https://github.com/element-hq/ess-helm/tree/main/charts/matrix-stack/configs
	Overwritten []Overwritten
}

// Overwritten is a key of a part of a configuration that the chart sets itself.
type Overwritten struct {
	Document *Document
	Path     string
	Field    Field
	// By is what the chart sets. What it alone knows is unknown.
	By *Node
}

// At returns the value below a path of keys, or nil.
func (c *Chart) At(path ...string) *Node {
	if c == nil {
		return nil
	}
	return c.Root.At(path...)
}

// MayHave reports whether nothing stands at a path of keys that is seen, and something may where it cannot be seen.
func (c *Chart) MayHave(path ...string) bool {
	n := c.Root
	for _, key := range path {
		next := n.Get(key)
		if next == nil {
			return n != nil && (n.Open || n.Unknown)
		}
		n = next
	}
	return false
}

// Version returns the version of the chart, where the values are in an object that says it, or the unknown version.
func (c *Chart) Version() Version {
	for _, doc := range c.Documents {
		if doc.ChartVersion != "" {
			return ParseVersion(doc.ChartVersion)
		}
	}
	return Version{}
}

// Runs answers whether the chart runs a component. All but hookshot are on by default; that nothing else turns one off is taken for sure where it is given its host.
func (c *Chart) Runs(component string) Answer {
	enabled := c.At(component, "enabled")
	switch {
	case enabled.True() || enabled.False():
		return Known(enabled.True())
	case enabled.IsSet() || component == "hookshot":
		return CannotTell
	case c.At(component, "ingress", "host").IsSet():
		return Yes
	}
	return CannotTell
}
