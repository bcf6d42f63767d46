package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// ByHarm returns findings in the order in which they hurt: errors before warnings, and of these first what keeps a service from starting, then what keeps
// people from logging in, then what breaks federation and calls, then what leaks, and last the rest. What hurts alike stays in its order.
func ByHarm(findings []diag.Finding) []diag.Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b diag.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(harmOf(a), harmOf(b)))
	})
	return sorted
}

// harm is what a finding leads to.
type harm int

const (
	stops harm = iota
	keepsOut
	isolates
	leaks
	rest
)

// harmOf returns what a finding leads to: by what its message says, or else by its rule.
func harmOf(f diag.Finding) harm {
	for _, words := range []string{"does not start", "Compose refuses", "Helm refuses", "never becomes healthy", "cannot be read"} {
		if f.Severity == diag.Error && strings.Contains(f.Message, words) { // of what may come, warnings say so
			return stops
		}
	}
	for h, names := range harmful() {
		if slices.Contains(names, f.Rule) {
			return h
		}
	}
	return rest
}

// harmful are the rules by what all of their findings lead to.
func harmful() map[harm][]string {
	return map[harm][]string{
		stops: {"syntax-error", "element-json-invalid", "container-cannot-start", "config-mount-not-read", "referenced-file-unavailable",
			"environment-variable-misread", "healthcheck-cannot-succeed", "init-script-repeats-image", "postgres-major-jump"},
		keepsOut: {"mas-endpoint-unreachable", "synapse-endpoint-unreachable", "shared-secret-mismatch", "server-name-mismatch", "compat-route-missing",
			"compat-route-shadowed", "redirect-uri-mismatch", "issuer-mismatch", "idp-client-mismatch", "mas-claims-unavailable", "mas-claims-template-invalid",
			"mas-no-login-method", "mas-not-delegated", "mas-resource-missing", "public-host-not-routed", "matrix-path-not-routed",
			"proxy-backend-unreachable", "auth-wall-before-matrix", "element-default-server-invalid", "well-known-client-missing", "base-url-mismatch",
			"traefik-label-invalid", "traefik-rule-invalid", "database-settings-mismatch", "database-tls-mismatch"},
		isolates: {"well-known-server-wrong", "synapse-federation-closed", "nginx-rewrites-uri", "rtc-transport-incomplete", "rtc-address-internal",
			"rtc-server-name-unresolvable", "lk-jwt-mismatch", "turn-incomplete"},
		leaks: {"secret-in-plaintext", "secret-value-unsuitable", "secret-reused", "internal-endpoint-public", "sops-leaf-unencrypted", "mas-account-takeover-possible",
			"image-has-advisory"},
	}
}
