package verify

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

const (
	signInPage       = "sign-in-page"
	providerDocument = "provider-discovery"
	authorization    = "authorization-request"
	redirectURI      = "redirect-uri"
)

// signIn returns the probes of the way from MAS, or from Synapse, to the providers, which ends before any form.
func (s *site) signIn() []Probe {
	var probes []Probe
	if s.mas.known() {
		login := s.mas.to("/login")
		probes = append(probes, Probe{Name: signInPage, Group: SignIn, About: login, At: s.mas.at, After: []string{key(masDiscovery, s.masDiscoveryURL())}, ask: func(ctx context.Context, n *session) outcome { return s.askLogin(ctx, n, login) }})
	}
	for _, p := range s.providers {
		asks := []string{p.after}
		if p.discovers() {
			address := p.document()
			probes = append(probes, Probe{Name: providerDocument, Group: SignIn, About: address, At: p.issuerAt, After: reaches(address),
				ask: func(ctx context.Context, n *session) outcome { return p.askDocument(ctx, n, address) }})
			asks = append(asks, key(providerDocument, address))
		}
		ready := []string{key(authorization, p.about())}
		if text, known := literal(p.node.Get("authorization_endpoint")); known {
			ready = append(ready, reaches(text)...)
		}
		probes = append(probes,
			Probe{Name: authorization, Group: SignIn, About: p.about(), At: p.idAt, After: asks,
				ask: func(ctx context.Context, n *session) outcome { return s.askAuthorization(ctx, n, p) }},
			Probe{Name: redirectURI, Group: SignIn, About: p.about() + " at " + p.host(), At: p.node.KeyPosition("client_id"), After: ready,
				ask: func(ctx context.Context, n *session) outcome { return s.askProvider(ctx, n, p, p.callback) }})
		for _, q := range s.prepared(p) {
			probes = append(probes, Probe{Name: redirectURI, Group: SignIn, About: q.callback + " at " + p.host(), At: q.idAt, After: []string{key(redirectURI, p.about()+" at "+p.host())},
				ask: func(ctx context.Context, n *session) outcome { return s.askProvider(ctx, n, p, q.callback) }})
		}
	}
	return probes
}

// askLogin asks for the page on which people choose how they sign in. Without passwords and with one provider it leads on to that.
func (s *site) askLogin(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	if err != nil {
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: %s: %s", address, why(err)), hint: "look at the log of MAS"})
	}
	page := string(a.body)
	switch {
	case a.status >= 300 && a.status <= 399:
		page = a.header.Get("Location")
	case a.status != http.StatusOK:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: MAS answers %s with %s", address, a.said()), hint: "look at the log of MAS, and whether its listener has the resource human", rule: "mas-resource-missing"})
	}
	var problems []problem
	for _, p := range s.providers {
		if p.owner != "MAS" {
			continue
		}
		begun, err := n.get(ctx, p.start)
		isGone := err == nil && begun.status == http.StatusNotFound // and found there
		if !isGone && !strings.Contains(page, "/upstream/authorize/"+p.id) {
			problems = append(problems, problem{message: fmt.Sprintf("nobody can sign in by %s: MAS does not offer it", p.name), hint: "MAS runs with another configuration: restart it, and look at its log", at: p.node.KeyPosition("id")})
		}
	}
	return outcome{problems: problems}
}

// askDocument asks a provider for what MAS asks it.
func (p provider) askDocument(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: %s: %s", p.name, address, why(err)), hint: "look whether it runs"})
	case a.status != http.StatusOK || a.object() == nil:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: %s answers %s, and not with a discovery document", p.name, address, a.said()), hint: "look whether it runs, and whether the issuer is the one that it shows"})
	}
	document := a.object()
	// Synapse takes the issuer that it is told.
	if issuer := text(document, "issuer"); issuer != p.issuer && p.owner == "MAS" {
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: it calls itself %s, and MAS knows it as %q", p.name, quoted(issuer), p.issuer), hint: "they are compared letter by letter, to the last slash: write the issuer as it does", rule: "issuer-mismatch"})
	}
	if p.lax {
		return pass()
	}
	checked := []string{"authorization_endpoint", "token_endpoint"}
	if p.owner == "MAS" {
		checked = append(checked, "jwks_uri", "userinfo_endpoint")
	}
	for _, name := range checked {
		if endpoint := text(document, name); endpoint != "" && !strings.HasPrefix(endpoint, "https://") {
			return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: its %s is %s, which %s refuses", p.name, name, quoted(endpoint), p.owner), hint: "let it name a URL with https://; at Pocket ID that is INTERNAL_APP_URL", rule: "issuer-mismatch"})
		}
	}
	return pass()
}

// askAuthorization starts a sign-in, and looks where the browser is sent.
func (s *site) askAuthorization(ctx context.Context, n *session, p provider) outcome {
	a, err := n.get(ctx, p.start)
	cannot := fmt.Sprintf("nobody can sign in by %s: %s ", p.name, p.owner)
	look := "look at the log of " + p.owner
	switch {
	case err != nil:
		return wrong(problem{message: cannot + "does not start: " + why(err), hint: look})
	case a.status == http.StatusNotFound:
		return wrong(problem{message: cannot + "has no provider with the id " + p.id, hint: p.owner + " runs with another configuration: restart it, and look at its log"})
	case a.status == http.StatusInternalServerError && p.owner == "Synapse":
		return wrong(problem{message: cannot + "answers 500, since it does not take the provider's discovery document", hint: look + ", which says why", at: p.issuerAt})
	case a.status >= 500:
		return wrong(problem{message: fmt.Sprintf("%sanswers %d, since it does not get the provider's discovery document", cannot, a.status), hint: p.owner + " asks from inside of its container: look whether it reaches " + p.issuer + " from there", at: p.issuerAt})
	case a.status < 300 || a.status > 399:
		return wrong(problem{message: fmt.Sprintf("%sanswers %s, and does not lead to the provider", cannot, a.said()), hint: look})
	}
	to, err := a.url.Parse(a.header.Get("Location"))
	switch {
	case err != nil || to.Host == "":
		return wrong(problem{message: cannot + "leads to what is no URL", hint: look})
	case p.owner == "Synapse" && strings.HasSuffix(to.Path, a.url.Path):
		return wrong(s.circle(to, cannot))
	}
	return outcome{problems: s.compareRequest(ctx, n, p, to)}
}

// circle says why Synapse leads to where it was just asked: it sends whoever asks at another address than its public_baseurl to that, so that its
// cookies count.
func (s *site) circle(to *url.URL, cannot string) problem {
	if !strings.EqualFold(to.Host, s.home.Host) {
		return problem{message: fmt.Sprintf("%sleads to %s, which is its public_baseurl, and the files have %s", cannot, to.Host, s.home), hint: "Synapse runs with another configuration: restart it", at: s.home.at}
	}
	return problem{message: cannot + "leads in a circle, since it does not see that it is asked at its public_baseurl", hint: "let the proxy pass Host and X-Forwarded-Proto, and give Synapse's listener x_forwarded: true", rule: "proxy-trust-wrong", at: s.home.at}
}

// compareRequest returns what of a request to a provider is not as the files have it.
func (s *site) compareRequest(ctx context.Context, n *session, p provider, to *url.URL) []problem {
	var problems []problem
	query := to.Query()
	runs := p.owner + " runs with another configuration: restart it"
	differs := func(what, got, want string, at diag.Position) {
		problems = append(problems, problem{message: fmt.Sprintf("nobody can sign in by %s: %s asks it with the %s %q, and the files have %q", p.name, p.owner, what, got, want), hint: runs, at: at})
	}
	if got, known := literal(p.node.Get("client_id")); known && query.Get("client_id") != got {
		differs("client id", query.Get("client_id"), got, p.node.KeyPosition("client_id"))
	}
	if got := query.Get("redirect_uri"); got != p.callback {
		differs("redirect URI", got, p.callback, p.idAt)
	}
	if p.scope != "" && !sameWords(p.scope, query.Get("scope")) {
		differs("scopes", query.Get("scope"), p.scope, p.scopeAt)
	}
	if want, known := p.wantsPKCE(ctx, n); known && want != (query.Get("code_challenge_method") == "S256" && query.Get("code_challenge") != "") {
		got := map[bool]string{true: "without PKCE", false: "with PKCE"}[want]
		problems = append(problems, problem{message: fmt.Sprintf("%s asks %s %s, and its configuration says otherwise", p.owner, p.name, got), hint: runs, at: p.node.KeyPosition("pkce_method")})
	}
	return problems
}

// sameWords reports whether two texts have the same words, in whatever order.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}

// wantsPKCE reports whether the owner has to ask with PKCE: as it is told, or if the provider says that it knows it.
func (p provider) wantsPKCE(ctx context.Context, n *session) (wants, known bool) {
	switch method := p.node.Get("pkce_method"); {
	case method.Is("always"), method.Is("never"):
		return method.Is("always"), true
	case method.IsSet() && !method.Is("auto"), !p.discovers():
		return false, false
	}
	a, err := n.get(ctx, p.document())
	if err != nil {
		return false, false
	}
	methods, listed := a.object()["code_challenge_methods_supported"].([]any)
	if !listed {
		return false, false
	}
	return slices.Contains(methods, any("S256")), true
}

// askProvider sends the provider the request that its owner makes, with that callback, as a browser would, and looks whether it takes it. No form is
// filled in.
func (s *site) askProvider(ctx context.Context, n *session, p provider, callback string) outcome {
	a, err := n.get(ctx, p.start)
	if err != nil {
		return unasked("%s does not start: %s", p.owner, why(err))
	}
	to, err := a.url.Parse(a.header.Get("Location"))
	if err != nil {
		return unasked("%s leads to what is no URL", p.owner)
	}
	if !n.asked[strings.ToLower(to.Hostname())] {
		return unasked("the sign-in page of %s is on %s, which the files do not name", p.name, to.Hostname())
	}
	cannot, of := "nobody can sign in by "+p.name, p.owner
	if callback != p.callback {
		cannot, of = "nobody can sign in by "+p.name+" once MAS runs", "MAS"
		query := to.Query()
		query.Set("redirect_uri", callback)
		to.RawQuery = query.Encode()
	}
	b, err := n.do(ctx, question{method: http.MethodGet, url: to.String(), led: a.url.Hostname(), header: map[string]string{"Accept": "text/html"}})
	if err != nil {
		return wrong(problem{message: fmt.Sprintf("%s: its sign-in page at %s: %s", cannot, to.Host, why(err)), hint: "look whether it runs"})
	}
	refused, knows := p.refuses(b, callback)
	switch {
	case refused == "":
		return pass()
	case knows == knowsNobody:
		return wrong(problem{message: fmt.Sprintf("%s: it has no client %s (%s)", cannot, quoted(to.Query().Get("client_id")), refused), hint: p.registerHint(), rule: "idp-client-mismatch"})
	case knows == knowsURI:
		return wrong(problem{message: fmt.Sprintf("%s: it refuses the request of %s (%s)", cannot, of, refused), hint: "it takes the redirect URI: compare what else the client may do there, such as scopes", rule: "idp-client-mismatch"})
	}
	return wrong(problem{message: fmt.Sprintf("%s: it refuses the request of %s (%s)", cannot, of, refused), hint: "register the redirect URI " + callback + ", letter by letter; " + p.registerHint(), rule: "redirect-uri-mismatch", at: p.idAt})
}

func (p provider) registerHint() string {
	if p.pocketID {
		return "matrixgen idp plan says what Pocket ID has to have"
	}
	return "look into the log of the provider"
}

// What a provider that refuses a request knows of who asks.
const (
	knowsClient = iota // the client, perhaps, and not the redirect URI
	knowsNobody        // not even the client
	knowsURI           // both
)

// refuses says how a provider shows that it does not take a request, or ""; and what it knows.
func (p provider) refuses(a answer, callback string) (refused string, knows int) {
	location, _ := a.url.Parse(a.header.Get("Location"))
	switch {
	case a.status >= 400 && a.errcode() == "invalid_client":
		return fmt.Sprintf("it answers %s", a.said()), knowsNobody
	case a.status >= 400: // Keycloak, Authentik, Authelia and others show a page, since they must not lead back
		return fmt.Sprintf("it answers %s", a.said()), knowsClient
	case a.status < 300 || location == nil:
		return "", knowsURI
	}
	said := location.Query().Get("error")
	switch {
	case strings.HasSuffix(location.Path, "/interaction/error") && strings.Contains(said, "Client does not exist"): // Pocket ID, which says it in a sentence
		return quoted(said), knowsNobody
	case strings.HasSuffix(location.Path, "/interaction/error"):
		return quoted(said), knowsClient
	case strings.HasPrefix(location.String(), callback) && said != "": // RFC 6749, 4.1.2.1
		return fmt.Sprintf("it leads back with the error %s", quoted(said)), knowsURI
	}
	return "", knowsURI
}
