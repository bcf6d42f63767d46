package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// secretReused: one secret for two things opens both when it leaks, and cannot be changed for one alone.
func secretReused(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "secret-reused",
		Severity:  diag.Warning,
		OfText:    true,
		Documents: "mas, synapse, compose, livekit, coturn",
		Title:     "one secret that serves two purposes",
		Why:       "Whoever gets to know the secret in one place has the other as well, and to change it in one place breaks the other.",
		Sees:      "nothing until it leaks, or is changed",
		Before: example.Synapse(`macaroon_secret_key_path: /run/secrets/synapse
form_secret_path: /run/secrets/synapse
`),
		After: example.Synapse(`macaroon_secret_key_path: /run/secrets/macaroon
form_secret_path: /run/secrets/form
`),
		Source: []string{"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html"},
		Check:  func(d *model.Deployment, report func(diag.Finding)) { checkSecretReused(tables, d, report) },
	}
}

func checkSecretReused(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	first := map[string]sensitive.SecretPlace{}
	reported := map[string]bool{}
	for _, place := range sensitive.SecretPlaces(tables, d) {
		source := secretSource(place)
		if source == "" {
			continue
		}
		other, seen := first[source]
		if !seen {
			first[source] = place
			continue
		}
		if samePurpose(other.Purpose, place.Purpose) || areOfOneBridge(other, place) || reported[source+"\x00"+place.Purpose] {
			continue
		}
		reported[source+"\x00"+place.Purpose] = true
		report(diag.Finding{
			Position: place.At,
			Message:  fmt.Sprintf("%s is the same secret as %s", place.Name, other.Name),
			Hint:     "make one for each",
			Related:  []diag.Related{{Position: other.At, Message: "it serves as " + other.Name + " here"}},
		})
	}
}

// samePurpose says that two places have to hold the same secret, or may: those of two OAuth clients of which one is not known.
func samePurpose(a, b string) bool {
	clients := strings.HasPrefix(a, "client ") && strings.HasPrefix(b, "client ")
	return a == b || clients && (a == "client " || b == "client ")
}

// areOfOneBridge reports whether a registration and the file of a bridge have the same token, which is how they belong together. Their ids may differ by mistake.
func areOfOneBridge(a, b sensitive.SecretPlace) bool {
	if a.Doc == nil || b.Doc == nil || !strings.HasPrefix(a.Purpose, "appservice ") || !strings.HasPrefix(b.Purpose, "appservice ") {
		return false
	}
	isPair := a.Doc.Kind == model.KindAppService && b.Doc.Kind == model.KindBridge || a.Doc.Kind == model.KindBridge && b.Doc.Kind == model.KindAppService
	return isPair && a.Purpose[strings.LastIndex(a.Purpose, " "):] == b.Purpose[strings.LastIndex(b.Purpose, " "):]
}

// secretSource returns where the secret comes from: a file, a variable, or the text itself. It is "" if that is not known, or if the text only
// stands for one.
func secretSource(place sensitive.SecretPlace) string {
	if place.File != "" {
		return "file " + place.File
	}
	if name, isSource := facts.SourceOf(place.Value); isSource {
		if strings.HasPrefix(place.Value.Text, "__") {
			return "" // __SECRET__ is as often no name but a request
		}
		return "variable " + name
	}
	if text, plain := sensitive.PlainSecret(place.Value); plain && !model.IsPublished(text) {
		return "text " + text
	}
	return ""
}
