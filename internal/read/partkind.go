package read

import (
	"regexp"
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
	if isESS(o) {
		return model.KindESS
	}
	services := len(o) > 0
	for _, b := range o {
		if slices.Contains(b.children, "image") && slices.ContainsFunc(b.children, isServiceKey) {
			return model.KindCompose
		}
		services = services && len(b.children) > 0 && !slices.ContainsFunc(b.children, func(key string) bool { return !isServiceKey(key) })
	}
	if services {
		return model.KindCompose
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
	return []string{"services", "networks", "volumes", "secrets", "configs", "include", "version", "name", "models"}
}

// canBePart reports whether a block can be part of a file that only the prose names: guides name files and show a command next, or a few lines of
// one service, without saying which.
func canBePart(kind model.DocumentKind, b block) bool {
	if kind == model.KindEnv {
		return b.language == "env" || b.language == "dotenv" || isVariables(b.lines)
	}
	o := outlineOf(b.lines)
	if kind != model.KindCompose {
		return len(o) > 0 || b.language != "" && b.language != "text" && b.language != "txt"
	}
	for key, section := range o {
		switch {
		case key == "version" || key == "name" || key == "include":
		case len(section.children) == 0, key == "logging", key == "deploy", key == "build":
			return false
		case isServiceKey(key) && !slices.Contains(composeSections(), key):
			return false
		}
	}
	return len(o) > 0
}

// isVariables reports whether lines begin as those of a file of variables do.
func isVariables(lines []string) bool {
	variable := regexp.MustCompile(`^\s*(?:#|$|(?:export\s+)?[\w.-]+\s*=)`)
	return !slices.ContainsFunc(lines, func(line string) bool { return !variable.MatchString(line) })
}

// showsVariants reports whether lines show several ways to write the same, such as what was and what is to be: a key stands there again below a
// comment.
func showsVariants(lines []string) bool {
	all, _ := indentOf(lines)
	key := regexp.MustCompile(`^["']?([\w.-]+)["']?\s*:(?:\s|$)`)
	seen, commented := map[string]bool{}, false
	for _, line := range lines {
		line = unindent(line, all)
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			commented = len(seen) > 0
			continue
		}
		if match := key.FindStringSubmatch(line); match != nil {
			if seen[match[1]] && commented {
				return true
			}
			seen[match[1]] = true
		}
	}
	return false
}
