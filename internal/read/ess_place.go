package read

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// essPlace is an object that says something of a chart, and where.
type essPlace struct {
	object essObject
	file   string
	// values is what the document with its values is called; "" if it has none. sure says that they are for Element's chart.
	values string
	sure   bool
}

// essPlaces returns the objects of the tree that may say something of Element's chart, in the order of the files. There are none if no file speaks of the chart.
func (r *reader) essPlaces() []essPlace {
	var all []essPlace
	if !slices.ContainsFunc(r.names, func(name string) bool { return r.files[name].speaksOfChart() }) {
		return nil
	}
	for _, name := range r.names {
		if f := r.files[name]; f == nil || !f.mayInstall {
			continue
		}
		text := r.text(name)
		root, _, err := yamlDocuments([]byte(text))
		if err != nil || hasMapAsKey(root, 0) {
			text = placeholder.Mask(text)
			root, _, err = yamlDocuments([]byte(text))
		}
		if err != nil || strings.Contains(text, "registry.element.io") {
			continue
		}
		first, parts, tooMany := true, 0, false
		for i, v := range essAll(root, text) {
			at := essPlace{object: v.object, file: name, sure: v.sure}
			switch {
			case v.root == nil:
			case v.sure && first && r.files[name].is(model.KindESS):
				at.values, first = name, false
			case r.sizes[name] <= maxSmall && (!v.sure || parts < maxParts):
				at.values = name + "#" + strconv.Itoa(i+1)
				if v.sure {
					parts++
				}
			case v.sure && !tooMany:
				r.findings, tooMany = append(r.findings, said(name, "this file has values for more releases of a chart than are checked: put some of them into other files")...), true
			}
			all = append(all, at)
		}
		all = append(all, r.essGenerated(name)...)
	}
	return all
}

// essGenerated returns the ConfigMaps that Kustomize makes of files.
// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/
func (r *reader) essGenerated(name string) []essPlace {
	root, _, err := yamlDocuments([]byte(r.text(name)))
	if err != nil || yamlAt(root, "configMapGenerator") == nil {
		return nil
	}
	var all []essPlace
	for _, made := range yamlAt(root, "configMapGenerator").Content {
		o := essObject{kind: "ConfigMap", name: yamlText(made, "name"), namespace: yamlText(made, "namespace")}
		if o.namespace == "" {
			o.namespace = yamlText(root, "namespace")
		}
		files := yamlAt(made, "files")
		if files == nil {
			continue
		}
		for _, file := range files.Content {
			key, source, named := strings.Cut(file.Value, "=")
			if !named {
				key, source = path.Base(file.Value), file.Value
			}
			o.key = key
			if source = path.Join(path.Dir(name), source); r.files[source] != nil {
				all = append(all, essPlace{object: o, file: name, values: source, sure: r.files[source].is(model.KindESS)})
			}
		}
	}
	return all
}

// partOf returns the file and the number in the name of a part of it, or 0 if the name is that of a file.
func (r *reader) partOf(name string) (file string, part int) {
	if _, exists := r.sizes[name]; exists {
		return name, 0
	}
	file, number, found := strings.Cut(name, "#")
	if part, err := strconv.Atoi(number); found && err == nil && r.files[file] != nil {
		return file, part
	}
	return name, 0
}

// essPart returns the values in a file of several.
func (r *reader) essPart(name string, part int) *model.Document {
	text, err := r.content(name, maxFile)
	if err != nil || text == nil {
		return nil
	}
	return r.loadWith(&parser{part: part}, name, text).doc
}

// fileOf returns the name of a document without the number of a part of it.
func fileOf(name string) string {
	if file, number, found := strings.Cut(name, "#"); found {
		if _, err := strconv.Atoi(number); err == nil {
			return file
		}
	}
	return name
}
