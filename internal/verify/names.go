package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// The probes that others wait for.
const (
	nameResolves = "name-resolves"
	certificate  = "certificate"
)

// reaches returns what has to pass before a URL is asked.
func reaches(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return nil
	}
	return []string{key(certificate, "https://"+strings.ToLower(u.Host))}
}

// names returns the probes of one host of the public, with its port if it is not that of HTTPS. Of one that others serve only its certificate matters.
func names(p place, own bool) []Probe {
	host := strings.ToLower(p.Hostname())
	origin := "https://" + strings.ToLower(p.Host)
	probes := []Probe{
		{Name: certificate, Group: Names, About: origin, At: p.at, After: []string{key(nameResolves, host)}, ask: func(ctx context.Context, s *session) outcome {
			return s.certificate(ctx, origin, host)
		}},
	}
	if !own {
		return probes
	}
	probes = append(probes, Probe{Name: "http2", Group: Names, About: origin, At: p.at, After: []string{key(certificate, origin)}, ask: func(ctx context.Context, s *session) outcome {
		return s.http2(ctx, origin)
	}})
	probes = append(probes, Probe{Name: "addresses", Group: Names, About: origin, At: p.at, After: []string{key(certificate, origin)}, ask: func(ctx context.Context, s *session) outcome {
		return s.addresses(ctx, p)
	}})
	if p.Port() == "" {
		plain := "http://" + host + "/"
		probes = append(probes, Probe{Name: "http-closed", Group: Names, About: plain, At: p.at, After: []string{key(nameResolves, host)}, Limit: 4 * time.Second,
			ask: func(ctx context.Context, s *session) outcome { return s.plain(ctx, plain) }})
	}
	return probes
}

// resolves returns the probe of the name of a host.
func resolves(p place) Probe {
	host := strings.ToLower(p.Hostname())
	return Probe{Name: nameResolves, Group: Names, About: host, At: p.at, ask: func(ctx context.Context, s *session) outcome {
		if s.override(p.URL) != "" || s.proxied(p.URL) {
			return pass() // who asks in our place looks it up
		}
		_, err := s.lookup(ctx, host)
		if err == nil {
			return pass()
		}
		return wrong(problem{message: fmt.Sprintf("nobody reaches %s: %s", host, why(err)), hint: "give it a DNS record that points at the machine of the proxy"})
	}}
}

// addresses connects to every address that DNS has of a host: clients take any of them, and one that leads nowhere is slow for some and closed to others.
func (s *session) addresses(ctx context.Context, p place) outcome {
	if s.override(p.URL) != "" || s.proxied(p.URL) {
		return pass()
	}
	found, err := s.lookup(ctx, p.Hostname())
	if err != nil {
		return unasked("%s: %s", p.Hostname(), why(err))
	}
	var problems []problem
	for _, a := range found {
		address := net.JoinHostPort(a.String(), portOf(p.URL))
		if to := s.options.Resolve[address]; to != "" {
			address = to
		}
		one, cancel := context.WithTimeout(ctx, addressLimit)
		conn, err := new(net.Dialer).DialContext(one, "tcp", address)
		cancel()
		switch {
		case err == nil:
			conn.Close()
		case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EHOSTUNREACH):
			problems = append(problems, problem{severity: diag.Info, message: fmt.Sprintf("not asked: %s, an address of %s: this machine has no way there", a.String(), p.Hostname())})
		default:
			problems = append(problems, problem{message: fmt.Sprintf("some do not reach %s: of its addresses in DNS, %s does not answer: %s", p.Hostname(), a.String(), why(err)),
				hint: "let the proxy listen there, too, or take the record out of DNS"})
		}
	}
	return outcome{problems: problems}
}

// addressLimit is how long one of several addresses may take.
const addressLimit = 3 * time.Second

// certificate asks a host for anything, and looks at how it proves that it is that host.
func (s *session) certificate(ctx context.Context, origin, host string) outcome {
	a, err := s.get(ctx, origin+"/")
	if err != nil && a.tls == nil {
		if reason := whyTLS(err); reason != "" {
			return wrong(problem{message: "browsers, clients and other servers refuse " + host + ": " + reason, hint: s.certificateHint(err)})
		}
		return wrong(problem{message: "nobody reaches " + origin + ": " + why(err), hint: "look whether the proxy runs, and whether the port is open to the outside"})
	}
	if a.tls == nil || len(a.tls.PeerCertificates) == 0 {
		return unasked("the certificate of %s cannot be seen", host)
	}
	leaf := a.tls.PeerCertificates[0]
	left, life := leaf.NotAfter.Sub(s.options.Now()), leaf.NotAfter.Sub(leaf.NotBefore)
	if left < life/10 {
		return wrong(problem{severity: diag.Warning, message: fmt.Sprintf("the certificate of %s ends %s, and was not renewed", host, inTime(left)),
			hint: "look into the log of the proxy why; from then on, nobody can sign in"})
	}
	return pass()
}

// certificateHint says what helps against a certificate that is refused.
func (s *session) certificateHint(err error) string {
	if whyTLS(err) == "nobody vouches for its certificate" {
		if s.options.Roots == nil {
			return "look into the log of the proxy why it has no better one; if the authority is your own, --ca says which it is"
		}
		return "look into the log of the proxy why it has no better one, or whether the file of --ca is the right one"
	}
	return "look into the log of the proxy why it has no certificate of that name that counts"
}

// inTime says when something ends.
func inTime(left time.Duration) string {
	switch hours := int(left.Hours()); {
	case hours < 48:
		return fmt.Sprintf("in %d hours", max(hours, 0))
	default:
		return fmt.Sprintf("in %d days", hours/24)
	}
}

// http2 looks whether the entry point speaks HTTP/2.
func (s *session) http2(ctx context.Context, origin string) outcome {
	a, err := s.get(ctx, origin+"/")
	if err != nil {
		return unasked("%s: %s", origin, why(err))
	}
	if a.proto == 2 {
		return pass()
	}
	return wrong(problem{severity: diag.Warning, message: origin + " speaks HTTP/1.1 alone: a browser that waits for messages has few connections left for pictures",
		hint: "switch HTTP/2 on in the proxy, or in what stands before it"})
}

// plain looks whether anything is served without TLS.
func (s *session) plain(ctx context.Context, address string) outcome {
	a, err := s.do(ctx, question{method: http.MethodGet, url: address})
	if err != nil || a.status >= 400 {
		return pass() // closed, or nothing there
	}
	if a.status >= 300 {
		next, err := a.url.Parse(a.header.Get("Location"))
		if err == nil && next.Scheme == "https" {
			return pass()
		}
		return wrong(problem{severity: diag.Warning, message: address + " redirects to what has no TLS", hint: "let it redirect to https://, or close port 80"})
	}
	return wrong(problem{severity: diag.Warning, message: address + " answers without TLS: passwords and tokens of whoever uses it can be read on the way",
		hint: "let it redirect to https://, or close port 80"})
}
