package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// essValuesInvalid: the schema of the chart is closed. Flux and Argo CD look at it when the values are merged already.
func essValuesInvalid(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "ess-values-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "Helm values",
		Title:     "values that the schema of Element's chart refuses",
		Why: "The chart matrix-stack takes its own keys alone. With any other, and with a value of another kind, Helm installs nothing and changes nothing. " +
			"Settings of Synapse, MAS and Element Web stand below additional, as texts.",
		Sees: "values don't meet the specifications of the schema(s) in the following chart(s): matrix-stack: additional properties '…' not allowed",
		Quotes: map[string][]string{
			"Helm 3.21.4": {"values don't meet the specifications of the schema(s) in the following chart(s)"},
		},
		Before: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
matrixAuthenticationService:
  ingress: {host: account.example.org}
  account:
    password_registration_enabled: true
`),
		After: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
matrixAuthenticationService:
  ingress: {host: account.example.org}
  additional:
    10-account.yaml:
      config: |
        account:
          password_registration_enabled: true
`),
		Repairs:  "renames a key that is surely misspelt, respells a word that is surely one of the list, and adds or removes quotes where nothing else is wrong",
		Versions: "matrix-stack up to 26.8.1; keys that newer ones may have are warnings",
		Source: []string{
			"https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/values.schema.json",
			"element-hq/ess-helm charts/matrix-stack/templates/synapse/_helpers.tpl",
			"https://github.com/element-hq/ess-helm/issues/1139",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkESSValues(tables, d, report) },
	}
}

func checkESSValues(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	if d.Chart == nil {
		return
	}
	for _, doc := range d.Chart.Documents {
		for _, m := range tables.Misfits(doc) {
			if f, wrong := refusedValue(d.Chart.Version(), tables.Of(doc), m); wrong {
				report(f)
			}
		}
		for _, k := range tables.Keys(doc) {
			if f, wrong := goneValue(d.Chart.Version(), k); wrong {
				report(f)
			}
		}
	}
	for _, of := range [][]string{{"synapse"}, {"matrixAuthenticationService"}, {"matrixRTC", "sfu"}, {"hookshot"}} {
		for _, f := range d.Chart.At(append(of, "additional")...).Entries() {
			checkFragment(strings.Join(of, ".")+".additional."+f.Key, f, report)
		}
	}
	checkLoginWorkers(d.Chart, report)
}

// checkLoginWorkers checks two workers of Synapse, of which one is for logins without MAS, and the other for MAS.
func checkLoginWorkers(c *model.Chart, report func(diag.Finding)) {
	mas := c.Runs("matrixAuthenticationService")
	if on := c.At("synapse", "workers", "sso-login", "enabled"); on.True() && mas == model.Yes {
		report(diag.Finding{Position: on.Position, Message: "Helm refuses these values: the worker sso-login is for logins at Synapse, and MAS has them", Hint: "delete synapse.workers.sso-login"})
	}
	if on := c.At("synapse", "workers", "mas-helper", "enabled"); on.True() && mas == model.No {
		report(diag.Finding{Position: on.Position, Message: "Helm refuses these values: the worker mas-helper is for MAS, which is off", Hint: "delete synapse.workers.mas-helper"})
	}
}

// goneValue returns what Helm says of a key that the chart had once, or has since a newer release, or that people write though it never had it.
func goneValue(version model.Version, k facts.KnownKey) (diag.Finding, bool) {
	f := diag.Finding{Position: k.Field.Position, Message: fmt.Sprintf("Helm refuses these values: the chart has no %s", k.Path), Hint: "delete it"}
	if k.Key.Renamed != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", k.Key.Renamed)
	}
	switch {
	case k.Key.Since != "" && version.Before(k.Key.Since):
		f.Message += ", which came with " + k.Key.Since
		f.Hint = "take a newer chart, or delete it"
		return f, true
	case k.Key.Removed != "0.0.0":
		f.Message += " since " + k.Key.Removed
	}
	return f, k.Key.Removed != "" && (version.AtLeast(k.Key.Removed) || !version.Known())
}

// refusedValue returns what Helm says of a value that the chart does not take. null takes away what the chart has by default.
func refusedValue(version model.Version, table *format.Type, m format.Problem) (diag.Finding, bool) {
	f := diag.Finding{Position: m.Position, Fix: m.Fix()}
	if m.Suggestion != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", m.Suggestion)
	}
	switch {
	case m.Kind == format.UnknownKey && (version.After(table.Knows) || placeholder.In(m.Got)):
		return f, false
	case m.Kind == format.UnknownKey:
		f.Message = fmt.Sprintf("Helm refuses these values: the chart has no %s", m.Path)
		switch product, into := essPartFor(m.Path); {
		case into != "":
			f.Hint = fmt.Sprintf("this is a setting of %s: write it into a text at %s", product, into)
		case m.Suggestion == "":
			f.Hint = "delete it"
			if !version.Known() { // which may be newer
				f.Severity = diag.Warning
				f.Message = fmt.Sprintf("Helm refuses these values, if the chart is %s or older: it has no %s", table.Knows, m.Path)
			}
		}
	case m.Value == nil || m.Value.Kind == model.Null || m.Key == nil:
		return f, false
	case m.Kind == format.WrongType:
		f.Message = fmt.Sprintf("Helm refuses these values: %s is %s, and the chart takes %s", m.Path, m.Got, m.Want)
		if strings.Contains(m.Path, ".additional.") && m.Value.Kind == model.Map {
			f.Hint = "put | behind the key: what follows is then a text"
		}
	case m.Kind == format.NotAllowedValue:
		f.Message = fmt.Sprintf("Helm refuses these values: %s is %s, and the chart takes %s", m.Path, m.Got, m.Want)
	default:
		return f, false
	}
	return f, true
}

// essPartFor returns the product that reads a key of its own, which stands among the values, and where it belongs.
func essPartFor(path string) (product, into string) {
	component, key, _ := strings.Cut(path, ".")
	for _, of := range []struct{ component, product, table, into string }{
		{"synapse", "Synapse", "synapse.#Config", "synapse.additional.NAME.config"},
		{"matrixAuthenticationService", "MAS", "mas.#Config", "matrixAuthenticationService.additional.NAME.config"},
		{"elementWeb", "Element Web", "element.#Config", "elementWeb.additional.NAME, as JSON"},
	} {
		if table, err := format.Load(of.table); component == of.component && err == nil && (key == "config" || table.Key(key) != nil) {
			return of.product, of.into
		}
	}
	return "", ""
}

// checkFragment checks that a part of a configuration is a text, or names a Secret and a key of it.
func checkFragment(path string, f model.Field, report func(diag.Finding)) {
	n := f.Value
	if n.Kind != model.Map || n.Open || n.Unknown {
		return
	}
	text, secret, key := n.Get("config") != nil, n.Get("configSecret") != nil, n.Get("configSecretKey") != nil
	switch {
	case text && secret && key:
		report(diag.Finding{
			Position: n.KeyPosition("configSecret"),
			Message:  fmt.Sprintf("Helm refuses these values: %s has a text and a Secret", path),
			Hint:     "keep one of them, and give the other a name of its own",
		})
	case !text && !(secret && key):
		report(diag.Finding{
			Position: f.Position,
			Message:  fmt.Sprintf("Helm refuses these values: %s has no config, and no Secret with a key", path),
			Hint:     "write config with a text, or configSecret and configSecretKey",
		})
	}
}
