package adopt

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// Names of the documents of a stack that a cluster runs.
const (
	clusterFolder = "kubernetes/"
	valuesName    = clusterFolder + "values.yaml"
)

// chartNames are what the documents of products are called in a cluster, by their names with Compose.
func chartNames() map[string]string {
	return map[string]string{masName: clusterFolder + "mas.yaml", synapseName: clusterFolder + "synapse.yaml", elementName: clusterFolder + "element.json",
		livekitName: clusterFolder + "livekit.yaml", clientName: clusterFolder + "well-known/client", serverName: clusterFolder + "well-known/server", supportName: clusterFolder + "well-known/support"}
}

// isCharted reports whether Element's chart runs the deployment.
func (o *Old) isCharted() bool { return o.Given.Chart != nil }

// chart returns one of the values of the chart.
func (o *Old) chart(path ...string) *model.Node { return o.Given.Chart.At(path...) }

// chartDocuments returns what the products read in a cluster, without what the chart says itself, and the values.
func (o *Old) chartDocuments() []*model.Document {
	to := &Old{Files: &model.Files{}}
	d := o.Given
	if d.MAS != nil {
		to.add(masName, model.YAML, o.unescaped(d.MAS.Root), "mas.#Config")
	}
	if d.Synapse != nil {
		to.add(synapseName, model.YAML, o.unescaped(d.Synapse.Root), "synapse.#Config")
	}
	if d.Element != nil {
		to.add(elementName, model.JSON, o.unescaped(d.Element.Root), "element.#Config")
	}
	for _, kind := range []struct {
		kind model.DocumentKind
		name string
	}{{model.KindLiveKit, livekitName}, {model.KindWellKnownClient, clientName}, {model.KindWellKnownServer, serverName}, {model.KindWellKnownSupport, supportName}} {
		if doc := o.chartPart(kind.kind); doc != nil {
			to.add(kind.name, doc.Format, o.unescaped(doc.Root), kind.kind.Upstream())
		}
	}
	to.add(valuesName, model.YAML, o.cleaned(o.chart()), "ess.#Values")
	return to.Files.Documents
}

// unescaped returns a copy of a part of a configuration as a product reads it: a build writes what looks like a variable of the chart so that it is none.
func (o *Old) unescaped(root *model.Node) *model.Node {
	return clone(o.cleaned(root), func(n *model.Node) *model.Node {
		if o.Generated && !n.ByChart && n.Kind == model.String {
			n.Text, n.Unknown = strings.ReplaceAll(n.Text, `\${`, "${"), false
		}
		return n
	})
}

// chartPart returns the one document of a kind in the values, or else the one beside them; nil if there are several.
func (o *Old) chartPart(kind model.DocumentKind) *model.Document {
	var inside, beside *model.Document
	for _, doc := range o.Given.Documents {
		switch {
		case doc.Kind != kind || doc.Root == nil || doc.Root.Kind != model.Map:
		case doc.Inside == nil:
			beside = doc
		case inside != nil:
			return nil
		default:
			inside = doc
		}
	}
	if inside != nil {
		return inside
	}
	return beside
}

// inCluster returns a document under the name that it has in a cluster, with what it says itself.
func (o *Old) inCluster(doc *model.Document) *model.Document {
	c := *doc
	if name := chartNames()[doc.Name]; name != "" {
		c.Name = name
	}
	c.Root = withoutChart(doc.Root)
	if doc.Name == valuesName {
		c.Root = o.ownValues()
	}
	return &c
}

// withoutChart returns what a document says itself, without what the chart lays on top; nil if that is nothing.
func withoutChart(n *model.Node) *model.Node {
	switch {
	case n == nil || n.ByChart:
		return nil
	case n.Kind != model.Map || len(n.Fields) == 0:
		return n
	}
	c := *n
	c.Fields = nil
	for _, f := range n.Fields {
		if f.Value = withoutChart(f.Value); f.Value != nil {
			c.Fields = append(c.Fields, f)
		}
	}
	if len(c.Fields) == 0 {
		return nil
	}
	return &c
}

// beside returns a file of the folder in which the values are, as a tree; nil if there is none.
func (o *Old) beside(name string) *model.Node {
	content := o.written(path.Join(o.Given.Name, name))
	if content == "" {
		return nil
	}
	if doc := read.Generated(name, "", []byte(content)); doc != nil {
		return doc.Root
	}
	return nil
}

// readme returns the page of a build.
func (o *Old) readme() string {
	if !o.Generated || o.Given.Name == "." {
		return ""
	}
	return o.written(path.Join(path.Dir(o.Given.Name), "README.md"))
}

// addChartRaw adds the overrides to a stack that a cluster runs.
func (o *Old) addChartRaw(stack *model.Node, compiled *model.Files) {
	override := mapping()
	for _, section := range rawSections() {
		derived := compiled.Document(chartNames()[section[0]])
		if derived == nil || o.document(section[0]) == nil {
			continue
		}
		said := withoutChart(o.readBy(section[0]))
		if o.Generated && section[0] == masName {
			said = without(said, "secrets") // the old keys, which a field has
		}
		if n := o.overrides(said, derived.Root); n != nil {
			set(override, section[1], n)
		}
	}
	if derived := compiled.Document(valuesName); derived != nil {
		if n := o.overrides(o.ownValues(), derived.Root); n != nil {
			set(override, "chart", n)
		}
	}
	if len(override.Fields) > 0 {
		set(stack, "override", override)
	}
}

// ownValues returns the values without those that are documents of their own, and without secrets.
func (o *Old) ownValues() *model.Node {
	root := o.document(valuesName)
	for _, component := range [][]string{{"synapse"}, {"matrixAuthenticationService"}, {"elementWeb"}, {"matrixRTC", "sfu"}, {"wellKnownDelegation"}} {
		at := append(component, "additional")
		for _, f := range root.At(at...).Entries() {
			if f.Value.Kind == model.String || f.Value.Get("config") != nil {
				root = without(root, append(at[:len(at):len(at)], f.Key)...)
			}
		}
	}
	if o.Generated {
		return root
	}
	return o.withoutValues("", root)
}

// withoutValues returns values without secrets in clear: a stack is committed. Where a Secret is only named, its name stays.
func (o *Old) withoutValues(above string, n *model.Node) *model.Node {
	if n == nil || n.Kind != model.Map {
		return n
	}
	c := *n
	c.Fields = nil
	for _, f := range n.Fields {
		at := strings.TrimPrefix(above+"."+f.Key, ".")
		if f.Key == "value" && n.Get("name") == nil {
			o.note(Note{Weight: Step, Subject: at, Position: f.Value.Position, Message: "it holds a secret, and a stack is committed: it was not taken over",
				Hint: "give it to the stack by matrixgen secrets set"})
			continue
		}
		f.Value = o.withoutValues(at, f.Value)
		c.Fields = append(c.Fields, f)
	}
	return &c
}
