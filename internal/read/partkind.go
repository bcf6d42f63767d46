package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// outlineOf returns the outline of lines without the indentation that all have.
func outlineOf(lines []string) outline {
	all, _ := indentOf(lines)
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(unindent(line, all) + "\n")
	}
	text := b.String()
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if root, _, _ := readJSON("", offset{}, []byte(text)); root.Kind == model.Map {
			return outlineTree(root)
		}
	}
	return outlineText(text)
}

// kindOfPart returns what a part of a file belongs to by its keys, or "".
func kindOfPart(lines []string) model.DocumentKind {
	o := outlineOf(lines)
	if kind := recognise(o); kind != model.KindOther {
		return kind
	}
	for _, b := range o {
		if slices.Contains(b.children, "image") && slices.ContainsFunc(b.children, isServiceKey) {
			return model.KindCompose
		}
	}
	switch {
	case o.has("experimental_features", "matrix_authentication_service", "oidc_providers", "password_config", "public_baseurl", "listeners",
		"enable_registration", "matrix_rtc", "turn_uris", "registration_shared_secret", "serve_server_wellknown"):
		return model.KindSynapse
	case o.has("upstream_oauth2"), o.has("passwords") && o.below("passwords", "enabled", "schemes"), o.has("matrix") && o.below("matrix", "homeserver"):
		return model.KindMAS
	}
	return ""
}

// isServiceKey reports whether services of compose files mostly have the key.
func isServiceKey(key string) bool {
	return slices.Contains([]string{"container_name", "restart", "volumes", "environment", "env_file", "networks", "ports", "depends_on", "labels",
		"command", "healthcheck", "entrypoint", "expose"}, key)
}

// composeSections returns the keys at the top of a compose file.
func composeSections() []string {
	return []string{"services", "networks", "volumes", "secrets", "configs", "include", "version", "name"}
}
