package verify

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

const (
	clientVersions = "client-versions"
	masDiscovery   = "mas-discovery"
	authMetadata   = "auth-metadata"
	serverDocument = "well-known-server"
)

func (s *site) masDiscoveryURL() string { return s.mas.to("/.well-known/openid-configuration") }

// discovery returns the probes of how clients find everything.
func (s *site) discovery() []Probe {
	var probes []Probe
	if s.apex != "" && s.home.known() {
		address := "https://" + s.apex + "/.well-known/matrix/client"
		probes = append(probes, Probe{Name: "well-known-client", Group: Discovery, About: address, At: s.documentAt(model.KindWellKnownClient), After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome { return s.askClientDocument(ctx, n, address) }})
	}
	if s.home.known() {
		address := s.home.to("/_matrix/client/versions")
		probes = append(probes, Probe{Name: clientVersions, Group: Discovery, About: address, At: s.routeAt(address, http.MethodGet, s.home.at), After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome { return s.askVersions(ctx, n, address) }})
	}
	if s.mas.known() {
		address := s.masDiscoveryURL()
		probes = append(probes, Probe{Name: masDiscovery, Group: Discovery, About: address, At: s.mas.at, After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome { return s.askMAS(ctx, n, address) }})
	}
	if s.mas.known() && s.home.known() && s.delegated {
		address := s.home.to("/_matrix/client/v1/auth_metadata")
		probes = append(probes, Probe{Name: authMetadata, Group: Discovery, About: address, At: matrix.DelegationPosition(s.d.Synapse),
			After: append(reaches(address), key(clientVersions, s.home.to("/_matrix/client/versions")), key(masDiscovery, s.masDiscoveryURL())),
			ask:   func(ctx context.Context, n *session) outcome { return s.askMetadata(ctx, n, address) }})
	}
	for _, e := range s.elements {
		address := e.to("/config.json")
		probes = append(probes, Probe{Name: "element-config", Group: Discovery, About: address, At: s.routeAt(address, http.MethodGet, e.at), After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome { return s.askElement(ctx, n, address, e) }})
	}
	return probes
}

// documentAt returns where a well-known document stands, or else the server name.
func (s *site) documentAt(kind model.DocumentKind) diag.Position {
	if s.compiled {
		return s.nameAt // of which it is
	}
	if doc := s.document(kind); doc != nil {
		return doc.Root.KeyPosition(map[model.DocumentKind]string{model.KindWellKnownClient: "m.homeserver", model.KindWellKnownServer: "m.server"}[kind])
	}
	return s.nameAt
}

// document returns the one document of a kind that something serves, or nil.
func (s *site) document(kind model.DocumentKind) *model.Document {
	var found *model.Document
	for _, doc := range s.d.Documents {
		if doc.Kind != kind || doc.Root == nil || doc.Template || doc.Sample {
			continue
		}
		if found != nil {
			return nil
		}
		found = doc
	}
	return found
}

// askClientDocument asks as a client does that knows a server name alone.
func (s *site) askClientDocument(ctx context.Context, n *session, address string) outcome {
	a, err := n.follow(ctx, address)
	const sees = "whoever types " // a server name into an app
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("%s%s into an app does not find the homeserver: %s does not give the document: %s", sees, s.serverName, address, why(err)), hint: "look at what answers there", rule: "well-known-client-missing"})
	case a.status == http.StatusNotFound && s.home.Host == s.apex:
		return pass() // clients then take the host of the server name
	case a.status != http.StatusOK:
		return wrong(problem{message: fmt.Sprintf("%s%s into an app does not find the homeserver: %s answers %s", sees, s.serverName, address, a.said()),
			hint: "serve the document there, or point the host at the proxy that does", rule: "well-known-client-missing"})
	}
	document := a.object()
	base := text(document, "m.homeserver", "base_url")
	switch {
	case document == nil:
		return wrong(problem{message: fmt.Sprintf("%s%s into an app does not find the homeserver: what %s answers is no JSON object", sees, s.serverName, address), hint: "look at what answers there", rule: "well-known-content-wrong"})
	case strings.TrimSuffix(base, "/") != strings.TrimSuffix(s.home.String(), "/"):
		return wrong(problem{message: fmt.Sprintf("apps that know %s alone go to %s: the homeserver is %s", s.serverName, quoted(base), s.home), hint: "the document that is served is another one than the files have: deploy them, and look at what else answers there", rule: "well-known-content-wrong"})
	case !a.isCORS():
		return wrong(problem{message: fmt.Sprintf("Element Web elsewhere cannot read %s: Access-Control-Allow-Origin is not exactly *", address), hint: "send that header once, with *", rule: "cors-header-wrong"})
	}
	return outcome{problems: s.documentWarnings(a, document, address)}
}

// documentWarnings returns what is wrong with the document of clients although they find the homeserver.
func (s *site) documentWarnings(a answer, document map[string]any, address string) []problem {
	var problems []problem
	if kind := a.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		problems = append(problems, problem{severity: diag.Warning, message: address + " has another Content-Type than application/json, which some clients refuse", hint: "send the header"})
	}
	doc := s.document(model.KindWellKnownClient)
	if doc == nil || !container.IsMounted(s.d, doc) {
		return problems
	}
	for _, f := range doc.Root.Fields {
		if _, served := document[f.Key]; !served {
			problems = append(problems, problem{severity: diag.Warning, message: fmt.Sprintf("%s lacks %s, which the file has", address, f.Key), hint: "the document that is served is an older one: deploy the files", at: f.Position})
		}
	}
	return problems
}

// askVersions asks what every client asks first.
func (s *site) askVersions(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("no client reaches Synapse: %s: %s", address, why(err)), hint: "look at the container of Synapse and its log"})
	case a.isProxy():
		return wrong(problem{message: fmt.Sprintf("no client reaches Synapse: for %s the proxy answers %s", address, a.said()), hint: "look whether the container of Synapse is healthy, and whether the proxy has its route", rule: "public-host-not-routed"})
	case a.status != http.StatusOK || a.object()["versions"] == nil:
		return wrong(problem{message: fmt.Sprintf("no client can use Synapse: %s answers %s, and not with the versions of the API", address, a.said()), hint: "look at what answers there"})
	case !a.isCORS():
		return wrong(problem{message: fmt.Sprintf("Element Web cannot use Synapse: %s has Access-Control-Allow-Origin %s times, and not once with *", address, fmt.Sprint(len(a.header.Values("Access-Control-Allow-Origin")))),
			hint: "Synapse sends the header itself: let the proxy neither add nor remove it", rule: "cors-header-wrong"})
	}
	return pass()
}

// askMAS asks for what clients and Synapse learn of MAS.
func (s *site) askMAS(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: MAS does not answer at %s: %s", address, why(err)), hint: "look at the container of MAS and its log"})
	case a.isProxy():
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: for %s the proxy answers %s", address, a.said()), hint: "look whether the container of MAS runs and is healthy, and whether the proxy has its route", rule: "public-host-not-routed"})
	case a.fromSynapse():
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: at %s Synapse answers %s in place of MAS", address, a.said()), hint: "let the proxy lead that to MAS, before it leads the rest of the host to Synapse", rule: "public-host-not-routed"})
	case a.status != http.StatusOK || a.object() == nil:
		hint := "look at what answers there, and whether MAS's listener has the resource discovery"
		if s.mas.Path != "/" {
			hint += ", and the prefix " + s.mas.Path
		}
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: %s answers %s, and not with MAS's discovery document", address, a.said()), hint: hint, rule: "mas-resource-missing"})
	case text(a.object(), "issuer") != s.issuer:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: MAS calls itself %s, and its configuration says %s", quoted(text(a.object(), "issuer")), s.issuer), hint: "they are compared letter by letter: MAS runs with another configuration, so restart it", rule: "issuer-mismatch"})
	case !a.isCORS():
		return wrong(problem{message: fmt.Sprintf("Element Web cannot read %s: Access-Control-Allow-Origin is not exactly *", address), hint: "MAS sends the header itself: let the proxy neither add nor remove it", rule: "cors-header-wrong"})
	}
	return pass()
}

// askMetadata asks as clients do that know OAuth: Synapse asks MAS for the answer.
func (s *site) askMetadata(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	if err == nil && a.status == http.StatusNotFound && a.errcode() == "M_UNRECOGNIZED" {
		// Before it was part of the specification, it had this path.
		if a, err = n.get(ctx, s.home.to("/_matrix/client/unstable/org.matrix.msc2965/auth_metadata")); err == nil && a.status == http.StatusNotFound {
			return wrong(problem{message: "clients do not find MAS: Synapse does not leave sign-in to it", hint: "Synapse runs with another configuration: restart it", rule: "mas-not-delegated"})
		}
	}
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("clients do not find MAS: %s: %s", address, why(err)), hint: "look at the log of Synapse"})
	case a.status >= 500 && a.fromSynapse():
		return wrong(problem{message: fmt.Sprintf("clients do not find MAS, and nobody's token counts: Synapse does not reach MAS (%s answers %s)", address, a.said()), hint: "look whether the endpoint is an address of MAS inside", rule: "mas-endpoint-unreachable",
			at: at(s.d.Synapse, "matrix_authentication_service", "endpoint")})
	case a.status != http.StatusOK:
		return wrong(problem{message: fmt.Sprintf("clients do not find MAS: %s answers %s", address, a.said()), hint: "look at what answers there: the path belongs to Synapse", rule: "matrix-path-not-routed", at: s.routeAt(address, http.MethodGet, s.home.at)})
	case text(a.object(), "issuer") != s.issuer:
		return wrong(problem{message: fmt.Sprintf("clients are sent to another MAS: Synapse says that the issuer is %s, and it is %s", quoted(text(a.object(), "issuer")), s.issuer), hint: "look at the endpoint of MAS in Synapse's configuration", rule: "issuer-mismatch",
			at: at(s.d.Synapse, "matrix_authentication_service", "endpoint")})
	}
	return pass()
}

// askElement asks for the configuration that browsers read.
func (s *site) askElement(ctx context.Context, n *session, address string, e element) outcome {
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("Element Web does not open: %s: %s", address, why(err)), hint: "look at its container and the log"})
	case a.isProxy():
		return wrong(problem{message: fmt.Sprintf("Element Web does not open: %s answers %s", address, a.said()), hint: "look whether its container is healthy, and whether the proxy has its route", rule: "public-host-not-routed"})
	case a.status != http.StatusOK || a.object() == nil:
		return wrong(problem{message: fmt.Sprintf("Element Web does not open: %s answers %s, and not with its configuration", address, a.said()), hint: "look whether config.json is mounted, and is JSON", rule: "element-json-invalid"})
	}
	from, hint := "", "it reads the file when its container starts: recreate it"
	// A file for the host alone goes before, and the two are not merged. https://github.com/element-hq/element-web/blob/develop/docs/config.md
	own := "/config." + e.Hostname() + ".json"
	if b, err := n.get(ctx, e.to(own)); err == nil && b.status == http.StatusOK && len(b.object()) > 0 {
		a, from, hint = b, " of "+own, "for its host it reads that file in place of config.json: take it away, or mend it"
	}
	base := text(a.object(), "default_server_config", "m.homeserver", "base_url")
	if e.baseURL != "" && strings.TrimSuffix(base, "/") != strings.TrimSuffix(e.baseURL, "/") {
		return wrong(problem{message: fmt.Sprintf("Element Web uses the homeserver %s%s, and its configuration says %s", quoted(base), from, e.baseURL), hint: hint, rule: "base-url-mismatch", at: e.baseAt})
	}
	return pass()
}
