package verify

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	signInPage       = "sign-in-page"
	providerDocument = "provider-discovery"
	authorization    = "authorization-request"
)

// start returns the URL at which a sign-in by a provider starts.
func (s *site) start(p provider) string { return s.mas.to("/upstream/authorize/" + p.id) }

// document returns the URL of what the provider says of itself.
func (p provider) document() string {
	return strings.TrimSuffix(p.issuer, "/") + "/.well-known/openid-configuration"
}

// discovers reports whether MAS asks the provider where its endpoints are.
func (p provider) discovers() bool {
	return p.issuer != "" && !p.node.Get("discovery_mode").Is("disabled") && publicURL(p.issuer, p.issuerAt).known()
}

// signIn returns the probes of the way from MAS to its providers, which ends before any form.
func (s *site) signIn() []Probe {
	if !s.mas.known() {
		return nil
	}
	login := s.mas.to("/login")
	working := key(masDiscovery, s.masDiscoveryURL())
	probes := []Probe{{Name: signInPage, Group: SignIn, About: login, At: s.mas.at, After: []string{working}, ask: func(ctx context.Context, n *session) outcome { return s.askLogin(ctx, n, login) }}}
	for _, p := range s.providers {
		begin := s.start(p)
		asks := []string{working}
		if p.discovers() {
			address := p.document()
			probes = append(probes, Probe{Name: providerDocument, Group: SignIn, About: address, At: p.issuerAt, After: reaches(address),
				ask: func(ctx context.Context, n *session) outcome { return p.askDocument(ctx, n, address) }})
			asks = append(asks, key(providerDocument, address))
		}
		ready := []string{key(authorization, begin)}
		if text, known := literal(p.node.Get("authorization_endpoint")); known {
			ready = append(ready, reaches(text)...)
		}
		probes = append(probes,
			Probe{Name: authorization, Group: SignIn, About: begin, At: p.node.KeyPosition("id"), After: asks,
				ask: func(ctx context.Context, n *session) outcome { return s.askAuthorization(ctx, n, p) }},
			Probe{Name: "redirect-uri", Group: SignIn, About: begin + " at " + p.host(), At: p.node.KeyPosition("client_id"), After: ready,
				ask: func(ctx context.Context, n *session) outcome { return s.askProvider(ctx, n, p) }})
	}
	return probes
}

// host returns the host of the provider, or its name.
func (p provider) host() string {
	if u, err := url.Parse(p.issuer); err == nil && u.Host != "" {
		return u.Host
	}
	return p.name
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
		begun, err := n.get(ctx, s.start(p))
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
	if issuer := text(document, "issuer"); issuer != p.issuer {
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: it calls itself %s, and MAS knows it as %q", p.name, quoted(issuer), p.issuer), hint: "they are compared letter by letter, to the last slash: write the issuer as it does", rule: "issuer-mismatch"})
	}
	if p.node.Get("discovery_mode").Is("insecure") {
		return pass()
	}
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"} {
		if endpoint := text(document, name); endpoint != "" && !strings.HasPrefix(endpoint, "https://") {
			return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: its %s is %s, which MAS refuses", p.name, name, quoted(endpoint)), hint: "let it name a URL with https://; at Pocket ID that is INTERNAL_APP_URL", rule: "issuer-mismatch"})
		}
	}
	return pass()
}

// askAuthorization starts a sign-in, and looks where MAS sends the browser.
func (s *site) askAuthorization(ctx context.Context, n *session, p provider) outcome {
	a, err := n.get(ctx, s.start(p))
	cannot := "nobody can sign in by " + p.name + ": "
	switch {
	case err != nil:
		return wrong(problem{message: cannot + "MAS does not start: " + why(err), hint: "look at the log of MAS"})
	case a.status == http.StatusNotFound:
		return wrong(problem{message: cannot + "MAS has no provider with the id " + p.id, hint: "MAS runs with another configuration: restart it, and look at its log"})
	case a.status >= 500:
		return wrong(problem{message: fmt.Sprintf("%sMAS answers %d, since it does not get the provider's discovery document", cannot, a.status), hint: "MAS asks from inside of its container: look whether it reaches " + p.issuer + " from there", at: p.issuerAt})
	case a.status < 300 || a.status > 399:
		return wrong(problem{message: fmt.Sprintf("%sMAS answers %s, and does not lead to the provider", cannot, a.said()), hint: "look at the log of MAS"})
	}
	to, err := a.url.Parse(a.header.Get("Location"))
	if err != nil || to.Host == "" {
		return wrong(problem{message: cannot + "MAS leads to what is no URL", hint: "look at the log of MAS"})
	}
	return outcome{problems: s.compareRequest(ctx, n, p, to)}
}

// compareRequest returns what of a request to a provider is not as the files have it.
func (s *site) compareRequest(ctx context.Context, n *session, p provider, to *url.URL) []problem {
	var problems []problem
	query := to.Query()
	runs := "MAS runs with another configuration: restart it"
	differs := func(what, got, want string, at ...string) {
		pos := p.node.KeyPosition(at[0])
		problems = append(problems, problem{message: fmt.Sprintf("nobody can sign in by %s: MAS asks it with the %s %q, and the files have %q", p.name, what, got, want), hint: runs, at: pos})
	}
	if got, known := literal(p.node.Get("client_id")); known && query.Get("client_id") != got {
		differs("client id", query.Get("client_id"), got, "client_id")
	}
	if got := query.Get("redirect_uri"); got != p.callback {
		differs("redirect URI", got, p.callback, "id")
	}
	if scope, known := literal(p.node.Get("scope")); known && !sameWords(scope, query.Get("scope")) {
		differs("scopes", query.Get("scope"), scope, "scope")
	}
	if want, known := p.wantsPKCE(ctx, n); known && want != (query.Get("code_challenge_method") == "S256" && query.Get("code_challenge") != "") {
		got := map[bool]string{true: "without PKCE", false: "with PKCE"}[want]
		problems = append(problems, problem{message: fmt.Sprintf("MAS asks %s %s, and its configuration says otherwise", p.name, got), hint: runs, at: p.node.KeyPosition("pkce_method")})
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

// wantsPKCE reports whether MAS has to ask with PKCE: as it is told, or if the provider says that it knows it.
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

// askProvider sends the provider the request that MAS makes, as a browser would, and looks whether it takes it. No form is filled in.
func (s *site) askProvider(ctx context.Context, n *session, p provider) outcome {
	a, err := n.get(ctx, s.start(p))
	if err != nil {
		return unasked("MAS does not start: %s", why(err))
	}
	to, err := a.url.Parse(a.header.Get("Location"))
	if err != nil {
		return unasked("MAS leads to what is no URL")
	}
	if !n.asked[strings.ToLower(to.Hostname())] {
		return unasked("the sign-in page of %s is on %s, which the files do not name", p.name, to.Hostname())
	}
	b, err := n.do(ctx, question{method: http.MethodGet, url: to.String(), led: a.url.Hostname(), header: map[string]string{"Accept": "text/html"}})
	if err != nil {
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: its sign-in page at %s: %s", p.name, to.Host, why(err)), hint: "look whether it runs"})
	}
	refused, knows := p.refuses(b)
	where := p.node.KeyPosition("id")
	switch {
	case refused == "":
		return pass()
	case knows == knowsNobody:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: it has no client %s (%s)", p.name, quoted(to.Query().Get("client_id")), refused), hint: p.registerHint(), rule: "idp-client-mismatch"})
	case knows == knowsURI:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: it refuses the request of MAS (%s)", p.name, refused), hint: "it takes the redirect URI: compare what else the client may do there, such as scopes", rule: "idp-client-mismatch"})
	}
	return wrong(problem{message: fmt.Sprintf("nobody can sign in by %s: it refuses the request of MAS (%s)", p.name, refused), hint: "register the redirect URI " + p.callback + ", letter by letter; " + p.registerHint(), rule: "redirect-uri-mismatch", at: where})
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
func (p provider) refuses(a answer) (refused string, knows int) {
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
	case strings.HasPrefix(location.String(), p.callback) && said != "": // RFC 6749, 4.1.2.1
		return fmt.Sprintf("it leads back with the error %s", quoted(said)), knowsURI
	}
	return "", knowsURI
}
