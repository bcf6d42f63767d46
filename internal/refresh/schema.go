package refresh

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ReadSchema returns the settings of a JSON schema, in JSON or YAML: a.b for a property, a.* for one with a free name, a[] for an item.
func ReadSchema(text []byte) (List, error) {
	var root map[string]any
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	s := &jsonSchema{root: root, list: List{}, within: map[string]bool{}}
	s.schema(root, "")
	if len(s.list) == 0 {
		return nil, fmt.Errorf("read schema: it has no properties")
	}
	return s.list, nil
}

type jsonSchema struct {
	root   map[string]any
	list   List
	within map[string]bool // the references being followed
}

func (s *jsonSchema) schema(value any, path string) {
	schema, ok := value.(map[string]any)
	if !ok {
		return
	}
	if ref, ok := schema["$ref"].(string); ok && !s.within[ref] {
		s.within[ref] = true
		s.schema(s.follow(ref), path)
		delete(s.within, ref)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := schema[keyword].([]any)
		for _, part := range list {
			s.schema(part, path)
		}
	}
	s.schema(schema["items"], path+"[]")
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		s.property(property, path, name)
	}
	if property, ok := schema["additionalProperties"].(map[string]any); ok {
		s.property(property, path, "*")
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for _, property := range patterns {
		s.property(property, path, "*")
	}
}

func (s *jsonSchema) property(schema any, path, name string) {
	path = strings.TrimPrefix(path+"."+name, ".")
	value := s.typeOf(schema, 0)
	if property, ok := schema.(map[string]any); ok {
		if usual, ok := property["default"]; ok {
			if text, err := json.Marshal(usual); err == nil && len(text) <= maxDefault {
				value += " " + string(text)
			}
		}
	}
	if old := s.list["key "+path]; len(old) <= len(value) { // of several arms, the one that says most
		s.list["key "+path] = value
	}
	s.schema(schema, path)
}

// typeOf returns the types that a schema takes, joined by |; any if it does not say.
func (s *jsonSchema) typeOf(value any, depth int) string {
	schema, ok := value.(map[string]any)
	if !ok || depth > 8 {
		return "any"
	}
	var types []string
	switch t := schema["type"].(type) {
	case string:
		types = append(types, t)
	case []any:
		for _, one := range t {
			types = append(types, fmt.Sprint(one))
		}
	}
	if ref, ok := schema["$ref"].(string); ok {
		types = append(types, s.typeOf(s.follow(ref), depth+1))
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := schema[keyword].([]any)
		for _, part := range list {
			types = append(types, s.typeOf(part, depth+1))
		}
	}
	types = strings.Split(strings.Join(types, "|"), "|")
	slices.Sort(types)
	types = slices.DeleteFunc(slices.Compact(types), func(t string) bool { return t == "" || t == "any" })
	if len(types) == 0 {
		return "any"
	}
	return strings.Join(types, "|")
}

func (s *jsonSchema) follow(ref string) any {
	var value any = s.root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		inner, _ := value.(map[string]any)
		value = inner[part]
	}
	return value
}
