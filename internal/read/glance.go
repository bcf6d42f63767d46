package read

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// telling returns words of which a YAML document that [recognise] knows has one, and those of which one of MAS has two. A repository has thousands of
// files with none, and parsing these takes longer than all the rest.
func telling() (one, two []string) {
	return []string{"services", "sops", "creation_rules", "as_token", "hs_token", "appservice", "identity_providers", "authentication_backend", "access_control",
			"notifier", "realm", "entries", "worker_app", "server_name", "m.homeserver", "m.server", "contacts", "support_page", "callbackURLs", "handlers", "loggers",
			"formatters", "default_server", "default_hs_url", "brand", "rtc", "entryPoints", "entrypoints", "certificatesResolvers", "providers", "routers",
			"middlewares", "serversTransports", "certificates", "options", "stores", "matrix-stack", "matrixAuthenticationService", "matrixRTC", "wellKnownDelegation",
			"elementAdmin", "elementWeb", "deploymentMarkers", "matrixTools", "additional:"},
		[]string{"upstream_oauth2", "clients", "policy", "http", "matrix", "secrets"}
}

// isUntelling reports whether a YAML file is surely none that is recognised: neither its name nor a word in it says so.
func isUntelling(name, text string) bool {
	base := strings.ToLower(stripTemplate(baseName(name)))
	stem := strings.TrimSuffix(base, path.Ext(base))
	if composeName(name) || isEnv(name) || stem == "homeserver" || strings.HasPrefix(stem, "mas") || strings.Contains(text, `\`) { // a key may be written with escapes
		return false
	}
	one, two := telling()
	for _, word := range one {
		if strings.Contains(text, word) {
			return false
		}
	}
	found := 0
	for _, word := range two {
		if strings.Contains(text, word) {
			found++
		}
	}
	return found < 2
}

// glance reads a file as load does, but leaves out the document of one that nobody recognises: it is read when something mounts it.
func (r *reader) glance(name string) loaded {
	ext := extension(name)
	if ext != ".yaml" && ext != ".yml" || r.sizes[name] > maxFile {
		return r.load(name)
	}
	text, err := r.content(name, maxFile)
	if err != nil || text == nil {
		return r.load(name)
	}
	l := loaded{isUntelling: true}
	if _, isText := encoding(name, text, true); !isText || !isUntelling(name, string(text)) {
		l = r.loadText(name, text)
	}
	l.mayInstall = slices.ContainsFunc(installing(), func(word string) bool { return bytes.Contains(text, []byte(word)) })
	l.speaksOfChart = l.mayInstall && bytes.Contains(text, []byte("matrix-stack"))
	return l
}

// installing returns words of which a YAML file has one in which an object installs a chart, or has what such an object refers to. That of a Helmfile stands in many other files.
func installing() []string {
	return []string{"helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io", "helm.cattle.io", "argoproj.io", "ConfigMap", "configMapGenerator", "helmCharts", "releases:"}
}
