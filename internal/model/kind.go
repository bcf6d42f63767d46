package model

import "strings"

// DocumentKind says what a document is: whose configuration, in whose format.
type DocumentKind string

// The kinds of documents. Some are known by their content alone, the rest (Other, Script) are there because a service mounts them.
const (
	KindCompose          DocumentKind = "compose"
	KindMAS              DocumentKind = "mas"
	KindSynapse          DocumentKind = "synapse"
	KindSynapseWorker    DocumentKind = "synapse-worker"
	KindSynapseLog       DocumentKind = "synapse-log"
	KindElement          DocumentKind = "element"
	KindElementCall      DocumentKind = "element-call"
	KindWellKnownClient  DocumentKind = "well-known-client"
	KindWellKnownServer  DocumentKind = "well-known-server"
	KindWellKnownSupport DocumentKind = "well-known-support"
	KindEnv              DocumentKind = "env"
	KindTraefikStatic    DocumentKind = "traefik-static"
	KindTraefikDynamic   DocumentKind = "traefik-dynamic"
	KindPocketIDClient   DocumentKind = "pocket-id-client"
	KindLiveKit          DocumentKind = "livekit"
	KindSOPS             DocumentKind = "sops"
	KindSOPSRules        DocumentKind = "sops-rules"
	KindNginx            DocumentKind = "nginx"
	KindCaddy            DocumentKind = "caddy"
	KindCoturn           DocumentKind = "coturn"
	KindAppService       DocumentKind = "appservice" // what Synapse is told of a bridge or a bot
	KindBridge           DocumentKind = "bridge"     // the bridge's own file
	KindAuthelia         DocumentKind = "authelia"
	KindAuthentik        DocumentKind = "authentik-blueprint"
	KindKeycloak         DocumentKind = "keycloak-realm"
	KindDockerfile       DocumentKind = "dockerfile"
	KindESS              DocumentKind = "ess-values" // what Helm is given for Element's chart matrix-stack
	KindQuadlet          DocumentKind = "quadlet"    // a container, a network or the like of Podman, as a unit of systemd
	KindScript           DocumentKind = "script"
	KindShell            DocumentKind = "shell" // commands in a guide
	KindOther            DocumentKind = "other"
)

// Upstream returns the format that upstream defines for the kind, as "<folder of schema>.<definition>", or "".
func (k DocumentKind) Upstream() string {
	switch k {
	case KindCompose:
		return "compose.#Config"
	case KindMAS:
		return "mas.#Config"
	case KindSynapse, KindSynapseWorker:
		return "synapse.#Config"
	case KindSynapseLog:
		return "synapse.#LogConfig"
	case KindElement:
		return "element.#Config"
	case KindElementCall:
		return "elementcall.#Config"
	case KindWellKnownClient:
		return "wellknown.#Client"
	case KindWellKnownServer:
		return "wellknown.#Server"
	case KindWellKnownSupport:
		return "wellknown.#Support"
	case KindPocketIDClient:
		return "pocketid.#Client"
	case KindLiveKit:
		return "livekit.#Config"
	case KindTraefikStatic:
		return "traefik.#Config"
	case KindESS:
		return "ess.#Values"
	}
	return ""
}

// IsFilledIn reports whether a document of the kind has templates below the key that its reader fills in itself, for every user: those of MAS
// are MiniJinja, those of Synapse Jinja; Traefik makes a rule for every container.
func IsFilledIn(kind DocumentKind, key string) bool {
	switch kind {
	case KindMAS:
		return key == "claims_imports" || key == "additional_authorization_parameters"
	case KindSynapse:
		return key == "user_mapping_provider"
	case KindTraefikStatic:
		return strings.EqualFold(key, "defaultRule")
	}
	return false
}

// KindOf returns the kind of documents that have the upstream format.
func KindOf(upstream string) DocumentKind {
	for _, k := range []DocumentKind{KindCompose, KindMAS, KindSynapse, KindSynapseLog, KindElement, KindElementCall, KindWellKnownClient, KindWellKnownServer,
		KindWellKnownSupport, KindPocketIDClient, KindLiveKit, KindTraefikStatic, KindESS} {
		if k.Upstream() == upstream {
			return k
		}
	}
	// Two formats of one kind: a bridge that somebody else configured is held against neither, for it may be older than what is known.
	if upstream == "mautrix.#Config" || upstream == "mautrix.#Older" {
		return KindBridge
	}
	return KindOther
}
