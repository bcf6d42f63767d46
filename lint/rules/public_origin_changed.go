package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// publicOriginChanged: others know a service by its host, and keep it: clients, browsers, identity providers, passkeys.
func publicOriginChanged() lint.Rule {
	return lint.Rule{
		Name:      "public-origin-changed",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "mas, synapse, compose; against an earlier revision",
		Title:     "a service is known by another host than before",
		Why: "The redirect URI at the identity provider is on the old host, Synapse keeps what it found of MAS until it is restarted, and clients keep " +
			"the address that they logged in at. Passkeys of Pocket ID are bound to the host: that one is an error.",
		Sees:    "an invalid callback at the provider; clients that are logged out; no passkey is found",
		Earlier: example.MAS(""),
		Before:  example.MAS(strings.Replace(example.HTTP, "auth.example.org", "login.example.org", 1)),
		After:   example.MAS(strings.Replace(example.HTTP, "https://auth.example.org/", "https://auth.example.org", 1)),
		Source: []string{
			"element-hq/synapse synapse/api/auth/mas.py",
			"https://element-hq.github.io/matrix-authentication-service/setup/sso.html",
			"pocket-id/pocket-id backend/internal/webauthn/service.go",
		},
		CheckChange: checkPublicOriginChanged,
	}
}

func checkPublicOriginChanged(before, after *model.Deployment, report func(diag.Finding)) {
	const restart = "register the new redirect URI first, keep the old host routed for a while, and restart Synapse"
	for _, setting := range []struct {
		old, new   *model.Node
		what, hint string
	}{
		{before.MAS.At("http", "public_base"), after.MAS.At("http", "public_base"), "MAS", restart},
		{before.MAS.At("http", "issuer"), after.MAS.At("http", "issuer"), "the issuer of MAS", restart},
		{before.Synapse.At("public_baseurl"), after.Synapse.At("public_baseurl"), "Synapse", "keep the old host routed until everybody has logged in anew"},
	} {
		reportOrigin(setting.old, setting.new, diag.Finding{
			Message: setting.what + " moves from %s to %s: clients that know the old host have to log in again", Hint: setting.hint,
		}, report)
	}
	for _, new := range after.Of("pocket-id") {
		if old := before.Service(new.Name); old != nil && old.Product == "pocket-id" {
			reportOrigin(old.Env("APP_URL"), new.Env("APP_URL"), diag.Finding{
				Severity: diag.Error,
				Message:  "Pocket ID moves from %s to %s: nobody can sign in with a passkey that he has",
				Hint:     "keep the host; everybody would need a one-time code and a new passkey",
			}, report)
		}
	}
}

// reportOrigin reports an address whose host changed. The message says what from and to what.
func reportOrigin(old, new *model.Node, f diag.Finding, report func(diag.Finding)) {
	from, to, _ := lint.Replaced(old, new)
	then, err := url.Parse(from)
	now, errToo := url.Parse(to)
	if err != nil || errToo != nil || strings.EqualFold(then.Host, now.Host) || then.Host == "" || now.Host == "" {
		return
	}
	f.Position, f.Subject, f.Related = new.Position, now.Host, lint.Was(old, from)
	f.Message = fmt.Sprintf(f.Message, then.Host, now.Host)
	report(f)
}
