package verify

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// older returns the probes of clients that know no OAuth: what they ask of Synapse, MAS answers.
func (s *site) older() []Probe {
	if !s.home.known() {
		return nil
	}
	if !s.delegated || !s.mas.known() {
		if matrix.DelegationOf(s.d.Synapse) != matrix.NotDelegated {
			return nil
		}
		address := s.home.to("/_matrix/client/v3/login")
		return []Probe{{Name: "login-flows", Group: Older, About: address, At: s.home.at, After: []string{key(clientVersions, s.home.to("/_matrix/client/versions"))},
			ask: func(ctx context.Context, n *session) outcome { return s.askFlows(ctx, n, address) }}}
	}
	login := s.home.to("/_matrix/client/v3/login")
	return []Probe{{Name: "compat-route", Group: Older, About: login, At: s.compatAt(login, http.MethodGet), After: []string{key(clientVersions, s.home.to("/_matrix/client/versions")), key(masDiscovery, s.masDiscoveryURL())},
		ask: func(ctx context.Context, n *session) outcome { return s.askCompat(ctx, n) }}}
}

// compatAt returns the line of the route by which MAS gets a request, or where it is missing.
func (s *site) compatAt(address, method string) diag.Position {
	if s.d.Proxy == nil || s.d.MAS.Service == nil || s.compiled {
		return s.home.at
	}
	return s.routeAt(address, method, matrix.LabelsPosition(s.d.MAS.Service))
}

// askCompat asks what MAS has to answer on Synapse's host. Synapse, which then has no logins, says that it does not know the path.
func (s *site) askCompat(ctx context.Context, n *session) outcome {
	var cannot, lost []string
	reason := ""
	for _, c := range []struct{ does, method, path, body string }{
		{"sign in", http.MethodGet, "/_matrix/client/v3/login", ""},
		{"sign in", http.MethodGet, "/_matrix/client/r0/login", ""},
		{"sign out", http.MethodPost, "/_matrix/client/v3/logout", ""},
		{"stay signed in", http.MethodPost, "/_matrix/client/v3/refresh", `{"refresh_token":"matrixgen-verify"}`},
	} {
		q := question{method: c.method, url: s.home.to(c.path), body: c.body}
		if c.body != "" {
			q.header = map[string]string{"Content-Type": "application/json"}
		}
		a, err := n.do(ctx, q)
		why := compatProblem(a, err, c.method == http.MethodGet)
		if why == "" {
			continue
		}
		if reason == "" {
			reason = why
		}
		lost = append(lost, c.path)
		if !slices.Contains(cannot, c.does) {
			cannot = append(cannot, c.does)
		}
	}
	if reason == "" {
		return pass()
	}
	return wrong(problem{message: fmt.Sprintf("clients without OAuth cannot %s: %s, for %s of %s", strings.Join(cannot, ", "), reason, strings.Join(lost, ", "), s.home.Host),
		hint: "let the proxy send login, logout and refresh of this host to MAS, before it sends the rest to Synapse", rule: "compat-route-missing"})
}

// compatProblem says what is wrong with an answer that has to be MAS's, or "".
func compatProblem(a answer, err error, isLogin bool) string {
	switch {
	case err != nil:
		return why(err)
	case a.fromSynapse():
		return "Synapse answers " + a.said() + " in place of MAS"
	case a.isProxy():
		return "the proxy answers " + a.said()
	case isLogin && (a.status != http.StatusOK || a.object()["flows"] == nil):
		return "the answer is " + a.said() + ", and not the ways to sign in"
	case !isLogin && (a.status != http.StatusUnauthorized || !strings.HasPrefix(a.errcode(), "M_")):
		return "the answer is " + a.said() + ", and not that of MAS"
	}
	return ""
}

// askFlows asks a Synapse that has its own sign-in for the ways to do it.
func (s *site) askFlows(ctx context.Context, n *session, address string) outcome {
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: %s: %s", address, why(err)), hint: "look at the log of Synapse"})
	case a.status != http.StatusOK || a.object()["flows"] == nil:
		return wrong(problem{message: fmt.Sprintf("nobody can sign in: %s answers %s, and not with the ways to do it", address, a.said()), hint: "look at what answers there, and at the log of Synapse"})
	}
	var problems []problem
	for _, p := range s.providers {
		if p.owner == "Synapse" && !offers(a, p.id) {
			problems = append(problems, problem{message: fmt.Sprintf("nobody can sign in by %s: Synapse does not offer it", p.name), hint: "Synapse runs with another configuration: restart it, and look at its log", at: p.idAt})
		}
	}
	return outcome{problems: problems}
}

// offers reports whether the ways to sign in have a provider. https://spec.matrix.org/v1.16/client-server-api/#definition-mloginsso-flow-schema
func offers(a answer, id string) bool {
	var said struct {
		Flows []struct {
			Providers []struct {
				ID string `json:"id"`
			} `json:"identity_providers"`
		} `json:"flows"`
	}
	if json.Unmarshal(a.body, &said) != nil {
		return false
	}
	for _, flow := range said.Flows {
		for _, p := range flow.Providers {
			if p.ID == id {
				return true
			}
		}
	}
	return false
}

// madeUp returns a token that nobody has. Synapse remembers for minutes what MAS said of one, so that each run needs its own.
func madeUp() string { return "mat_" + rand.Text() + "_000000" }

// trust returns the probe of whether Synapse and MAS believe each other: only a token shows it, and one that nobody has will do.
func (s *site) trust() []Probe {
	if !s.home.known() || !s.mas.known() || !s.delegated {
		return nil
	}
	address := s.home.to("/_matrix/client/v3/account/whoami")
	metadata := s.home.to("/_matrix/client/v1/auth_metadata")
	return []Probe{{Name: "token-check", Group: Trust, About: address, At: at(s.d.Synapse, "matrix_authentication_service"), After: []string{key(authMetadata, metadata)},
		ask: func(ctx context.Context, n *session) outcome {
			a, err := n.do(ctx, question{method: http.MethodGet, url: address, header: map[string]string{"Authorization": "Bearer " + madeUp()}})
			switch {
			case err != nil:
				return wrong(problem{message: fmt.Sprintf("nobody's token counts: %s: %s", address, why(err)), hint: "look at the log of Synapse"})
			case a.status == http.StatusUnauthorized && a.errcode() == "M_UNKNOWN_TOKEN":
				return pass()
			case a.status == http.StatusServiceUnavailable && a.fromSynapse():
				return wrong(problem{message: "nobody's token counts, and every client is refused: MAS does not believe Synapse, which reaches it", hint: "the shared secret of the two differs: write the same for both, and restart them", rule: "shared-secret-mismatch",
					at: s.secretAt()})
			}
			return wrong(problem{message: fmt.Sprintf("a token that nobody has is answered with %s, and not with 401 M_UNKNOWN_TOKEN", a.said()), hint: "look at the log of Synapse, and at what answers " + address})
		}}}
}

// secretAt returns where Synapse is told the secret.
func (s *site) secretAt() diag.Position {
	for _, name := range []string{"secret", "secret_path"} {
		if s.d.Synapse.At("matrix_authentication_service", name).IsSet() {
			return at(s.d.Synapse, "matrix_authentication_service", name)
		}
	}
	if s.d.Synapse.Lacks("experimental_features", "msc3861", "admin_token") == model.No {
		return at(s.d.Synapse, "experimental_features", "msc3861", "admin_token")
	}
	return at(s.d.Synapse, "matrix_authentication_service")
}
