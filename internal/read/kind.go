package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// recognise returns what a document is by its keys.
func recognise(o outline) model.DocumentKind {
	switch {
	case o["services"] != nil && composeServices(o):
		return model.KindCompose
	case o.has("sops") && (o.below("sops", "mac", "version", "age", "pgp", "kms")):
		return model.KindSOPS
	case o.has("creation_rules"):
		return model.KindSOPSRules
	case o.has("as_token", "hs_token") && o.count("id", "url", "as_token", "hs_token", "sender_localpart", "namespaces") >= 3:
		return model.KindAppService
	case o.below("homeserver", "domain", "address") && o.below("appservice", "as_token", "hs_token", "address", "port"):
		return model.KindBridge
	case o.below("identity_providers", "oidc"), o.count("authentication_backend", "access_control", "session", "notifier", "storage") >= 3:
		return model.KindAuthelia
	case o.has("realm") && o.has("clients") && !o.has("http", "matrix"):
		return model.KindKeycloak
	case o.has("entries") && o.has("version", "metadata", "context") && !o.has("services"):
		return model.KindAuthentik
	case o.has("apiVersion") && o.has("kind"):
		return model.KindOther // Kubernetes
	case o.has("worker_app") && o["worker_app"].text != "synapse.app.homeserver": // that one is the main process
		return model.KindSynapseWorker
	case o.has("server_name") && (o.count(synapseKeys()...) > 1 || o.has(synapseKeys()...) && len(o) <= 5) && !isOfAnother(o): // others have a server name, too
		return model.KindSynapse
	case masSections(o) >= 2 && !o.has("services", "jobs", "on") && !foreignHTTP(o):
		return model.KindMAS
	case o.has("m.homeserver") && !o.has(elementKeys()...) && !o.has("default_server_config", "default_server_name", "default_hs_url"):
		return model.KindWellKnownClient
	case o.has("m.server"):
		return model.KindWellKnownServer
	case o.has("contacts", "support_page") && o.count("contacts", "support_page") == len(o):
		return model.KindWellKnownSupport
	case o.has("callbackURLs"):
		return model.KindPocketIDClient
	case o.has("version") && o.count("handlers", "loggers", "root", "formatters") >= 2:
		return model.KindSynapseLog
	}
	return recogniseRest(o)
}

// recogniseRest is the second half of recognise: Element, LiveKit and Traefik.
func recogniseRest(o outline) model.DocumentKind {
	switch {
	case o.has("default_server_config", "default_server_name", "default_hs_url"), o.has("brand") && o.has(elementKeys()...):
		if o.below("livekit", "livekit_service_url") || o.has("livekit", "matrix_rtc_session", "media_devices", "app_prompt") && !o.has(elementKeys()...) {
			return model.KindElementCall
		}
		return model.KindElement
	case o.has("rtc") && o.has("port", "keys", "key_file", "redis", "turn", "room", "bind_addresses"):
		return model.KindLiveKit
	case o.has("entryPoints", "entrypoints", "certificatesResolvers"), o.has("providers") && o.below("providers", "docker", "file", "swarm"):
		return model.KindTraefikStatic
	case o.below("http", "routers", "services", "middlewares", "serversTransports"), o.below("tcp", "routers", "services"),
		o.below("tls", "certificates", "options", "stores"):
		return model.KindTraefikDynamic
	}
	return model.KindOther
}

// isOfAnother reports whether a document that has a server name is that of a client, such as a bot, or has the database of another program and nothing else.
func isOfAnother(o outline) bool {
	alone := o.count(synapseKeys()...) == 1 && o["database"] != nil && len(o["database"].children) > 0 && !o.below("database", "name", "args")
	return alone || o.has("homeserver", "homeserver_url", "user_id", "access_token", "device_id")
}

// masSections returns how many sections a document has that are those of MAS. Other programs have http and matrix, too, and other keys below them.
func masSections(o outline) int {
	n := o.count("upstream_oauth2", "clients", "policy")
	for key, keys := range map[string][]string{
		"http":    {"listeners", "public_base", "issuer", "trusted_proxies"},
		"matrix":  {"homeserver", "endpoint", "secret", "secret_file", "kind"},
		"secrets": {"encryption", "encryption_file", "keys", "keys_dir"},
	} {
		if o[key] != nil && (len(o[key].children) == 0 || o.below(key, keys...)) {
			n++
		}
	}
	return n
}

// foreignHTTP reports whether a document has a section http or matrix with keys, and none of those of MAS.
func foreignHTTP(o outline) bool {
	isForeign := func(key string, keys ...string) bool {
		return o[key] != nil && len(o[key].children) > 0 && !o.below(key, keys...)
	}
	return isForeign("matrix", "homeserver", "endpoint", "secret", "secret_file", "kind") ||
		isForeign("http", "listeners", "public_base", "issuer", "trusted_proxies") && !o.has("matrix", "upstream_oauth2")
}

// kindOfName returns what a document is that no key tells, by the name that the product's own documentation gives its file, and a key of it.
func kindOfName(name string, o outline) model.DocumentKind {
	base := strings.ToLower(stripTemplate(baseName(name)))
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch {
	case path.Ext(base) != ".yaml" && path.Ext(base) != ".yml":
	case o.has("apiVersion", "kind", "image", "replicaCount", "ingress", "services", "tasks", "hosts", "roles", "jobs", "on"): // charts, playbooks, pipelines
	case stem == "homeserver" && o.has(append(synapseKeys(), "server_name")...):
		return model.KindSynapse
	case (stem == "mas-config" || stem == "mas_config" || stem == "mas.config") && o.has("http", "database", "matrix", "secrets", "passwords", "email",
		"account", "upstream_oauth2", "clients", "policy"):
		return model.KindMAS
	}
	return model.KindOther
}

// composeServices reports whether a member of services is a service of Compose.
func composeServices(o outline) bool {
	return slices.ContainsFunc(o["services"].grandchildren, func(key string) bool { return key == "image" || key == "build" || key == "extends" })
}

func synapseKeys() []string {
	return []string{"listeners", "database", "databases", "pid_file", "report_stats", "signing_key_path", "public_baseurl", "media_store_path",
		"registration_shared_secret", "macaroon_secret_key", "form_secret", "log_config", "enable_registration", "trusted_key_servers",
		"experimental_features", "matrix_authentication_service", "federation_domain_whitelist", "serve_server_wellknown", "oidc_providers",
		"password_config", "turn_uris", "app_service_config_files", "instance_map"}
}

func elementKeys() []string {
	return []string{"brand", "disable_custom_urls", "disable_guests", "disable_login_language_selector", "disable_3pid_login", "force_verification",
		"integrations_ui_url", "default_theme", "default_country_code", "show_labs_settings", "room_directory", "setting_defaults", "branding",
		"permalink_prefix", "enable_presence_by_hs_url", "element_call", "jitsi", "embedded_pages", "sso_redirect_options", "map_style_url"}
}

// recogniseText returns what a file is that is neither YAML nor JSON.
func recogniseText(name, text string) model.DocumentKind {
	base := strings.ToLower(stripTemplate(baseName(name)))
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
	}
	switch {
	case slices.Contains([]string{".sh", ".bash", ".py", ".sql"}, path.Ext(base)), isMakefile(base), base == ".envrc", strings.HasPrefix(text, "#!"):
		return model.KindScript // direnv runs .envrc
	case path.Ext(base) == ".md", path.Ext(base) == ".rst", path.Ext(base) == ".html":
		return model.KindOther
	case base == "dockerfile", base == "containerfile", strings.HasPrefix(base, "dockerfile."), strings.HasSuffix(base, ".dockerfile"):
		return model.KindDockerfile
	case strings.HasPrefix(base, "caddyfile"), strings.HasSuffix(base, ".caddy"), strings.HasSuffix(base, ".caddyfile"):
		return model.KindCaddy
	case strings.HasPrefix(base, "turnserver"), has("static-auth-secret", "use-auth-secret", "lt-cred-mech") && has("realm", "listening-port"):
		return model.KindCoturn
	case has("server {", "server{", "location ", "upstream ", "server_name ") && has("proxy_pass", "return ", "listen ", "root ", "add_header"),
		has("http {", "http{") && has("include ", "client_max_body_size ") && has(";"),            // the main file
		has("ssl_certificate ", "proxy_set_header ", "proxy_pass ", "listen 443 ssl") && has(";"): // a part that others include
		return model.KindNginx
	case has("reverse_proxy ") && has("{"):
		return model.KindCaddy
	}
	return model.KindOther
}
