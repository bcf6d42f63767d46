package read

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// essComponents are the sections that only the values of Element's chart matrix-stack have, and essSections its others.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/values.schema.json
func essComponents() []string {
	return []string{"matrixAuthenticationService", "matrixRTC", "wellKnownDelegation", "elementAdmin", "deploymentMarkers", "matrixTools"}
}

func essSections() []string {
	return []string{"global", "serverName", "labels", "certManager", "image", "ingress", "storage", "tolerations", "topologySpreadConstraints", "priorityClassName",
		"schedulerName", "runtimeClassName", "affinity", "clusterDomain", "networking", "initSecrets", "elementWeb", "haproxy", "hookshot", "postgres", "redis", "synapse"}
}

// notESS are sections that charts with like ones have: those that helm create makes, and those of Element's chart that is sold.
// https://docs.element.io/latest/element-server-suite-pro/
func notESS() []string {
	return []string{"apiVersion", "nameOverride", "fullnameOverride", "fullNameOverride", "replicaCount", "authentication", "dex", "adminBot", "auditBot", "groupSync",
		"advancedIdentityManagement", "matrixContentScanner", "secureBorderGateway", "sygnal", "sipBridge", "synapseAdmin"}
}

// isESS reports whether a document has values for Element's chart: most of its sections are the chart's, and one says that it is this chart.
func isESS(o outline) bool {
	ours := o.count(essComponents()...)
	if all := ours + o.count(essSections()...); 2*all <= len(o) || o.has(notESS()...) {
		return false
	}
	return ours > 0 && (len(o) > 1 || slices.ContainsFunc(essComponents(), func(key string) bool {
		return o.below(key, "enabled", "ingress", "additional", "postgres", "replicas", "image", "resources", "extraEnv", "sfu", "syn2mas")
	})) || o.below("synapse", "additional") || o.below("elementWeb", "additional") && o.has("serverName", "synapse")
}

// essValues is what a document gives Element's chart.
type essValues struct {
	root *yaml.Node
	// at is where the text stands in which the values are a text themselves.
	at offset
	// version is that of the chart, if the document says it; installs, that it has something install the chart.
	version  string
	installs bool
}

// essOf returns the values that a YAML text has for Element's chart: all of it, those of a dependency of the chart that it is for, or those in an object that has
// Flux, Argo CD or k3s install it. It is nil if there are none.
func essOf(root *yaml.Node, text []byte, at offset) *essValues {
	o := outlineYAML(root)
	if charts := yamlAt(root, "helmCharts"); charts != nil { // of Kustomize: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/
		for _, chart := range charts.Content {
			if values := essGiven(yamlText(chart, "name"), yamlAt(chart, "valuesInline"), at); values != nil {
				return values.of(yamlText(chart, "version"))
			}
		}
		return nil
	}
	switch {
	case isESS(o):
		return &essValues{root: root, at: at}
	case !o.has("apiVersion"):
		return essInside(yamlAt(root, "matrix-stack"), at)
	case strings.Contains(string(text), "registry.element.io"): // the one that is sold
		return nil
	case !strings.Contains(string(text), "matrix-stack") && !slices.ContainsFunc(essComponents(), func(key string) bool { return strings.Contains(string(text), key) }):
		return nil
	}
	objects := yamlObjects(text)
	for _, object := range objects {
		if values := essInstalled(object, string(text), at); values != nil {
			values.installs = true
			if values.version == "" {
				values.version = essPinned(object, objects)
			}
			return values
		}
	}
	return nil
}

// essInside returns a map as values, if it is one of Element's chart.
func essInside(n *yaml.Node, at offset) *essValues {
	if n == nil || n.Kind != yaml.MappingNode || !isESS(outlineYAML(n)) {
		return nil
	}
	return &essValues{root: n, at: at}
}

// essInstalled returns the values in an object that installs Element's chart. What installs another chart may have it as a dependency.
//   - HelmRelease of Flux: https://fluxcd.io/flux/components/helm/helmreleases/
//   - Application of Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/helm/
//   - HelmChart of k3s: https://docs.k3s.io/add-ons/helm
//   - ConfigMap that a HelmRelease takes values from: https://fluxcd.io/flux/components/helm/helmreleases/#values-references
func essInstalled(object *yaml.Node, text string, at offset) *essValues {
	spec := yamlAt(object, "spec")
	group, _, _ := strings.Cut(yamlText(object, "apiVersion"), "/")
	switch kind := yamlText(object, "kind"); {
	case kind == "HelmRelease" && group == "helm.toolkit.fluxcd.io":
		return essGiven(yamlText(spec, "chart", "spec", "chart"), yamlAt(spec, "values"), at).of(yamlText(spec, "chart", "spec", "version"))
	case kind == "HelmChart" && group == "helm.cattle.io":
		return essGiven(yamlText(spec, "chart"), yamlInText(yamlAt(spec, "valuesContent"), text, &at), at).of(yamlText(spec, "version"))
	case kind == "ConfigMap":
		return essPacked(yamlAt(object, "data"), text, at)
	case kind == "ApplicationSet" && group == "argoproj.io":
		spec = yamlAt(spec, "template", "spec")
	case kind != "Application" || group != "argoproj.io":
		return nil
	}
	sources := []*yaml.Node{yamlAt(spec, "source")}
	if several := yamlAt(spec, "sources"); several != nil {
		sources = append(sources, several.Content...)
	}
	for _, source := range sources {
		values, at := yamlAt(source, "helm", "valuesObject"), at
		if values == nil {
			values = yamlInText(yamlAt(source, "helm", "values"), text, &at)
		}
		if found := essGiven(yamlText(source, "chart"), values, at); found != nil {
			return found.of(yamlText(source, "targetRevision"))
		}
	}
	return nil
}

// essPacked returns the values that stand as a text in a ConfigMap.
func essPacked(data *yaml.Node, text string, at offset) *essValues {
	var found *essValues
	if data == nil {
		return nil
	}
	eachKey(data, func(_ string, value *yaml.Node) {
		at := at
		if values := essInside(yamlInText(value, text, &at), at); values != nil && found == nil {
			found = values
			found.at = at
		}
	})
	return found
}

// essPinned returns the version of the chart that a HelmRelease takes from an OCIRepository beside it, or "".
// https://fluxcd.io/flux/components/source/ocirepositories/
func essPinned(release *yaml.Node, objects []*yaml.Node) string {
	chart := yamlAt(release, "spec", "chartRef")
	if yamlText(chart, "kind") != "OCIRepository" {
		return ""
	}
	for _, object := range objects {
		if yamlText(object, "kind") == "OCIRepository" && yamlText(object, "metadata", "name") == yamlText(chart, "name") {
			return yamlText(object, "spec", "ref", "tag")
		}
	}
	return ""
}

// of returns the values with the version of the chart that they are for.
func (v *essValues) of(version string) *essValues {
	if v != nil {
		v.version = version
	}
	return v
}

// essGiven returns the values that a chart of that name is given, if it is Element's, or has that as a dependency. A name that is not known is "".
func essGiven(chart string, values *yaml.Node, at offset) *essValues {
	if found := essInside(yamlAt(values, "matrix-stack"), at); found != nil {
		return found
	}
	if name := chart[strings.LastIndexByte(chart, '/')+1:]; name != "" && name != "matrix-stack" {
		return nil
	} else if name != "" && values != nil && values.Kind == yaml.MappingNode {
		return &essValues{root: values, at: at}
	}
	return essInside(values, at)
}

// yamlObjects returns the documents of a YAML text, as far as it parses.
func yamlObjects(text []byte) []*yaml.Node {
	var objects []*yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	for len(objects) < 100 {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			break
		}
		if len(document.Content) > 0 {
			objects = append(objects, document.Content[0])
		}
	}
	return objects
}

// yamlAt returns the value below a path of keys, or nil.
func yamlAt(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		var found *yaml.Node
		if n != nil {
			eachKey(n, func(name string, value *yaml.Node) {
				if name == key {
					found = value
				}
			})
		}
		n = found
	}
	return n
}

// yamlText returns the text below a path of keys, or "".
func yamlText(n *yaml.Node, path ...string) string {
	if found := yamlAt(n, path...); found != nil && found.Kind == yaml.ScalarNode {
		return found.Value
	}
	return ""
}

// yamlInText returns the YAML that stands as a text in another, and moves the offset to where it stands there.
func yamlInText(n *yaml.Node, text string, at *offset) *yaml.Node {
	if n == nil || n.Kind != yaml.ScalarNode {
		return nil
	}
	inside, _, err := yamlDocuments([]byte(n.Value))
	if err != nil {
		return nil
	}
	block := blockAt(text, offset{}.position("", n.Line, n.Column))
	if block.fixed.Line > 0 {
		block.fixed = at.position("", n.Line, n.Column)
	} else {
		block.line, block.column = block.line+at.line, block.column+at.column
	}
	*at = block
	return inside
}
