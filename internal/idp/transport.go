package idp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"strings"
	"time"
)

// Transport returns how requests travel: by the proxy of the environment, or straight to an address of resolve, by "host:port"; believing the roots, nil
// for those of the system.
func Transport(resolve map[string]string, roots *x509.CertPool) http.RoundTripper {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
		ResponseHeaderTimeout:  20 * time.Second,
	}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if to := resolve[strings.ToLower(address)]; to != "" {
			address = to
		}
		return dialer.DialContext(ctx, network, address)
	}
	if len(resolve) > 0 {
		transport.Proxy = nil
	}
	return transport
}
