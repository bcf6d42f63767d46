package provenance_test

import (
	"maps"
	"strings"
)

// alternative is another valid value for a field of the language.
type alternative struct {
	field, value string
	// with are fields that have to be set for it, before the change too.
	with map[string]string
}

// also returns what else has to be set, in pairs.
func also(pairs ...string) map[string]string {
	set := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		set[pairs[i]] = pairs[i+1]
	}
	return set
}

// inside is a provider that is asked inside the project.
func inside() map[string]string {
	return also("identityProviders.inside", `{issuer: "http://keycloak:8080", clientID: "matrix", endpoints: authorization: "https://sso.example.net/auth"}`)
}

// inInside is one where the accounts are elsewhere.
func inInside(accounts string) map[string]string {
	set := also("accounts", `"`+accounts+`"`)
	maps.Copy(set, inside())
	return set
}

// withMail is also with a mail server.
func withMail(pairs ...string) map[string]string {
	set := also("smtp.host", `"mail.example.org"`, "smtp.from", `"chat@example.org"`)
	maps.Copy(set, also(pairs...))
	return set
}

// inStack is also with a proxy of that kind in the stack.
func inStack(kind string) map[string]string {
	return also("proxy", `{kind: "`+kind+`", runs: "stack"}`)
}

// byDNS is also with a Traefik in the stack that writes DNS records.
func byDNS() map[string]string {
	return also("proxy", `{runs: "stack", acme: dns: {provider: "cloudflare", secret: "CF_DNS_API_TOKEN"}}`)
}

// withWorkers is also with one worker of Synapse.
func withWorkers(pairs ...string) map[string]string {
	set := also("synapse.workers.synchrotrons", "1")
	maps.Copy(set, also(pairs...))
	return set
}

// inCluster is also in a cluster, where no Pocket ID is.
func inCluster(pairs ...string) map[string]string {
	set := also("target", `"kubernetes"`, "passwords.enabled", "true")
	maps.Copy(set, also(pairs...))
	return set
}

// byArgo is inCluster by Argo CD.
func byArgo() map[string]string {
	return inCluster("kubernetes.deployedBy", `"argocd"`, "kubernetes.argocd.repository", `"https://git.example.org/ops.git"`)
}

// elsewhere is also with MAS's database on a server outside of the stack.
func elsewhere(pairs ...string) map[string]string {
	set := also(`databases.servers.mas-postgres.kind`, `"external"`, `databases.servers.mas-postgres.host`, `"db.example.net"`)
	maps.Copy(set, also(pairs...))
	return set
}

// bridged is also with a bridge of that kind.
func bridged(kind string) map[string]string {
	return also("bridges."+kind, `{users: "example.org": "user"}`)
}

// administered is also with a page for administrators.
func administered() map[string]string {
	return also("administration.admins", `["anna"]`, "administration.from", `["192.0.2.0/24"]`)
}

// inStackAdministered is also behind a proxy of that kind in the stack.
func inStackAdministered(kind string) map[string]string {
	set := inStack(kind)
	maps.Copy(set, administered())
	return set
}

// onHostAdministered is also behind a Caddy of the machine.
func onHostAdministered() map[string]string {
	set := also("proxy.kind", `"caddy"`)
	maps.Copy(set, administered())
	return set
}

// bot is also with a bot of the operator's own.
func bot() map[string]string {
	return also("bridges.bot", `{image: {repository: "registry.example.org/bot", tag: "1"}, port: 9000}`)
}

// alternatives returns at least one for each field of the language.
func alternatives() []alternative {
	list := []alternative{
		{field: "serverName", value: `"other.example"`},
		{field: "serverName", value: `"matrix.bowline.im"`}, // the host of Synapse
		{field: "serverName", value: `"bowline.im:443"`},    // a port at which the proxy listens anyway
		{field: "name", value: `"other"`},
		{field: "hosts.synapse", value: `"chat.example.net"`},
		{field: "hosts.synapse", value: `"example.org"`},
		{field: "hosts.mas", value: `"sso.example.net"`},
		{field: "hosts.element", value: `"app.example.net"`},
		{field: "hosts.pocketID", value: `"passkeys.example.net"`},
		{field: "proxy.network", value: `"edge"`},
		{field: "proxy.entryPoint", value: `"https"`},
		{field: "proxy.certResolver", value: `"dns"`},
		{field: "proxy.certResolver", value: `null`},
		{field: "proxy.tls", value: `"entry-point"`},
		{field: "passwords.enabled", value: `true`},
		{field: "identityProviders.inside.endpoints.authorization", value: `"https://login.example.net/auth"`, with: inside()},
		{field: "identityProviders.inside.endpoints.token", value: `"http://keycloak:8080/token"`, with: inside()},
		{field: "identityProviders.inside.endpoints.userinfo", value: `"http://keycloak:8080/userinfo"`, with: inside()},
		{field: "identityProviders.inside.endpoints.jwks", value: `"http://keycloak:8080/keys"`, with: inside()},
		{field: "identityProviders.inside.fetchUserinfo", value: `true`, with: inside()},
		{field: "identityProviders.inside.signingAlgorithm", value: `"ES256"`, with: inside()},
		{field: "identityProviders.inside.claims.subject.template", value: `"{{ user.number }}"`, with: inside()},
		{field: "identityProviders.inside.endpoints.token", value: `"http://keycloak:8080/token"`, with: inInside("synapse")},
		{field: "identityProviders.inside.fetchUserinfo", value: `true`, with: inInside("synapse")},
		{field: "identityProviders.inside.claims.subject.template", value: `"{{ user.number }}"`, with: inInside("prepare")},
		{field: "identityProviders.sso.discovery", value: `false`, with: also("identityProviders.sso", `{issuer: "https://sso.example.net/", clientID: "matrix", endpoints: {authorization: "https://sso.example.net/a", token: "https://sso.example.net/t", userinfo: "https://sso.example.net/u"}}`)},
		{field: "identityProviders.apple", value: `{clientID: "org.example.matrix", teamID: "ABCDE12345", keyID: "FGHIJ67890"}`},
		{field: "identityProviders.apple.teamID", value: `"VWXYZ12345"`, with: also("identityProviders.apple", `{clientID: "org.example.matrix", teamID: "ABCDE12345", keyID: "FGHIJ67890"}`)},
		{field: "identityProviders.apple.keyID", value: `"VWXYZ12345"`, with: also("identityProviders.apple", `{clientID: "org.example.matrix", teamID: "ABCDE12345", keyID: "FGHIJ67890"}`)},
		{field: "identityProviders.github", value: `{clientID: "Iv1.8a61f9b3a7aba766"}`},
		{field: "identityProviders.authelia", value: `{issuer: "https://auth.example.net", clientID: "matrix"}`},
		{field: "identityProviders.other.kind", value: `"zitadel"`, with: also("identityProviders.other", `{issuer: "https://sso.example.net", clientID: "matrix", kind: "generic"}`)},
		{field: "identityProviders.other.kind", value: `"gitlab"`, with: also("accounts", `"synapse"`, "identityProviders.other", `{issuer: "https://sso.example.net", clientID: "matrix", kind: "generic"}`)},
		{field: "accounts", value: `"synapse"`},
		{field: "accounts", value: `"prepare"`},
		{field: "accounts", value: `"moved"`, with: also("accounts", `"mas"`)},
		{field: "accounts", value: `"moved"`, with: also("accounts", `"prepare"`)},
		{field: "passwords.registration", value: `true`, with: withMail("accounts", `"synapse"`, "passwords.enabled", "true", "passwords.registration", "false")},
		{field: "passwords.registrationToken", value: `true`, with: withMail("accounts", `"synapse"`, "passwords.enabled", "true", "passwords.registration", "true", "passwords.registrationToken", "false")},
		{field: "passwords.pepper", value: `true`, with: also("passwords.enabled", "true", "passwords.fromSynapse", "true")},
		{field: "passwords.pepper", value: `true`, with: also("accounts", `"prepare"`)},
		{field: "passwords.recovery", value: `true`, with: withMail("accounts", `"synapse"`, "smtp.notifications", "false", "passwords.enabled", "true", "passwords.recovery", "false")},
		{field: "identityProviders.pocket-id.synapseIDPID", value: `"oidc"`, with: also("accounts", `"synapse"`)},
		{field: "identityProviders.pocket-id.claims.localpart.action", value: `"suggest"`, with: also("accounts", `"synapse"`)},
		{field: "identityProviders.pocket-id.claims.localpart.onConflict", value: `"add"`, with: also("accounts", `"synapse"`)},
		{field: "identityProviders.pocket-id.clientAuthMethod", value: `"none"`, with: also("accounts", `"synapse"`)},
		{field: "identityProviders", value: `{other: {issuer: "https://sso.example.net/", clientID: "matrix"}}`},
		{field: "identityProviders.other.kind", value: `"generic"`, with: also("identityProviders.other", `{issuer: "https://sso.example.net", clientID: "matrix", kind: "pocket-id"}`)},
		{field: "identityProviders.a.order", value: `7`, with: also("identityProviders.a", `{issuer: "https://sso.example.net/", clientID: "matrix"}`, "identityProviders.other", `{issuer: "https://sso.example.org/", clientID: "matrix"}`)},
		{field: "identityProviders.pocket-id.id", value: `"01JB7Q5Y3W8V9X0ZK4M6N2P7RX"`},
		{field: "identityProviders.pocket-id.humanName", value: `"The club"`},
		{field: "identityProviders.pocket-id.brandName", value: `"google"`},
		{field: "identityProviders.pocket-id.clientAuthMethod", value: `"none"`},
		{field: "identityProviders.pocket-id.clientAuthMethod", value: `"client_secret_post"`},
		{field: "identityProviders.pocket-id.scope", value: `"openid profile"`},
		{field: "identityProviders.pocket-id.authorizationParameters", value: `{kc_idp_hint: "staff"}`},
		{field: "identityProviders.pocket-id.authorizationParameters", value: `{prompt: "login"}`},
		{field: "identityProviders.pocket-id.synapseIDPID", value: `"oidc-other"`},
		{field: "identityProviders.pocket-id.claims.localpart.action", value: `"force"`},
		{field: "identityProviders.pocket-id.claims.localpart.template", value: `"{{ user.name }}"`},
		{field: "identityProviders.pocket-id.claims.localpart.onConflict", value: `"fail"`},
		{field: "identityProviders.pocket-id.claims.localpart.onConflict", value: `"add"`},
		{field: "identityProviders.pocket-id.claims.displayName.action", value: `"ignore"`},
		{field: "identityProviders.pocket-id.claims.displayName.template", value: `"{{ user.given_name }}"`},
		{field: "identityProviders.pocket-id.claims.email.action", value: `"ignore"`},
		{field: "identityProviders.pocket-id.claims.email.template", value: `"{{ user.mail }}"`},
		{field: "identityProviders.pocket-id.claims.skipConfirmation", value: `true`},
		{field: "identityProviders.pocket-id.issuer", value: `"https://login.example.net"`},
		{field: "identityProviders.pocket-id.clientID", value: `"other-client"`},
		{field: "identityProviders.pocket-id.restrictToGroups", value: `true`},
		{field: "identityProviders.pocket-id.allowedGroups", value: `["family", "friends"]`},
		{field: "identityProviders.other.allowedGroups", value: `["staff"]`, with: also("identityProviders.other", `{issuer: "https://sso.example.net", clientID: "matrix"}`)},
		{field: "identityProviders.other.restrictToGroups", value: `true`, with: also("identityProviders.other", `{issuer: "https://sso.example.net", clientID: "matrix"}`)},
		{field: "databases.pocketID", value: `{}`},
		{field: "databases.pocketID.server", value: `"synapse-postgres"`, with: also("databases.pocketID", `{}`)},
		{field: "databases.pocketID.name", value: `"ids"`, with: also("databases.pocketID", `{}`)},
		{field: "databases.pocketID.user", value: `"ids"`, with: also("databases.pocketID", `{}`)},
		{field: "hosts.port", value: `8443`},
		{field: "element.enabled", value: `false`},
		{field: "trustedCertificates", value: `"/etc/ssl/certs/ca-certificates.crt"`},
		{field: "ipv6", value: `true`},
		{field: "proxy", value: `{kind: "none"}`},
		{field: "proxy", value: `{kind: "caddy"}`},
		{field: "proxy", value: `{kind: "nginx", runs: "stack"}`},
		{field: "proxy", value: `{runs: "stack"}`},
		{field: "proxy.kind", value: `"nginx"`},
		{field: "proxy.runs", value: `"stack"`},
		{field: "proxy.entryPoints", value: `{federation: services: ["synapse"]}`},
		{field: "proxy.middlewares", value: `{"authelia@docker": services: ["element"]}`},
		{field: "proxy.middlewares.authelia.signIn", value: `false`, with: also("proxy.middlewares", `{authelia: services: ["element"]}`)},
		{field: "proxy.middlewares.wall.signIn", value: `true`, with: also("proxy.middlewares", `{wall: services: ["element"]}`)},
		{field: "proxy.entryPoints.lan.services", value: `["element"]`, with: also("proxy.entryPoints", `{lan: {}}`)},
		{field: "proxy.middlewares.guard.services", value: `["well-known"]`, with: also("proxy.middlewares", `{guard: {}}`)},
		{field: "proxy.address", value: `"192.0.2.1"`, with: also("proxy.kind", `"nginx"`)},
		{field: "proxy.ports.synapse", value: `9008`, with: also("proxy.kind", `"caddy"`)},
		{field: "proxy.ports.mas", value: `9080`, with: also("proxy.kind", `"caddy"`)},
		{field: "proxy.ports.element", value: `9088`, with: also("proxy.kind", `"caddy"`)},
		{field: "proxy.ports.wellKnown", value: `9089`, with: also("proxy.kind", `"caddy"`)},
		{field: "proxy.ports.pocketID", value: `9411`, with: also("proxy.kind", `"caddy"`)},
		{field: "proxy.certificates.path", value: `"/srv/certificates"`, with: also("proxy.kind", `"nginx"`, "proxy.runs", `"stack"`)},
		{field: "proxy.certificates.chain", value: `"{host}/chain.pem"`, with: also("proxy.kind", `"nginx"`)},
		{field: "proxy.certificates.key", value: `"{host}/key.pem"`, with: also("proxy.kind", `"nginx"`)},
		{field: "proxy.certificates.webroot", value: `"/var/www/certbot"`, with: also("proxy.kind", `"nginx"`, "proxy.runs", `"stack"`)},
		{field: "proxy.acme.email", value: `"ops@example.org"`, with: also("proxy.kind", `"caddy"`, "proxy.runs", `"stack"`)},
		{field: "proxy.acme.server", value: `"https://ca.example.org/acme/acme/directory"`, with: also("proxy.runs", `"stack"`)},
		{field: "proxy.acme.resolver", value: `"le"`, with: also("proxy.runs", `"stack"`)},
		{field: "proxy.acme.dns", value: `{provider: "hetzner", secret: "HETZNER_API_TOKEN"}`, with: also("proxy.runs", `"stack"`)},
		{field: "proxy.acme.dns.provider", value: `"hetzner"`, with: byDNS()},
		{field: "proxy.acme.dns.secret", value: `"HETZNER_API_TOKEN"`, with: byDNS()},
		{field: "proxy.acme.dns.variables", value: `{HETZNER_TTL: "300"}`, with: byDNS()},
		{field: "passwords.enabled", value: `true`},
		{field: "passwords.registration", value: `true`, with: withMail("passwords.enabled", "true", "passwords.registration", "false")},
		{field: "passwords.registrationToken", value: `true`, with: also("passwords.enabled", "true", "passwords.registrationToken", "false")},
		{field: "passwords.recovery", value: `true`, with: withMail("passwords.enabled", "true", "passwords.recovery", "false")},
		{field: "passwords.fromSynapse", value: `true`, with: also("passwords.enabled", "true")},
		{field: "passwords.minimumComplexity", value: `4`, with: also("passwords.enabled", "true")},
		{field: "smtp", value: `{host: "mail.example.org", from: "chat@example.org"}`},
		{field: "smtp", value: `{host: "mail.example.org", from: "chat@example.org", username: "chat"}`},
		{field: "smtp.host", value: `"other.example.org"`, with: withMail()},
		{field: "smtp.port", value: `2525`, with: withMail()},
		{field: "smtp.mode", value: `"tls"`, with: withMail()},
		{field: "smtp.mode", value: `"plain"`, with: withMail()},
		{field: "smtp.username", value: `"someone"`, with: withMail()},
		{field: "smtp.from", value: `"other@example.org"`, with: withMail()},
		{field: "smtp.replyTo", value: `"reply@example.org"`, with: withMail()},
		{field: "smtp.notifications", value: `false`, with: withMail()},
		{field: "branding.serviceName", value: `"Chat"`},
		{field: "branding.policyURI", value: `"https://example.org/policy"`},
		{field: "branding.tosURI", value: `"https://example.org/terms-of-service"`},
		{field: "branding.imprint", value: `"Somebody"`},
		{field: "qrLogin", value: `false`},
		{field: "federation.enabled", value: `false`},
		{field: "federation.allow", value: `["one.example", "two.example"]`},
		{field: "wellKnown.servedBy", value: `"elsewhere"`, with: also("wellKnown.servedBy", `"stack"`)},
		{field: "wellKnown.client", value: `{"org.example": {a: [1, true]}}`},
		{field: "wellKnown.client", value: `{"org.example": {a: [1, true]}}`, with: also("wellKnown.servedBy", `"elsewhere"`)},
		{field: "wellKnown.support", value: `{support_page: "https://example.org/support"}`},
		{field: "wellKnown.support.support_page", value: `"https://example.org/other"`},
		{field: "wellKnown.support.contacts", value: `[{role: "m.role.security", email_address: "security@example.org"}]`},
		{field: "synapse.mediaPath", value: `"/data/media"`},
		{field: "synapse.mediaPath", value: `"/media/store"`, with: also("volumes.synapse-media.path", `"/srv/media"`)},
		{field: "synapse.appservices", value: `{whatsapp: file: "/srv/whatsapp/registration.yaml"}`},
		{field: "synapse.appservices.whatsapp.file", value: `"../registration.yaml"`, with: also("synapse.appservices.whatsapp.file", `"/srv/registration.yaml"`)},
		{field: "bridges", value: `{whatsapp: users: "@anna:example.org": "admin"}`},
		{field: "bridges.signal.users", value: `{"example.org": "user"}`, with: also("bridges.signal", `{users: "@anna:example.org": "admin"}`)},
		{field: "bridges.chat.kind", value: `"slack"`, with: also("bridges.chat", `{users: "example.org": "user", kind: "gmessages"}`)},
		{field: "bridges.signal.image.repository", value: `"registry.example.org/signal"`, with: bridged("signal")},
		{field: "bridges.signal.image.tag", value: `"v0.2607.0"`, with: bridged("signal")},
		{field: "bridges.signal.image.digest", value: `"sha256:` + strings.Repeat("ab", 32) + `"`, with: bridged("signal")},
		{field: "bridges.signal.encryption", value: `false`, with: bridged("signal")},
		{field: "bridges.signal.doublePuppet", value: `false`, with: bridged("signal")},
		{field: "bridges.signal.database.name", value: `"bridge"`, with: bridged("signal")},
		{field: "bridges.signal.database.user", value: `"bridge"`, with: bridged("signal")},
		{field: "bridges.signal.settings.bridge.bridge_notices", value: `true`, with: bridged("signal")},
		{field: "bridges.signal.settings", value: `{bridge: bridge_notices: true}`, with: bridged("signal")},
		{field: "bridges.discord.users", value: `{"example.org": "admin"}`, with: bridged("discord")},
		{field: "bridges.discord.encryption", value: `false`, with: bridged("discord")},
		{field: "bridges.hookshot.users", value: `{"example.org": "admin"}`, with: bridged("hookshot")},
		{field: "bridges.hookshot.webhooks", value: `{}`, with: bridged("hookshot")},
		{field: "bridges.hookshot.webhooks.host", value: `"in.example.net"`, with: also("bridges.hookshot", `{users: "example.org": "user", webhooks: {}}`)},
		{field: "proxy.ports.webhooks", value: `9500`, with: also("proxy.kind", `"caddy"`, "bridges.hookshot", `{users: "example.org": "user", webhooks: {}}`)},
		{field: "bridges.irc.users", value: `{"@bea:example.org": "admin"}`, with: also("bridges.irc", `{users: "@anna:example.org": "admin"}`)},
		{field: "bridges.telegram.apiID", value: `123`, with: also("bridges.telegram", `{users: "example.org": "user", apiID: 4}`)},
		{field: "bridges.bot.port", value: `9001`, with: bot()},
		{field: "bridges.bot.bot", value: `"helper"`, with: bot()},
		{field: "bridges.bot.ghosts", value: `["@helper_.*"]`, with: bot()},
		{field: "bridges.bot.uid", value: `1000`, with: bot()},
		{field: "bridges.bot.database", value: `{}`, with: bot()},
		{field: "bridges.bot.image.tag", value: `"2"`, with: bot()},
		{field: "bridges.bot.image.repository", value: `"registry.example.org/helper"`, with: bot()},
		{field: "bridges.bot.image.digest", value: `"sha256:` + strings.Repeat("ab", 32) + `"`, with: bot()},
		{field: "owners.bridge-bot.uid", value: `1000`, with: bot()},
		{field: "mounts.bridge-bot./config.path", value: `"/srv/bot"`, with: bot()},
		{field: "administration", value: `{admins: ["anna"], from: ["192.0.2.0/24"]}`},
		{field: "administration.admins", value: `["bea"]`, with: also("administration.admins", `["anna"]`)},
		{field: "administration.from", value: `["2001:db8::/32"]`, with: administered()},
		{field: "administration.from", value: `["2001:db8::/32"]`, with: inStackAdministered("caddy")},
		{field: "administration.from", value: `["2001:db8::/32"]`, with: inStackAdministered("nginx")},
		{field: "administration.middlewares", value: `["vpn@file"]`, with: administered()},
		{field: "administration.host", value: `"desk.example.org"`, with: administered()},
		{field: "administration.image.tag", value: `"0.1.11"`, with: administered()},
		{field: "administration.image.repository", value: `"mirror.example.org/element-admin"`, with: administered()},
		{field: "proxy.ports.elementAdmin", value: `9090`, with: onHostAdministered()},
		{field: "proxy.ports.masAdmin", value: `9091`, with: onHostAdministered()},
		{field: "proxy.ports.masCompat", value: `9092`, with: also("proxy.kind", `"caddy"`, "mas.path", `"/auth/"`)},
		{field: "metrics", value: `{}`},
		{field: "metrics", value: `{prometheus: "elsewhere", network: "monitoring"}`},
		{field: "metrics.network", value: `"watch"`, with: also("metrics", `{prometheus: "elsewhere"}`, "metrics.network", `"monitoring"`)},
		{field: "metrics.labels", value: `{release: "prometheus"}`, with: inCluster("metrics", `{}`)},
		{field: "metrics.labels.release", value: `"monitoring"`, with: inCluster("metrics", `{labels: release: "prometheus"}`)},
		{field: "metrics.retention", value: `"1y"`, with: also("metrics.port", "3001")},
		{field: "metrics.address", value: `"192.0.2.1"`, with: also("metrics.port", "3001")},
		{field: "metrics.port", value: `3002`, with: also("metrics.port", "3001")},
		{field: "metrics.mailTo", value: `["a@example.org"]`, with: withMail("metrics.port", "3001")},
		{field: "metrics.prometheusImage.tag", value: `"v3.13.0"`, with: also("metrics.port", "3001")},
		{field: "metrics.prometheusImage.repository", value: `"mirror.example.org/prometheus"`, with: also("metrics.port", "3001")},
		{field: "metrics.grafanaImage.tag", value: `"13.2.0"`, with: also("metrics.port", "3001")},
		{field: "metrics.grafanaImage.repository", value: `"mirror.example.org/grafana"`, with: also("metrics.port", "3001")},
		{field: "metrics.alertmanagerImage.tag", value: `"v0.33.1"`, with: withMail("metrics.mailTo", `["a@example.org"]`)},
		{field: "metrics.alertmanagerImage.repository", value: `"mirror.example.org/alertmanager"`, with: withMail("metrics.mailTo", `["a@example.org"]`)},
		{field: "metrics.exporterImage.tag", value: `"v0.19.1"`, with: also("metrics.port", "3001")},
		{field: "metrics.exporterImage.repository", value: `"mirror.example.org/exporter"`, with: also("metrics.port", "3001")},
		{field: "volumes.synapse-data.name", value: `"old_data"`},
		{field: "volumes.synapse-data.external", value: `true`, with: also("volumes.synapse-data.name", `"old_data"`)},
		{field: "volumes.synapse-data.path", value: `"/srv/synapse"`},
		{field: "volumes.synapse-data.path", value: `"./data"`},
		{field: "volumes.synapse-media.path", value: `"/srv/media"`},
		{field: "owners.synapse.uid", value: `1000`},
		{field: "owners.synapse.gid", value: `1001`, with: also("owners.synapse.uid", "1000")},
		{field: "owners.mas.uid", value: `1000`},
		{field: "owners.mas-postgres.uid", value: `1000`},
		{field: "mounts.synapse./modules.path", value: `"/srv/modules"`},
		{field: "mounts.synapse./modules.volume", value: `"modules"`},
		{field: "mounts.synapse./modules.readOnly", value: `false`, with: also("mounts.synapse./modules.volume", `"modules"`)},
		{field: "mounts.element./app/themes.path", value: `"/srv/themes"`},
		{field: "synapse.workers", value: `{preset: "small"}`},
		{field: "synapse.workers.preset", value: `"medium"`, with: also("synapse.workers.preset", `"small"`)},
		{field: "synapse.workers.synchrotrons", value: `2`, with: withWorkers()},
		{field: "synapse.workers.clientReaders", value: `1`, with: withWorkers()},
		{field: "synapse.workers.eventCreators", value: `1`, with: withWorkers()},
		{field: "synapse.workers.eventPersisters", value: `2`, with: withWorkers()},
		{field: "synapse.workers.federationReaders", value: `1`, with: withWorkers()},
		{field: "synapse.workers.federationSenders", value: `1`, with: withWorkers()},
		{field: "synapse.workers.pushers", value: `1`, with: withWorkers()},
		{field: "synapse.workers.streamWriters", value: `1`, with: withWorkers()},
		{field: "synapse.workers.mediaRepositories", value: `1`, with: withWorkers()},
		{field: "synapse.workers.background", value: `1`, with: withWorkers()},
		{field: "owners.synapse-redis.uid", value: `1000`, with: withWorkers()},
		{field: "proxy.ports.workers", value: `9200`, with: withWorkers("proxy.kind", `"caddy"`)},
		{field: "synapse.listeners", value: `{metrics: {port: 9000, type: "metrics"}}`},
		{field: "synapse.listeners.admin.port", value: `8011`, with: also("synapse.listeners.admin", `{port: 8010, resources: client: true}`)},
		{field: "synapse.listeners.admin", value: `{type: "metrics", port: 8010}`, with: also("synapse.listeners.admin", `{port: 8010, resources: client: true}`)},
		{field: "synapse.listeners.admin.forwarded", value: `true`, with: also("synapse.listeners.admin", `{port: 8010, resources: client: true}`)},
		{field: "synapse.listeners.admin.resources", value: `{media: true}`, with: also("synapse.listeners.admin.port", "8010", "synapse.listeners.admin.resources", `{client: true}`)},
		{field: "synapse.listeners.main.resources", value: `{consent: true}`},
		{field: "mas.path", value: `"/auth/"`},
		{field: "mas.path", value: `"/login/"`, with: also("proxy.kind", `"caddy"`, "mas.path", `"/auth/"`, "proxy.runs", `"stack"`)},
		{field: "hosts.mas", value: `"matrix.example.org"`, with: also("hosts.synapse", `"matrix.example.org"`)},
		{field: "mas.listeners", value: `{internal: resources: prometheus: true}`},
		{field: "mas.listeners.admin.port", value: `8091`, with: also("mas.listeners.admin", `{port: 8090, resources: adminapi: true}`)},
		{field: "mas.listeners.web.resources", value: `{"connection-info": true}`},
		{field: "databases.synapse.server", value: `"chat-db"`},
		{field: "databases.synapse.server", value: `"mas-postgres"`},
		{field: "databases.synapse.name", value: `"chat"`},
		{field: "databases.synapse.user", value: `"chat"`},
		{field: "databases.mas.server", value: `"synapse-postgres"`},
		{field: "databases.mas.name", value: `"accounts"`},
		{field: "databases.mas.name", value: `"accounts"`, with: also("databases.mas.server", `"synapse-postgres"`)},
		{field: "databases.mas.user", value: `"accounts"`},
		{field: "databases.mas.user", value: `"synapse"`, with: also("databases.mas.server", `"synapse-postgres"`)},
		{field: `databases.servers.mas-postgres.image.repository`, value: `"mirror.example.org/library/postgres"`},
		{field: `databases.servers.mas-postgres.image.tag`, value: `"17.4"`},
		{field: `databases.servers.mas-postgres.image.version`, value: `"17.4"`, with: also("databases.servers.mas-postgres.image.repository", `"registry.example.org/postgres"`)},
		{field: `databases.servers.mas-postgres.image.digest`, value: `"sha256:` + strings.Repeat("ab", 32) + `"`},
		{field: `databases.servers.mas-postgres.superuser`, value: `"root"`},
		{field: `databases.servers.mas-postgres.superuser`, value: `"synapse"`, with: also("databases.synapse.server", `"mas-postgres"`)},
		{field: `databases.servers.mas-postgres`, value: `{kind: "external", host: "db.example.net"}`},
		{field: `databases.servers.mas-postgres.host`, value: `"other.example.net"`, with: elsewhere()},
		{field: `databases.servers.mas-postgres.port`, value: `6432`, with: elsewhere()},
		{field: `databases.servers.mas-postgres.network`, value: `"databases"`, with: elsewhere()},
		{field: `databases.servers.mas-postgres.tls`, value: `"require"`, with: elsewhere()},
		{field: `databases.servers.mas-postgres.caFile`, value: `"/etc/ssl/other.pem"`, with: elsewhere(`databases.servers.mas-postgres.tls`, `"verify-ca"`, `databases.servers.mas-postgres.caFile`, `"/etc/ssl/one.pem"`)},
		{field: "synapse.reportStats", value: `true`},
		{field: "synapse.maxUploadSize", value: `"1G"`},
		{field: "synapse.urlPreviews", value: `false`},
		{field: "synapse.presence", value: `false`},
		{field: "synapse.mediaRetention.local", value: `"1y"`},
		{field: "synapse.mediaRetention.remote", value: `null`},
		{field: "synapse.messageRetention", value: `{minLifetime: "1d", maxLifetime: "1y"}`},
		{field: "synapse.messageRetention.minLifetime", value: `"2d"`, with: also("synapse.messageRetention.maxLifetime", `"1y"`)},
		{field: "synapse.messageRetention.maxLifetime", value: `"2y"`, with: also("synapse.messageRetention.maxLifetime", `"1y"`)},
		{field: "synapse.trustedKeyServers", value: `["keys.example.org"]`},
		{field: "synapse.trustedKeyServers", value: `[]`},
		{field: "synapse.logLevel", value: `"DEBUG"`},
		{field: "turn", value: `{uris: ["turn:turn.example.org"]}`},
		{field: "turn.uris", value: `["turns:turn.example.org"]`, with: also("turn.uris", `["turn:turn.example.org"]`)},
		{field: "turn.userLifetime", value: `"2h"`, with: also("turn.uris", `["turn:turn.example.org"]`)},
		{field: "synapse.mediaS3", value: `{bucket: "chat-media", accessKeyID: "chat"}`, with: also("images.synapse.repository", `"registry.example.org/synapse"`)},
		{field: "synapse.mediaS3.bucket", value: `"other-media"`, with: inBucket()},
		{field: "synapse.mediaS3.accessKeyID", value: `"matrix"`, with: inBucket()},
		{field: "synapse.mediaS3.region", value: `"eu-central-1"`, with: inBucket()},
		{field: "synapse.mediaS3.endpoint", value: `"https://s3.example.net"`, with: inBucket()},
		{field: "synapse.mediaS3.prefix", value: `"chat"`, with: inBucket()},
		{field: "synapse.mediaS3.keepOnDisk", value: `"60d"`, with: inBucket()},
		{field: "synapse.mediaS3.storageClass", value: `"STANDARD_IA"`, with: inBucket()},
		{field: "push", value: `{apps: "org.example.chat": {kind: "fcm", projectID: "chat-1234"}}`},
		{field: "hosts.push", value: `"gateway.example.net"`, with: withApple()},
		{field: "push.apps.chat", value: `{kind: "fcm", projectID: "chat-1234"}`, with: withApple()},
		{field: "push.apps.ios.teamID", value: `"VWXYZ12345"`, with: withApple()},
		{field: "push.apps.ios.keyID", value: `"VWXYZ12345"`, with: withApple()},
		{field: "push.apps.ios.topic", value: `"org.example.other"`, with: withApple()},
		{field: "push.apps.ios.sandbox", value: `true`, with: withApple()},
		{field: "push.apps.android.projectID", value: `"chat-5678"`, with: also("push.apps.android", `{kind: "fcm", projectID: "chat-1234"}`)},
		{field: "proxy.ports.sygnal", value: `9500`, with: also("proxy.kind", `"caddy"`, "push.apps.android", `{kind: "fcm", projectID: "chat-1234"}`)},
		{field: "owners.sygnal.uid", value: `1000`, with: withApple()},
		{field: "mounts.sygnal./data.path", value: `"/srv/data"`, with: withApple()},
		{field: "target", value: `"kubernetes"`, with: also("passwords.enabled", "true")},
		{field: "kubernetes.namespace", value: `"matrix"`, with: inCluster()},
		{field: "kubernetes.chart", value: `"26.8.0"`, with: inCluster()},
		{field: "kubernetes.ingressClass", value: `"nginx"`, with: inCluster()},
		{field: "kubernetes.certificates.clusterIssuer", value: `"letsencrypt"`, with: inCluster()},
		{field: "kubernetes.certificates.issuer", value: `"letsencrypt"`, with: inCluster()},
		{field: "kubernetes.certificates.secret", value: `"matrix-tls"`, with: inCluster()},
		{field: "kubernetes.trustedCertificates", value: `{configMap: "trusted"}`, with: inCluster()},
		{field: "kubernetes.trustedCertificates.configMap", value: `"others"`, with: inCluster("kubernetes.trustedCertificates", `{configMap: "trusted"}`)},
		{field: "kubernetes.trustedCertificates.key", value: `"ca.pem"`, with: inCluster("kubernetes.trustedCertificates", `{configMap: "trusted"}`)},
		{field: "kubernetes.storage.class", value: `"fast"`, with: inCluster()},
		{field: "kubernetes.storage.media", value: `"50Gi"`, with: inCluster()},
		{field: "kubernetes.storage.database", value: `"50Gi"`, with: inCluster()},
		{field: "kubernetes.callPorts", value: `"HostPort"`, with: inCluster("calls", `{}`)},
		{field: "kubernetes.deployedBy", value: `"hand"`, with: inCluster()},
		{field: "kubernetes.argocd.repository", value: `"https://git.example.com/ops.git"`, with: byArgo()},
		{field: "kubernetes.argocd.revision", value: `"main"`, with: byArgo()},
		{field: "kubernetes.argocd.namespace", value: `"argo"`, with: byArgo()},
		{field: "kubernetes.argocd.project", value: `"chat"`, with: byArgo()},
		{field: "synapse.appservices.irc.secret", value: `"irc-registration"`, with: inCluster("synapse.appservices.irc.secret", `"irc"`)},
		{field: "synapse.appservices.irc.key", value: `"irc.yaml"`, with: inCluster("synapse.appservices.irc.secret", `"irc"`)},
		{field: "kubernetes.flux.source", value: `"matrix"`, with: inCluster()},
		{field: "kubernetes.flux.namespace", value: `"flux"`, with: inCluster()},
		{field: "kubernetes.flux.key", value: `"sops"`, with: inCluster()},
		{field: "calls", value: `{}`},
		{field: "calls", value: `{url: "https://rtc.example.com/livekit/jwt"}`},
		{field: "calls", value: `{}`, with: also("hosts.synapse", `"bowline.im"`)},
		{field: "calls", value: `{}`, with: also("federation.enabled", "false")},
		{field: "calls.url", value: `"https://rtc.example.com"`, with: also("calls.url", `"https://sfu.example.com"`)},
		{field: "hosts.rtc", value: `"sfu.example.net"`, with: also("calls", `{}`)},
		{field: "calls.page", value: `true`, with: also("calls", `{}`, "passwords.enabled", "true")},
		{field: "hosts.call", value: `"meet.example.net"`, with: withCallPage()},
		{field: "proxy.ports.elementCall", value: `9096`, with: onHostCallPage()},
		{field: "mounts.element-call./data.path", value: `"/srv/data"`, with: withCallPage()},
		{field: "override.elementCall.media_devices.enable_video", value: `false`, with: withCallPage()},
		{field: "calls.publicAddress", value: `"203.0.113.7"`, with: also("calls", `{}`)},
		{field: "calls.ports.udp", value: `7892`, with: also("calls", `{}`)},
		{field: "calls.ports.tcp", value: `7891`, with: also("calls", `{}`)},
		{field: "calls.homeservers", value: `["friends.example"]`, with: also("calls", `{}`)},
		{field: "calls.maxParticipants", value: `20`, with: also("calls", `{}`)},
		{field: "calls.relay", value: `{}`, with: also("calls", `{}`)},
		{field: "calls.relay.udp", value: `3479`, with: also("calls.relay", `{}`)},
		{field: "calls.relay.first", value: `30100`, with: also("calls.relay", `{}`)},
		{field: "calls.relay.last", value: `30099`, with: also("calls.relay", `{}`)},
		{field: "calls.relay.tls", value: `{chain: "/srv/tls/chain.pem", key: "/srv/tls/key.pem"}`, with: also("calls.relay", `{}`)},
		{field: "calls.relay.tls.port", value: `443`, with: withRelayTLS()},
		{field: "calls.relay.tls.chain", value: `"/srv/tls/other.pem"`, with: withRelayTLS()},
		{field: "calls.relay.tls.key", value: `"/srv/tls/other.pem"`, with: withRelayTLS()},
		{field: "proxy.ports.livekit", value: `9880`, with: also("proxy.kind", `"caddy"`, "calls", `{}`)},
		{field: "proxy.ports.lkJWT", value: `9090`, with: also("proxy.kind", `"caddy"`, "calls", `{}`)},
		{field: "owners.livekit.uid", value: `1000`, with: also("calls", `{}`)},
		{field: "mounts.lk-jwt./data.path", value: `"/srv/data"`, with: also("calls", `{}`)},
		{field: "override.chart.synapse.resources.requests.memory", value: `"4Gi"`, with: inCluster()},
		{field: "override.sygnal.proxy", value: `"http://proxy.example.net:3128"`, with: withApple()},
		{field: "override.livekit.logging.level", value: `"debug"`, with: also("calls", `{}`)},
		{field: "turn", value: `{}`, with: also("turn", `{uris: ["turn:turn.example.org"]}`)},
		{field: "hosts.turn", value: `"relay.example.net"`, with: also("turn", `{}`)},
		{field: "turn.publicAddress", value: `"203.0.113.7"`, with: also("turn", `{}`)},
		{field: "turn.port", value: `3479`, with: also("turn", `{}`)},
		{field: "turn.tls", value: `{chain: "/srv/tls/chain.pem", key: "/srv/tls/key.pem"}`, with: also("turn", `{}`)},
		{field: "turn.tls.port", value: `443`, with: withTURNTLS()},
		{field: "turn.tls.chain", value: `"/srv/tls/other.pem"`, with: withTURNTLS()},
		{field: "turn.tls.key", value: `"/srv/tls/other.pem"`, with: withTURNTLS()},
		{field: "turn.relay.first", value: `49200`, with: also("turn", `{}`)},
		{field: "turn.relay.last", value: `49200`, with: also("turn", `{}`)},
		{field: "turn.deniedPeers", value: `["8.8.8.8", "2a00::-2a00::ff"]`, with: also("turn", `{}`)},
		{field: "turn.userLifetime", value: `"3h"`, with: also("turn", `{}`)},
		{field: "owners.coturn.uid", value: `1000`, with: also("turn", `{}`)},
		{field: "mounts.coturn./data.path", value: `"/srv/data"`, with: also("turn", `{}`)},
		{field: "element.brand", value: `"App"`},
		{field: "element.theme", value: `"custom-blue"`},
		{field: "element.countryCode", value: `"FR"`},
		{field: "element.otherHomeservers", value: `true`},
		{field: "element.roomDirectory", value: `["rooms.example.org"]`},
		{field: "element.labs", value: `true`},
		{field: "element.integrations", value: `true`},
		{field: "element.elementCall", value: `true`},
		{field: "element.ownPermalinks", value: `true`, with: also("element.ownPermalinks", "false")},
		{field: "secrets.from", value: `"environment"`},
		{field: "secrets.rotating.mas_signing_key_rsa", value: `true`},
		{field: "secrets.rotating.mas_signing_key_ec", value: `true`},
		{field: "timeZone", value: `"Europe/Paris"`},
		{field: "volumes.hostPath", value: `"/data"`},
		{field: "override.mas.email.from", value: `"raw@example.org"`, with: also("smtp.host", `"mail.example.org"`, "smtp.from", `"chat@example.org"`)},
		{field: "override.synapse.presence.enabled", value: `"untracked"`},
		{field: "override.synapse.user_ips_max_age", value: `"1d"`},
		{field: "override.synapseLog.root.level", value: `"CRITICAL"`},
		{field: "override.element.default_theme", value: `"light-high-contrast"`},
		{field: "override.compose.services.synapse.mem_limit", value: `"1g"`},
		{field: "extra.services.bot", value: `{image: "registry.example.org/bot:1.0", labels: "traefik.enable": "false"}`},
		{field: "extra.volumes.bot", value: `{}`},
		{field: "extra.secrets.bot_token", value: `{file: "./secrets/bot_token"}`},
	}
	for _, image := range [][2]string{
		{"synapse", "v1.150.0"}, {"mas", "1.23.0"}, {"element", "v1.12.27"}, {"postgres", "16.4"}, {"pocketID", "v2.15.0"}, {"nginx", "1.30.0-alpine"},
	} {
		list = append(list, imageAlternatives(image[0], image[1], nil)...)
	}
	list = append(list, imageAlternatives("traefik", "v3.7.12", inStack("traefik"))...)
	list = append(list, imageAlternatives("caddy", "2.11.8-alpine", inStack("caddy"))...)
	list = append(list, imageAlternatives("nginxProxy", "1.28.0", inStack("nginx"))...)
	list = append(list, imageAlternatives("livekit", "v1.14.0", also("calls", `{}`))...)
	list = append(list, imageAlternatives("elementCall", "v0.24.0", withCallPage())...)
	list = append(list, imageAlternatives("coturn", "4.16.0-r0", also("turn", `{}`))...)
	list = append(list, imageAlternatives("sygnal", "v0.16.0", withApple())...)
	list = append(list, imageAlternatives("redis", "8.4.0-alpine", withWorkers())...)
	return append(list, imageAlternatives("lkJWT", "0.6.0", also("calls", `{}`))...)
}

// withCallPage is also with Element Call as a page.
func withCallPage() map[string]string {
	return also("calls.page", "true", "passwords.enabled", "true")
}

// onHostCallPage is also behind a Caddy of the machine.
func onHostCallPage() map[string]string {
	set := also("proxy.kind", `"caddy"`)
	maps.Copy(set, withCallPage())
	return set
}

// withRelayTLS is also with a TURN server of LiveKit that has a certificate.
func withRelayTLS() map[string]string {
	return also("calls.relay.tls", `{chain: "/srv/tls/chain.pem", key: "/srv/tls/key.pem"}`)
}

// inBucket is also with media in a bucket.
func inBucket() map[string]string {
	return also("images.synapse.repository", `"registry.example.org/synapse"`, "synapse.mediaS3", `{bucket: "chat-media", endpoint: "https://s3.example.org", accessKeyID: "chat"}`)
}

// withApple is also with pushes by Apple.
func withApple() map[string]string {
	return also("push.apps.ios", `{kind: "apns", teamID: "ABCDE12345", keyID: "FGHIJ67890", topic: "org.example.chat"}`)
}

// withTURNTLS is also with a coturn that has a certificate.
func withTURNTLS() map[string]string {
	return also("turn.tls", `{chain: "/srv/tls/chain.pem", key: "/srv/tls/key.pem"}`)
}

// imageAlternatives returns other images of a product.
func imageAlternatives(product, tag string, with map[string]string) []alternative {
	own := also("images."+product+".repository", `"registry.example.org/image"`)
	maps.Copy(own, with)
	versioned := maps.Clone(own)
	versioned["images."+product+".version"] = `"` + tag + `"`
	built := maps.Clone(versioned)
	built["images."+product+".build.context"] = `"./image"`
	const digest = `"sha256:0000000000000000000000000000000000000000000000000000000000000000"`
	return []alternative{
		{field: "images." + product + ".repository", value: `"registry.example.org/image"`, with: with},
		{field: "images." + product + ".tag", value: `"` + tag + `"`, with: with},
		{field: "images." + product + ".version", value: `"` + tag + `"`, with: own},
		{field: "images." + product + ".digest", value: digest, with: with},
		{field: "images." + product + ".build.context", value: `"/srv/image"`, with: versioned},
		{field: "images." + product + ".build.dockerfile", value: `"Dockerfile.own"`, with: built},
		{field: "images." + product + ".build.args", value: `{RELEASE: "1"}`, with: built},
	}
}
