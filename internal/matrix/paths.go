package matrix

import (
	"slices"
	"sync"
)

// Calls says what kind of caller asks for a path, and so which deployments need it.
type Calls string

// The kinds of calls.
const (
	ClientCalls     Calls = "client"     // clients, at any time
	CompatCalls     Calls = "compat"     // clients without OAuth: MAS answers them on the host of the homeserver
	MetadataCalls   Calls = "metadata"   // clients that look for MAS, where logins are left to it
	RendezvousCalls Calls = "rendezvous" // clients that sign in by a QR code
	CallbackCalls   Calls = "callback"   // browsers on their way back from Synapse's own identity providers
	FederationCalls Calls = "federation" // other servers
	AdminCalls      Calls = "admin"      // nobody from outside
	MASCalls        Calls = "mas"        // MAS alone, with the shared secret
	MetricsCalls    Calls = "metrics"    // nobody from outside
	DocumentCalls   Calls = "well-known" // clients and servers that know a server name alone
	HumanCalls      Calls = "human"      // people at MAS's pages
	OAuthCalls      Calls = "oauth"      // clients of MAS
	DiscoveryCalls  Calls = "discovery"  // whoever looks for MAS's endpoints
	GraphQLCalls    Calls = "graphql"    // MAS's account page
	AssetCalls      Calls = "assets"     // MAS's pages
)

// Path is a path that a deployment answers. The last part x stands for any.
type Path struct {
	Calls  Calls
	Method string
	Path   string
	// Answers is the product that answers it: "synapse" or "mas". With a well-known document it may be any web server.
	Answers string
	// Browsers says that pages of any origin may call it: who answers adds the headers of CORS.
	Browsers bool
	// Since is the version of Synapse that has it; "" for all that matrixgen knows.
	Since string
}

// Paths returns the paths that Matrix has, as examples of each kind. Sources: the client-server and server-server API of the Matrix
// specification; element-hq/synapse docs/workers.md, docs/reverse_proxy.md and docs/metrics-howto.md; element-hq/matrix-authentication-service
// docs/setup/reverse-proxy.md and crates/router/src/endpoints.rs.
func Paths() []Path {
	paths := []Path{
		{ClientCalls, "GET", "/_matrix/client/versions", "synapse", true, ""},
		{ClientCalls, "GET", "/_matrix/client/v3/sync", "synapse", true, ""},
		{ClientCalls, "GET", "/_matrix/client/v1/media/config", "synapse", false, ""},
		{ClientCalls, "GET", "/_matrix/media/v3/config", "synapse", true, ""},
		{MetadataCalls, "GET", "/_matrix/client/v1/auth_metadata", "synapse", false, ""},
		{MetadataCalls, "GET", "/_matrix/client/unstable/org.matrix.msc2965/auth_metadata", "synapse", false, ""},
		{RendezvousCalls, "GET", "/_synapse/client/rendezvous", "synapse", false, ""},
		{FederationCalls, "GET", "/_matrix/federation/v1/version", "synapse", false, ""},
		{FederationCalls, "GET", "/_matrix/key/v2/server", "synapse", false, ""},
		{CallbackCalls, "GET", "/_synapse/client/oidc/callback", "synapse", false, ""},
		{AdminCalls, "GET", "/_synapse/admin", "synapse", false, ""},
		{MASCalls, "POST", "/_synapse/mas", "synapse", false, "1.136.0"},
		{MetricsCalls, "GET", "/_synapse/metrics", "synapse", false, ""},
		{DocumentCalls, "GET", "/.well-known/matrix/client", "synapse", true, ""},
		{DocumentCalls, "GET", "/.well-known/matrix/server", "synapse", false, ""},
		{HumanCalls, "GET", "/login", "mas", false, ""},
		{HumanCalls, "GET", "/logout", "mas", false, ""},
		{HumanCalls, "GET", "/register", "mas", false, ""},
		{HumanCalls, "GET", "/account/", "mas", false, ""},
		{HumanCalls, "GET", "/consent/x", "mas", false, ""},
		{HumanCalls, "GET", "/link", "mas", false, ""},
		{HumanCalls, "GET", "/device/x", "mas", false, ""},
		{HumanCalls, "GET", "/recover", "mas", false, ""},
		{HumanCalls, "GET", "/complete-compat-sso/x", "mas", false, ""},
		{HumanCalls, "GET", "/upstream/callback/x", "mas", false, ""},
		{OAuthCalls, "GET", "/authorize", "mas", false, ""},
		{OAuthCalls, "POST", "/oauth2/token", "mas", true, ""},
		{OAuthCalls, "GET", "/oauth2/keys.json", "mas", false, ""},
		{DiscoveryCalls, "GET", "/.well-known/openid-configuration", "mas", true, ""},
		{DiscoveryCalls, "GET", "/.well-known/webfinger", "mas", false, ""},
		{GraphQLCalls, "POST", "/graphql", "mas", true, ""},
		{AssetCalls, "GET", "/assets/x", "mas", false, ""},
	}
	for _, version := range []string{"v3", "r0"} { // the versions that clients use
		below := "/_matrix/client/" + version + "/"
		paths = append(paths,
			Path{CompatCalls, "GET", below + "login", "mas", true, ""},
			Path{CompatCalls, "POST", below + "login", "mas", true, ""},
			Path{CompatCalls, "GET", below + "login/sso/redirect", "mas", false, ""},
			Path{CompatCalls, "GET", below + "login/sso/redirect/x", "mas", false, ""},
			Path{CompatCalls, "POST", below + "logout", "mas", true, ""},
			Path{CompatCalls, "POST", below + "logout/all", "mas", true, ""},
			Path{CompatCalls, "POST", below + "refresh", "mas", true, ""},
		)
	}
	return paths
}

// PathsOf returns the paths of one kind of calls, in order.
func PathsOf(calls Calls) []Path { return slices.Clip(pathsByCalls()[calls]) }

// pathsByCalls is asked for each host and route.
var pathsByCalls = sync.OnceValue(func() map[Calls][]Path {
	of := map[Calls][]Path{}
	for _, p := range Paths() {
		of[p.Calls] = append(of[p.Calls], p)
	}
	return of
})

// TextsOf returns the texts of the paths of some kinds of calls, in order.
func TextsOf(kinds ...Calls) []string {
	var texts []string
	for _, calls := range kinds {
		for _, p := range PathsOf(calls) {
			texts = append(texts, p.Path)
		}
	}
	return texts
}

// FirstOf returns the first path of each kind of calls: what stands for the kind where one is enough.
func FirstOf(kinds ...Calls) []string {
	var texts []string
	for _, calls := range kinds {
		texts = append(texts, PathsOf(calls)[0].Path)
	}
	return texts
}
