package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// essKeyOverwritten: the chart puts its own settings behind the operator's, so that of the same key its own counts.
func essKeyOverwritten() lint.Rule {
	return lint.Rule{
		Name:      "ess-key-overwritten",
		Severity:  diag.Warning,
		Documents: "Helm values",
		Title:     "a setting that Element's chart overwrites",
		Why: "The chart writes some settings of Synapse, MAS and the documents at the server name itself, from its own values. What a text below additional says of " +
			"the same key has no effect, and nothing tells.",
		Sees: "nothing",
		Before: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
  additional:
    10-media.yaml:
      config: |
        max_upload_size: 200M
`),
		After: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
  media:
    maxUploadSize: 200M
`),
		Source: []string{
			"https://github.com/element-hq/ess-helm/blob/main/docs/advanced.md",
			"element-hq/ess-helm charts/matrix-stack/configs/synapse/synapse-04-homeserver-overrides.yaml.tpl",
			"element-hq/ess-helm charts/matrix-stack/configs/matrix-authentication-service/config-overrides.yaml.tpl",
			"element-hq/ess-helm charts/matrix-stack/templates/well-known/_helpers.tpl",
		},
		Check: checkESSKeyOverwritten,
	}
}

func checkESSKeyOverwritten(d *model.Deployment, report func(diag.Finding)) {
	if d.Chart == nil {
		return
	}
	found := map[string]int{} // by the document and the value to set instead
	var all []diag.Finding
	for _, o := range d.Chart.Overwritten {
		if saysTheSame(o) {
			continue
		}
		value := essValueFor(o)
		at := o.Document.Name + " " + value
		if i, known := found[at]; known && value != "" {
			all[i].Related = append(all[i].Related, diag.Related{Position: o.Field.Position, Message: "nor has " + o.Path})
			continue
		}
		found[at] = len(all)
		f := diag.Finding{Position: o.Field.Position, Message: fmt.Sprintf("%s has no effect: the chart sets it itself", o.Path), Hint: "delete it"}
		switch {
		case strings.HasPrefix(o.Path, "password_config."):
			f.Hint = "delete it; MAS has the passwords: passwords.enabled in matrixAuthenticationService.additional"
		case value != "":
			f.Hint = "delete it, and set " + value
		}
		all = append(all, f)
	}
	for _, f := range all {
		report(f)
	}
}

// saysTheSame says that what is overwritten makes no difference, or may make none.
func saysTheSame(o model.Overwritten) bool {
	says := o.Field.Value
	if !says.IsSet() || says.Unknown || says.Is("") {
		return true
	}
	return isSame(says, o.By)
}

// isSame reports whether two trees surely say the same.
func isSame(a, b *model.Node) bool {
	switch {
	case a == nil || b == nil || a.Kind == model.Map && b.Kind != model.Map:
		return false
	case a.Kind == model.Map:
		return len(a.Fields) == len(b.Fields) && !slices.ContainsFunc(a.Fields, func(f model.Field) bool { return !isSame(f.Value, b.Get(f.Key)) })
	case a.Kind == model.List:
		return slices.EqualFunc(a.Items, b.Items, isSame)
	}
	return model.SameURL(a, b) == model.Yes
}

// essValueFor returns the value of the chart that a setting follows from, or "".
func essValueFor(o model.Overwritten) string {
	type setting struct{ path, value string }
	var settings []setting
	switch o.Document.Kind {
	case model.KindSynapse:
		settings = []setting{{"server_name", "serverName"}, {"public_baseurl", "synapse.ingress.host"}, {"max_upload_size", "synapse.media.maxUploadSize"},
			{"database", "synapse.postgres"}, {"log_config", "synapse.logging"}, {"signing_key_path", "synapse.signingKey"}, {"macaroon_secret_key_path", "synapse.macaroon"},
			{"registration_shared_secret_path", "synapse.registrationSharedSecret"}, {"media_store_path", "synapse.media.storage"},
			{"matrix_authentication_service", "matrixAuthenticationService"}, {"experimental_features", "matrixRTC.enabled"},
			{"send_federation", "synapse.workers.federation-sender"}, {"start_pushers", "synapse.workers.pusher"}, {"instance_map", "synapse.workers"}, {"redis", "synapse.redis"}}
	case model.KindMAS:
		settings = []setting{{"http.public_base", "matrixAuthenticationService.ingress.host"}, {"database", "matrixAuthenticationService.postgres"},
			{"secrets", "matrixAuthenticationService.encryptionSecret"}, {"matrix.homeserver", "serverName"}, {"matrix.secret_file", "matrixAuthenticationService.synapseSharedSecret"}}
	case model.KindWellKnownClient, model.KindWellKnownServer:
		settings = []setting{{"m.homeserver", "synapse.ingress.host"}, {"m.server", "synapse.ingress.host"}, {"org.matrix.msc4143.rtc_foci", "matrixRTC.ingress.host"}}
	}
	for _, s := range settings {
		if path := facts.GeneralPath(o.Path); path == s.path || strings.HasPrefix(path, s.path+".") {
			return s.value
		}
	}
	return ""
}
