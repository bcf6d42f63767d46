package verify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// ParseResolve reads addresses that count in place of DNS, HOST:PORT:ADDRESS. An address may have a port of its own; one of IPv6 stands in brackets.
func ParseResolve(texts []string) (map[string]string, error) {
	form := regexp.MustCompile(`^([^:\[\]]+):(\d+):(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(\d+))?$`)
	addresses := map[string]string{}
	for _, text := range texts {
		parts := form.FindStringSubmatch(text)
		if parts == nil {
			return nil, fmt.Errorf("%q is not HOST:PORT:ADDRESS", text)
		}
		address, port := strings.Trim(parts[3], "[]"), parts[4]
		if net.ParseIP(address) == nil {
			return nil, fmt.Errorf("%q is no address", address)
		}
		if port == "" {
			port = parts[2]
		}
		addresses[strings.ToLower(parts[1]+":"+parts[2])] = net.JoinHostPort(address, port)
	}
	return addresses, nil
}

// Roots returns the authorities that the system believes, and those of a file in PEM.
func Roots(pem []byte) (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("it holds no certificate")
	}
	return roots, nil
}

// Findings returns what all probes found. One that could not be asked by itself is a finding, too; one that waits for another is part of that one's.
func Findings(results []Result) []diag.Finding {
	var findings []diag.Finding
	for _, r := range results {
		findings = append(findings, r.Findings...)
		if r.Status == Unasked && r.Because == "" {
			findings = append(findings, diag.Finding{Rule: r.Name, Severity: diag.Warning, Position: r.At, Message: "not asked: " + r.Reason})
		}
	}
	return findings
}
