package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// What a server may do to us at most.
const (
	maxBody   = 1 << 20
	maxHeader = 64 << 10
	maxHops   = 5
)

// Options say how probes ask.
type Options struct {
	// Resolve are addresses that count in place of DNS, by "host:port".
	Resolve map[string]string
	// Roots are the authorities that are believed; nil for those of the system.
	Roots *x509.CertPool
	// Timeout is how long one probe may take.
	Timeout time.Duration
	// Proxy returns the proxy for a request; nil for none.
	Proxy func(*http.Request) (*url.URL, error)
	// Page returns the URL of the page of a rule.
	Page func(rule string) string
	// Now is the time.
	Now func() time.Time
	// Lookup returns the addresses of a host; nil for those of DNS.
	Lookup func(ctx context.Context, host string) ([]net.IPAddr, error)
	// Services returns the SRV records of a service of a host, the first to be asked first; nil for those of DNS.
	Services func(ctx context.Context, service, host string) ([]*net.SRV, error)
}

// session is one run: a client that asks only whom the deployment names, and remembers what it was told.
type session struct {
	options Options
	// asked are the hosts that may be asked.
	asked map[string]bool
	http  *http.Transport
	// alone makes a connection for each request.
	alone *http.Transport
	mu    sync.Mutex
	told  map[string]*memory
	// outside are the hosts that were reached at an address of the public.
	outside map[string]bool
}

// memory is the answer to a request that several probes make.
type memory struct {
	done   chan struct{}
	answer answer
	err    error
}

// answer is what a server said.
type answer struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte
	proto  int
	tls    *tls.ConnectionState
}

// question is a request.
type question struct {
	method, url, body string
	header            map[string]string
	// led is the host of the server that named the URL; "" for one that follows from the deployment.
	led string
}

// errRefused is why we do not ask: a host that the deployment does not name, an address of the inside.
type errRefused struct{ why string }

func (e errRefused) Error() string { return e.why }

func newSession(probes []Probe, o Options) *session {
	s := &session{options: o, asked: map[string]bool{}, told: map[string]*memory{}, outside: map[string]bool{}}
	for _, p := range probes {
		for _, host := range p.hosts() {
			s.asked[host] = true
		}
	}
	s.http = &http.Transport{
		Proxy:                  s.proxy,
		DialContext:            s.dial,
		TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12, Time: o.Now},
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
		MaxConnsPerHost:        4,
	}
	s.alone = s.http.Clone()
	s.alone.DisableKeepAlives = true
	return s
}

func (s *session) close() { s.http.CloseIdleConnections() }

// hosts returns the host that a probe is about.
func (p Probe) hosts() []string {
	if p.Group == Host {
		return nil
	}
	if u, err := url.Parse(p.About); err == nil && u.Hostname() != "" {
		return []string{strings.ToLower(u.Hostname())}
	}
	host, _, err := net.SplitHostPort(p.About)
	if err != nil {
		host = p.About
	}
	return []string{strings.ToLower(host)}
}

// proxy returns the proxy for a request. What --resolve names is asked directly.
func (s *session) proxy(r *http.Request) (*url.URL, error) {
	if s.options.Proxy == nil || s.override(r.URL) != "" {
		return nil, nil
	}
	return s.options.Proxy(r)
}

// proxied reports whether requests to a URL go through a proxy.
func (s *session) proxied(u *url.URL) bool {
	via, err := s.proxy(&http.Request{URL: u})
	return err == nil && via != nil
}

func (s *session) override(u *url.URL) string {
	return s.options.Resolve[strings.ToLower(net.JoinHostPort(u.Hostname(), portOf(u)))]
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

// ledKey marks requests to which a server led.
type ledKey struct{}

// viaKey marks requests that go to a proxy.
type viaKey struct{}

// dial connects to a host that may be asked, or to the proxy.
func (s *session) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if via, _ := ctx.Value(viaKey{}).(string); via == address {
		return d.DialContext(ctx, network, address)
	}
	if to := s.options.Resolve[strings.ToLower(address)]; to != "" {
		return d.DialContext(ctx, network, to)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if !s.asked[strings.ToLower(host)] {
		return nil, errRefused{host + " is no host of this deployment"}
	}
	addresses, err := s.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	inside := slices.ContainsFunc(addresses, func(a net.IPAddr) bool { return isInside(a.IP) })
	if led, _ := ctx.Value(ledKey{}).(string); inside && net.ParseIP(host) == nil && s.isOutside(led) {
		return nil, errRefused{led + " led to " + host + ", which has an address of the inside: --resolve says that it is meant"}
	}
	s.note(host, inside)
	for _, a := range addresses {
		one, cancel := ctx, context.CancelFunc(func() {})
		if len(addresses) > 1 {
			one, cancel = context.WithTimeout(ctx, addressLimit) // one that leads nowhere is found by itself
		}
		var conn net.Conn
		conn, err = d.DialContext(one, network, net.JoinHostPort(a.String(), port))
		cancel()
		if err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// note remembers whether a host has an address of the inside.
func (s *session) note(host string, inside bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outside[strings.ToLower(host)] = !inside
}

// isOutside reports whether a host was reached at an address of the public.
func (s *session) isOutside(host string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outside[strings.ToLower(host)]
}

// lookup returns the addresses of a host.
func (s *session) lookup(ctx context.Context, host string) ([]net.IPAddr, error) {
	if s.options.Lookup != nil {
		return s.options.Lookup(ctx, host)
	}
	return net.DefaultResolver.LookupIPAddr(ctx, host)
}

// services returns the SRV records of a service of a host; none if there is no such record.
func (s *session) services(ctx context.Context, service, host string) ([]*net.SRV, error) {
	ask := s.options.Services
	if ask == nil {
		ask = func(ctx context.Context, service, host string) ([]*net.SRV, error) {
			_, records, err := net.DefaultResolver.LookupSRV(ctx, service, "tcp", host)
			return records, err
		}
	}
	records, err := ask(ctx, service, host)
	if none := (*net.DNSError)(nil); errors.As(err, &none) && none.IsNotFound {
		return nil, nil
	}
	return records, err
}

// isInside reports whether an address is one that only machines nearby have.
func isInside(ip net.IP) bool {
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast()
}

// get asks for a URL once in a run.
func (s *session) get(ctx context.Context, address string) (answer, error) {
	return s.once(ctx, question{method: http.MethodGet, url: address})
}

// once asks a question that several probes have.
func (s *session) once(ctx context.Context, q question) (answer, error) {
	id := q.method + " " + q.url
	s.mu.Lock()
	m, known := s.told[id]
	if !known {
		m = &memory{done: make(chan struct{})}
		s.told[id] = m
	}
	s.mu.Unlock()
	if !known {
		m.answer, m.err = s.do(ctx, q)
		close(m.done)
	}
	select {
	case <-m.done:
		return m.answer, m.err
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// do asks a question. It follows no redirect.
func (s *session) do(ctx context.Context, q question) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, q.method, q.url, strings.NewReader(q.body))
	if err != nil {
		return answer{}, err
	}
	if host := strings.ToLower(request.URL.Hostname()); !s.asked[host] {
		return answer{}, errRefused{host + " is no host of this deployment"}
	}
	if q.body == "" {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	request.Header.Set("User-Agent", "matrixgen-verify")
	request.Header.Set("Accept", "*/*")
	for name, value := range q.header {
		request.Header.Set(name, value)
	}
	inner := context.WithValue(request.Context(), ledKey{}, q.led)
	if via, err := s.proxy(request); err == nil && via != nil {
		inner = context.WithValue(inner, viaKey{}, net.JoinHostPort(via.Hostname(), portOf(via)))
	}
	response, err := s.http.RoundTrip(request.WithContext(inner))
	if breaksOff(err) {
		// Requests share connections: the answer to another one may have broken this. What we ask may be asked twice.
		request.Body = io.NopCloser(strings.NewReader(q.body))
		response, err = s.alone.RoundTrip(request.WithContext(inner))
	}
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{url: request.URL, status: response.StatusCode, header: response.Header, proto: response.ProtoMajor, tls: response.TLS}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return a, fmt.Errorf("its answer breaks off: %w", err)
	case len(a.body) > maxBody:
		return a, errors.New("its answer is longer than 1 MB")
	}
	return a, nil
}

// follow asks for a URL, and goes where redirects lead, within the hosts of the deployment.
func (s *session) follow(ctx context.Context, address string) (answer, error) {
	q := question{method: http.MethodGet, url: address}
	for range maxHops {
		a, err := s.once(ctx, q)
		if err != nil || a.status < 300 || a.status > 399 || a.header.Get("Location") == "" {
			return a, err
		}
		next, err := a.url.Parse(a.header.Get("Location"))
		if err != nil {
			return a, fmt.Errorf("it redirects to what is no URL")
		}
		if next.Scheme != "https" {
			return a, errRefused{"it redirects to a URL without TLS"}
		}
		q = question{method: http.MethodGet, url: next.String(), led: a.url.Hostname()}
	}
	return answer{}, fmt.Errorf("it redirects more than %d times", maxHops)
}
