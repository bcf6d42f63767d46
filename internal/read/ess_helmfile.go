package read

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// essHelmfile returns what a Helmfile gives Element's chart, or nil if the text is none with a release of it. Values are laid over each other in their order, over
// them what is encrypted, and then single values. Where the name of the environment is in that of a file, each environment is a release of its own.
// https://helmfile.readthedocs.io/en/stable/values-and-merging/
func essHelmfile(text string) []essValues {
	if !strings.Contains(text, "releases:") || !strings.Contains(text, "matrix-stack") {
		return nil
	}
	var all []essValues
	h := &helmfile{environment: regexp.MustCompile(`\{\{-?\s*\.Environment\.Name\s*-?\}\}`)}
	objects := yamlObjects([]byte(text))
	for _, object := range objects {
		h.read(object)
	}
	for _, object := range objects {
		for _, release := range yamlItems(object, "releases") {
			if chartName(placeholder.Unmask(yamlText(release, "chart"))) == "matrix-stack" {
				h.releases++
				all = append(all, h.release(release)...)
			}
		}
	}
	return all
}

// helmfile is what a Helmfile says of its environments.
type helmfile struct {
	environment *regexp.Regexp
	names       []string
	// ofTemplates are the files with values for the Helmfile itself: charts do not get them.
	ofTemplates []essRef
	// isOpen says that there may be more environments.
	isOpen   bool
	releases int
}

// read takes in a document of a Helmfile.
func (h *helmfile) read(object *yaml.Node) {
	h.isOpen = h.isOpen || len(yamlItems(object, "bases")) > 0
	lists := yamlItems(object, "values")
	if environments := yamlAt(object, "environments"); environments != nil {
		eachKey(environments, func(name string, of *yaml.Node) {
			if h.isOpen = h.isOpen || placeholder.In(placeholder.Unmask(name)); !slices.Contains(h.names, name) {
				h.names = append(h.names, name)
			}
			lists = slices.Concat(lists, yamlItems(of, "values"), yamlItems(of, "secrets"))
		})
	}
	for _, item := range lists {
		if item.Kind == yaml.ScalarNode {
			h.ofTemplates = append(h.ofTemplates, essRef{kind: "file", file: placeholder.Unmask(item.Value)})
		}
	}
}

// release returns what a release gives the chart: for each environment, if these differ, and what stands in the Helmfile itself.
func (h *helmfile) release(release *yaml.Node) []essValues {
	o := essObject{kind: "helmfile", namespace: yamlText(release, "namespace"), name: yamlText(release, "name"), chart: placeholder.Unmask(yamlText(release, "chart")),
		version: yamlText(release, "version"), aside: h.ofTemplates}
	if placeholder.In(placeholder.Unmask(o.version)) {
		o.version = ""
	}
	var inside []essValues
	var layers []essRef
	if yamlAt(release, "inherit") != nil || yamlAt(release, "<<") != nil || yamlAt(release, "valuesPathPrefix") != nil {
		layers = append(layers, essRef{})
	}
	for i, item := range yamlItems(release, "values") {
		switch item.Kind {
		case yaml.ScalarNode:
			layers = append(layers, essRef{kind: "file", file: placeholder.Unmask(item.Value)})
		case yaml.MappingNode:
			part := essObject{kind: "values of helmfile", name: o.name, key: strconv.Itoa(h.releases) + "/" + strconv.Itoa(i), chart: o.chart, version: o.version}
			inside = append(inside, part.given(item))
			layers = append(layers, essRef{kind: part.kind, name: part.name, key: part.key})
		default:
			layers = append(layers, essRef{})
		}
	}
	for _, key := range []string{"secrets", "set", "setString", "env", "valuesTemplate", "setTemplate"} {
		if yamlAt(release, key) != nil {
			layers = append(layers, essRef{})
		}
	}
	if !slices.ContainsFunc(layers, func(ref essRef) bool { return h.environment.MatchString(ref.file) }) {
		return append([]essValues{{object: h.with(o, layers, "")}}, inside...)
	}
	var all []essValues
	if len(h.names) > maxParts {
		h.names, h.isOpen = nil, true
	}
	for _, name := range h.names {
		all = append(all, essValues{object: h.with(o, layers, name)})
	}
	if len(h.names) == 0 || h.isOpen {
		all = append(all, essValues{object: h.with(o, layers, "")})
	}
	return append(all, inside...)
}

// with returns the release in an environment, or in one that has no name here. What the name of a file is cannot be seen if it is rendered in another way.
func (h *helmfile) with(o essObject, layers []essRef, environment string) essObject {
	for _, ref := range layers {
		if environment != "" {
			ref.file = h.environment.ReplaceAllLiteralString(ref.file, environment)
		}
		if placeholder.In(ref.file) || strings.ContainsAny(ref.file, "*?[") || strings.Contains(ref.file, "::") || path.IsAbs(ref.file) {
			ref = essRef{}
		}
		o.below = append(o.below, ref)
	}
	return o
}

// isOfHelmfile reports whether the object stands in a Helmfile, which is rendered itself.
func (o essObject) isOfHelmfile() bool { return o.kind == "helmfile" || o.kind == "values of helmfile" }
