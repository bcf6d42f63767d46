package rules

import (
	"fmt"
	"net/url"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// appServiceInvalid: one registration that Synapse does not take keeps the whole server from starting.
func appServiceInvalid() lint.Rule {
	return lint.Rule{
		Name:      "appservice-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Guide:     lint.GuideNever,
		Documents: "appservices, synapse",
		Title:     "Synapse does not take the registration of a bridge",
		Why: "Synapse reads all files of app_service_config_files when it starts. One that lacks a key, or two with the same id or token, and " +
			"it stops.",
		Sees: "Failed to load appservice from, and Required string field, in the log of Synapse",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Failed to load appservice from", "Required string field"},
		},
		Before: registrationExample("url: http://bridge:29318\n"),
		After:  registrationExample("url: http://bridge:29318\nhs_token: __HS_TOKEN__\n"),
		Source: []string{
			"element-hq/synapse synapse/config/appservice.py",
			"https://spec.matrix.org/latest/application-service-api/#registration",
		},
		Check: checkAppService,
	}
}

func registrationExample(keys string) string {
	return `-- registration.yaml --
id: whatsapp
as_token: __AS_TOKEN__
sender_localpart: whatsappbot
namespaces:
  users: [{regex: '@whatsapp_.*:example\.org', exclusive: true}]
` + keys + example.Synapse("app_service_config_files: [/data/registration.yaml]\n")
}

func checkAppService(d *model.Deployment, report func(diag.Finding)) {
	all := matrix.Registrations(d)
	for i, r := range all {
		report := report
		if r.Read != model.Yes && len(d.Services) > 0 {
			report = lint.Unsure(report)
		}
		checkRegistration(r, report)
		for _, earlier := range all[:i] {
			if earlier.Read == model.Yes && r.Read == model.Yes {
				reportTwice(earlier, r, report)
			}
		}
	}
}

// checkRegistration checks one registration on its own.
func checkRegistration(r matrix.Registration, report func(diag.Finding)) {
	missing := func(key, message, hint string) {
		report(diag.Finding{Position: r.Root.KeyPosition(key), Message: "Synapse does not start: " + message, Hint: hint})
	}
	for _, key := range []string{"id", "as_token", "hs_token", "sender_localpart"} {
		switch n := r.Root.Get(key); {
		case !n.IsSet():
			missing(key, "the registration has no "+key, "have the bridge write its registration anew, or copy "+key+" from the bridge's file")
		case n.Kind != model.String && !n.Unknown:
			missing(key, fmt.Sprintf("%s of the registration is %s, and has to be text", key, n.Kind), "put it in quotes")
		}
	}
	switch n := r.Root.Get("url"); {
	case n == nil:
		missing("url", "the registration has no url", "add the address at which Synapse reaches the bridge, or url: null for a service that is sent nothing")
	case n.IsSet() && n.Kind != model.String && !n.Unknown:
		missing("url", "url of the registration is "+n.Kind.String()+", and has to be text or null", "write the address at which Synapse reaches the bridge")
	}
	if text, known := r.Root.Get("sender_localpart").Literal(); known && url.PathEscape(text) != text && !hasMarks(text) {
		missing("sender_localpart", "sender_localpart has characters that URLs do not take", "write the part of the user name before the colon, without @")
	}
	checkNamespaces(r, missing, report)
}

// hasMarks says that somebody or something is to fill in a text.
func hasMarks(text string) bool {
	for _, r := range text {
		if r == '{' || r == '$' || r == '<' {
			return true
		}
	}
	return false
}

// checkNamespaces checks which users, rooms and aliases are the service's.
func checkNamespaces(r matrix.Registration, missing func(key, message, hint string), report func(diag.Finding)) {
	namespaces := r.Root.Get("namespaces")
	switch {
	case namespaces != nil && namespaces.Unknown:
		return
	case namespaces == nil || namespaces.Kind != model.Map:
		missing("namespaces", "the registration has no namespaces", "add namespaces, or namespaces: {} for a service without users of its own")
		return
	}
	for _, kind := range []string{"users", "rooms", "aliases"} {
		for _, item := range namespaces.ItemsAt(kind) {
			if item.Unknown || item.Kind != model.Map {
				continue
			}
			exclusive, regex := item.Get("exclusive"), item.Get("regex")
			f := diag.Finding{Position: item.Position, Hint: "add exclusive: true, or false if others may use the same names"}
			switch {
			case !regex.IsSet():
				f.Message, f.Hint = "an entry of "+kind+" has no regex", "add regex, which says which names are meant"
			case !exclusive.IsSet():
				f.Message = "an entry of " + kind + " has no exclusive"
			case exclusive.Kind != model.Bool && !exclusive.Unknown:
				f.Position, f.Message = exclusive.Position, "exclusive is neither true nor false"
			default:
				continue
			}
			f.Message = "Synapse does not start: " + f.Message
			report(f)
		}
	}
}

// reportTwice reports what two registrations must not share.
func reportTwice(a, b matrix.Registration, report func(diag.Finding)) {
	for _, key := range []string{"id", "as_token"} {
		own, other := b.Root.Get(key), a.Root.Get(key)
		text, known := own.Literal()
		if !known || hasMarks(text) || model.Compare(own, other) != model.Yes {
			continue
		}
		report(diag.Finding{
			Position: own.Position,
			Message:  "Synapse does not start: two registrations have the same " + key,
			Hint:     "give each service its own",
			Related:  []diag.Related{{Position: other.Position, Message: "the other one"}},
		})
	}
}
