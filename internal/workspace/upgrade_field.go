package workspace

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upgrade"
)

// imageFields returns the fields of a stack that have the image of a move: one, or more if several services have one each.
func imageFields(m *upgrade.Move, written *model.Node) [][]string {
	var all [][]string
	for _, service := range m.Services {
		field := imageField(m.Product, service)
		if server := []string{"databases", "servers", strings.TrimSuffix(service, "-databases"), "image"}; m.Product == "postgres" && written.At(server...) != nil {
			field = server
		}
		if !slices.ContainsFunc(all, func(other []string) bool { return slices.Equal(other, field) }) {
			all = append(all, field)
		}
	}
	return all
}

// imageField returns the field of a stack that has the image of a service.
func imageField(product, service string) []string {
	if name, isBridge := strings.CutPrefix(service, "bridge-"); isBridge {
		return []string{"bridges", name, "image"}
	}
	switch product {
	case "element-admin":
		return []string{"administration", "image"}
	case "prometheus", "grafana", "alertmanager":
		return []string{"metrics", product + "Image"}
	case "postgres-exporter":
		return []string{"metrics", "exporterImage"}
	case "pocket-id":
		return []string{"images", "pocketID"}
	case "lk-jwt":
		return []string{"images", "lkJWT"}
	case "element-call":
		return []string{"images", "elementCall"}
	case "nginx":
		if service == "nginx" {
			return []string{"images", "nginxProxy"}
		}
	}
	return []string{"images", product}
}

// asLine returns a field with a value as one line of a stack.
func asLine(field []string, key, value string) string {
	var words []string
	for _, word := range append(slices.Clone(field), key) {
		if strings.Contains(word, "-") {
			word = `"` + word + `"`
		}
		words = append(words, word+": ")
	}
	return strings.Join(words, "") + value
}
