package read

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// essValues is what a YAML text may give Element's chart: all of it, or what one of its objects has.
type essValues struct {
	// root is nil where an object has no values itself.
	root *yaml.Node
	// text is the value in which the values stand as a text, or nil; at is where they stand.
	text *yaml.Node
	at   offset
	// sure says that they are for this chart.
	sure   bool
	object essObject
}

// essObject is what an object says of a chart. Its kind is "" for values that stand in none.
type essObject struct {
	kind, namespace, name string
	// key is that of a text in a ConfigMap, or of the second values of an object.
	key string
	// chart and version are those that it installs or describes, where it says so itself; chartRef is the object that says so.
	chart, version string
	chartRef       essRef
	// below are what the object's own values are laid over, in order, and above what is laid over them.
	below, above []essRef
	// aside are files that have values of another kind.
	aside []essRef
	// isPatch says that it stands in a kustomization, as what is laid over one of its name.
	isPatch bool
}

// essRef names an object, or a file of the tree. It is empty for what nobody can see.
type essRef struct {
	kind, namespace, name, key, file string
	// optional says that there may be no such object.
	optional bool
}

// essOf returns the values that a YAML text has for Element's chart, or nil if there are none. It is the part of that number, counted from 1, or the first that is
// surely for the chart.
func essOf(root *yaml.Node, text string, at offset, part int) *essValues {
	if part == 0 && outlineYAML(root).has("apiVersion") && !speaksOfESS(text) {
		return nil
	}
	for i, values := range essAll(root, text) {
		if values.root == nil || part != i+1 && (part != 0 || !values.sure) {
			continue
		}
		values.at = at
		if values.text != nil {
			values.at = textAt(values.text, text, at)
		}
		return &values
	}
	return nil
}

// speaksOfESS reports whether a text may be about Element's chart: not if it names the registry of the one that is sold.
func speaksOfESS(text string) bool {
	return !strings.Contains(text, "registry.element.io") && (strings.Contains(text, "matrix-stack") ||
		slices.ContainsFunc(essComponents(), func(key string) bool { return strings.Contains(text, key) }))
}

// essAll returns what a YAML text may give a chart: the text itself, or what stands in its objects.
func essAll(root *yaml.Node, text string) []essValues {
	var all []essValues
	charts, patches, helmfile := yamlItems(root, "helmCharts"), essPatches(root), essHelmfile(text)
	switch {
	case len(helmfile) > 0:
		return helmfile
	case len(charts) > 0 || len(patches) > 0:
		for _, chart := range charts {
			all = append(all, essKustomized(chart))
		}
		all = append(all, patches...)
	case root.Kind == yaml.MappingNode && yamlAt(root, "apiVersion") == nil:
		all = append(all, essObject{}.given(root))
	default:
		for _, object := range yamlObjects([]byte(text)) {
			all = append(all, essIn(object)...)
		}
	}
	return all
}

// essIn returns what an object may give a chart.
//   - HelmRelease of Flux: https://fluxcd.io/flux/components/helm/helmreleases/
//   - OCIRepository and HelmChart of Flux: https://fluxcd.io/flux/components/source/ocirepositories/
//   - Application of Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/helm/
//   - HelmChart and HelmChartConfig of k3s: https://docs.k3s.io/add-ons/helm
func essIn(object *yaml.Node) []essValues {
	spec := yamlAt(object, "spec")
	group, _, _ := strings.Cut(yamlText(object, "apiVersion"), "/")
	o := essObject{kind: yamlText(object, "kind"), namespace: yamlText(object, "metadata", "namespace"), name: yamlText(object, "metadata", "name")}
	switch o.kind + " " + group {
	case "HelmRelease helm.toolkit.fluxcd.io":
		o.chart, o.version = yamlText(spec, "chart", "spec", "chart"), yamlText(spec, "chart", "spec", "version")
		o.chartRef = essRef{kind: yamlText(spec, "chartRef", "kind"), namespace: yamlText(spec, "chartRef", "namespace"), name: yamlText(spec, "chartRef", "name")}
		o.below = essFrom(yamlAt(spec, "valuesFrom"), o.namespace)
		return []essValues{o.given(yamlAt(spec, "values"))}
	case "OCIRepository source.toolkit.fluxcd.io":
		o.chart, o.version = yamlText(spec, "url"), yamlText(spec, "ref", "tag")
		return []essValues{{object: o}}
	case "HelmChart source.toolkit.fluxcd.io":
		o.chart, o.version = yamlText(spec, "chart"), yamlText(spec, "version")
		return []essValues{{object: o}}
	case "HelmChart helm.cattle.io":
		o.chart, o.version = yamlText(spec, "chart"), yamlText(spec, "version")
		all := essOfK3s(o, spec)
		all[0].object.above = append(all[0].object.above, essRef{kind: "HelmChartConfig", namespace: o.namespace, name: o.name, optional: true})
		if yamlAt(spec, "set") != nil {
			all[0].object.above = append(all[0].object.above, essRef{})
		}
		return all
	case "HelmChartConfig helm.cattle.io":
		return essOfK3s(o, spec)
	case "ConfigMap v1":
		return essPacked(o, yamlAt(object, "data"))
	case "ApplicationSet argoproj.io":
		return essApplied(o, yamlAt(spec, "template", "spec"))
	case "Application argoproj.io":
		return essApplied(o, spec)
	}
	return nil
}

// essOfK3s returns the values of a HelmChart or a HelmChartConfig: over the text lie those that stand there as they are, and over these what is in Secrets.
// https://github.com/k3s-io/helm-controller/blob/master/pkg/controllers/chart/chart.go
func essOfK3s(o essObject, spec *yaml.Node) []essValues {
	all := []essValues{o.quoted(yamlAt(spec, "valuesContent"))}
	if values := yamlAt(spec, "values"); values != nil {
		over := o
		over.key = "values"
		all = append(all, over.given(values))
		all[0].object.above = append(all[0].object.above, essRef{kind: o.kind, namespace: o.namespace, name: o.name, key: over.key})
	}
	if yamlAt(spec, "valuesSecrets") != nil {
		all[0].object.above = append(all[0].object.above, essRef{})
	}
	return all
}

// essFrom returns where a HelmRelease takes values from. What it puts at a place of its own cannot be seen.
// https://fluxcd.io/flux/components/helm/helmreleases/#values-references
func essFrom(list *yaml.Node, namespace string) []essRef {
	var refs []essRef
	if list == nil {
		return nil
	}
	for _, item := range list.Content {
		ref := essRef{kind: yamlText(item, "kind"), namespace: namespace, name: yamlText(item, "name"), key: yamlText(item, "valuesKey")}
		if ref.key == "" {
			ref.key = "values.yaml"
		}
		if ref.kind != "ConfigMap" || yamlAt(item, "targetPath") != nil {
			ref = essRef{}
		}
		refs = append(refs, ref)
	}
	return refs
}

// essPacked returns what stands as texts in a ConfigMap.
func essPacked(o essObject, data *yaml.Node) []essValues {
	var all []essValues
	if data != nil {
		eachKey(data, func(key string, value *yaml.Node) {
			o := o
			o.key = key
			all = append(all, o.quoted(value))
		})
	}
	return all
}

// essApplied returns what the sources of an Application of Argo CD give charts.
// https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/
func essApplied(o essObject, spec *yaml.Node) []essValues {
	sources := []*yaml.Node{yamlAt(spec, "source")}
	if several := yamlAt(spec, "sources"); several != nil {
		sources = several.Content
	}
	var all []essValues
	for _, source := range sources {
		o, helm := o, yamlAt(source, "helm")
		o.chart, o.version = yamlText(source, "chart"), yamlText(source, "targetRevision")
		if o.chart == "" {
			o.version = "" // that of a repository
		}
		if files := yamlAt(helm, "valueFiles"); files != nil {
			for _, file := range files.Content {
				o.below = append(o.below, essFile(file.Value, source))
			}
		}
		for _, key := range []string{"parameters", "fileParameters"} {
			if given := yamlAt(helm, key); given != nil && len(given.Content) > 0 {
				o.above = []essRef{{}}
			}
		}
		if values := yamlAt(helm, "valuesObject"); values != nil {
			all = append(all, o.given(values))
		} else {
			all = append(all, o.quoted(yamlAt(helm, "values")))
		}
	}
	return all
}

// essFile returns a file that Argo CD gives a chart. One behind the name of another source lies in the repository of that, and others beside the chart.
func essFile(name string, source *yaml.Node) essRef {
	if strings.Contains(name, "://") {
		return essRef{}
	}
	if _, inside, found := strings.Cut(name, "/"); found && strings.HasPrefix(name, "$") {
		return essRef{file: path.Clean(inside)}
	}
	if folder := yamlText(source, "path"); folder != "" && !path.IsAbs(name) {
		return essRef{file: path.Join(folder, name)}
	}
	return essRef{}
}

// essKustomized returns what Kustomize gives a chart. The text of valuesInline is laid over valuesFile, or under it, or stands in its place.
// https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_
func essKustomized(chart *yaml.Node) essValues {
	o := essObject{kind: "helmCharts", name: yamlText(chart, "releaseName"), namespace: yamlText(chart, "namespace"), chart: yamlText(chart, "name"), version: yamlText(chart, "version")}
	file, inline := yamlText(chart, "valuesFile"), yamlAt(chart, "valuesInline")
	switch merge := yamlText(chart, "valuesMerge"); {
	case file == "" || inline != nil && merge == "replace":
	case merge == "merge":
		o.above = append(o.above, essRef{kind: "file", file: file})
	default:
		o.below = append(o.below, essRef{kind: "file", file: file})
	}
	if more := yamlAt(chart, "additionalValuesFiles"); more != nil {
		for _, name := range more.Content {
			o.above = append(o.above, essRef{kind: "file", file: name.Value})
		}
	}
	return o.given(inline)
}

// given returns the values that the object gives its chart, if that is Element's, or has it as a dependency. A chart that is not known is told by the values.
func (o essObject) given(values *yaml.Node) essValues {
	v := essValues{object: o}
	inside := yamlAt(values, "matrix-stack")
	switch name := chartName(o.chart); {
	case isESSNode(inside):
		v.root, v.sure = inside, true
	case values != nil && values.Kind != yaml.MappingNode:
	case name == "":
		v.root, v.sure = values, isESSNode(values)
	default:
		v.root, v.sure = values, name == "matrix-stack"
	}
	return v
}

// quoted is given for values that stand as a text.
func (o essObject) quoted(text *yaml.Node) essValues {
	v := o.given(yamlInText(text))
	v.text = text
	return v
}

// chartName returns the name of a chart in its address.
func chartName(chart string) string { return chart[strings.LastIndexByte(chart, '/')+1:] }

// isESSNode reports whether a map has values for Element's chart.
func isESSNode(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.MappingNode && isESS(outlineYAML(n))
}
