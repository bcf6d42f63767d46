package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
)

// sharedSecretMismatch: MAS and Synapse know each other by one secret, in both directions. Nothing checks it before the first login.
func sharedSecretMismatch() lint.Rule {
	return lint.Rule{
		Name:      "shared-secret-mismatch",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse",
		Title:     "MAS and Synapse do not share one secret",
		Why: "Both start, but Synapse cannot ask MAS about access tokens and MAS cannot make users in Synapse, so that nobody gets past the " +
			"login.",
		Sees: "503 Unable to introspect the access token, or 403 This endpoint must only be called by MAS",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Unable to introspect the access token", "This endpoint must only be called by MAS"},
		},
		Before: sharedSecretExample("MAS_ADMIN_TOKEN"),
		After:  sharedSecretExample("MAS_SYNAPSE_SECRET"),
		Source: []string{
			"element-hq/synapse synapse/rest/synapse/mas/_base.py",
			"https://github.com/element-hq/matrix-authentication-service/issues/1864",
			"https://github.com/element-hq/matrix-authentication-service/issues/3613",
			"https://github.com/element-hq/synapse/issues/18659",
		},
		Check: checkSharedSecret,
	}
}

func sharedSecretExample(variable string) string {
	return `-- homeserver.yaml.tmpl --
server_name: example.org
public_baseurl: https://matrix.example.org/
report_stats: false
database:
  name: psycopg2
  args: {host: postgres, user: synapse, dbname: synapse, passfile: /run/secrets/pgpass}
listeners:
  - {port: 8008, type: http, x_forwarded: true, bind_addresses: ["0.0.0.0"], resources: [{names: [client, federation]}]}
matrix_authentication_service:
  enabled: true
  endpoint: http://mas:8080/
  secret: ${` + variable + `}
experimental_features:
  msc4108_enabled: true
-- mas.yaml.tmpl --
matrix:
  homeserver: example.org
  endpoint: http://synapse:8008/
  secret: ${MAS_SYNAPSE_SECRET}
secrets:
  encryption: ${MAS_ENCRYPTION}
  keys: [{key_file: /run/secrets/key}]
http:
  public_base: https://auth.example.org/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}, {name: graphql}, {name: assets}]
      binds: [{address: "0.0.0.0:8080"}]
passwords:
  enabled: true
`
}

func checkSharedSecret(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS, d.Synapse)
	if !matrix.Related(d, d.Synapse, d.MAS) {
		return
	}
	shared := sensitive.SecretBelow(d, d.MAS, d.MAS.At("matrix"), "secret", "secret_file")
	switch matrix.DelegationOf(d.Synapse) {
	case matrix.Delegated:
		own := sensitive.SecretBelow(d, d.Synapse, d.Synapse.At("matrix_authentication_service"), "secret", "secret_path")
		compareToMAS(own, shared, diag.Error, "this secret and matrix.secret of MAS have to be the same", report)
	case matrix.DelegatedByMSC3861:
		if d.Synapse.Version().AtLeast("1.157.0") {
			return // it does not start
		}
		section := d.Synapse.At("experimental_features", "msc3861")
		admin := sensitive.SecretBelow(d, d.Synapse, section, "admin_token", "admin_token_path")
		compareToMAS(admin, shared, legacySeverity(d), "this admin_token and matrix.secret of MAS have to be the same", report)
		checkSynapseClient(d, section, report)
	}
}

// legacySeverity is that of what is wrong in the section that newer versions of Synapse do not read.
func legacySeverity(d *model.Deployment) diag.Severity {
	if d.Synapse.Version().Known() {
		return diag.Error
	}
	return diag.Warning
}

func compareToMAS(own, shared *sensitive.Secret, severity diag.Severity, message string, report func(diag.Finding)) {
	if own == nil || shared == nil {
		return
	}
	advice.CompareSecrets(own, shared, diag.Finding{
		Severity: severity,
		Position: own.At,
		Message:  "nobody can log in: " + message,
		Hint:     "give both services the same file or variable",
		Related:  []diag.Related{{Position: shared.At, Message: "the secret of MAS"}},
	}, report)
}

// checkSynapseClient checks that MAS knows the client that Synapse is in the old way.
func checkSynapseClient(d *model.Deployment, section *model.Node, report func(diag.Finding)) {
	id, known := section.Get("client_id").Literal()
	clients := d.MAS.At("clients")
	if !known || id == "" || placeholder.In(id) || clients != nil && (clients.Unknown || clients.IsSet() && clients.Kind != model.List) {
		return
	}
	var client *model.Node
	for _, item := range matrix.MASItems(d, "clients") {
		switch other, known := item.Get("client_id").Literal(); {
		case !known || placeholder.In(other):
			return
		case other == id:
			client = item
		}
	}
	if client == nil {
		if d.MAS.Partial {
			return
		}
		report(diag.Finding{
			Severity: legacySeverity(d),
			Position: section.Get("client_id").Position,
			Message:  fmt.Sprintf("nobody can log in: MAS has no client %s, as which Synapse asks it about tokens", id),
			Hint:     "add it to clients of MAS, or go over to matrix_authentication_service, which needs no client",
			Related:  []diag.Related{{Position: d.MAS.Nearest("clients"), Message: "the clients of MAS"}},
		})
		return
	}
	checkClientMethod(section, client, legacySeverity(d), report)
	compareToMAS(sensitive.SecretBelow(d, d.Synapse, section, "client_secret", "client_secret_path"), sensitive.SecretBelow(d, d.MAS, client, "client_secret", "client_secret_file"),
		legacySeverity(d), "this client_secret and the one of the client in MAS have to be the same", report)
}

// checkClientMethod checks that Synapse proves who it is in the way that MAS expects.
func checkClientMethod(section, client *model.Node, severity diag.Severity, report func(diag.Finding)) {
	own, at := "client_secret_post", section.Get("client_id").Position
	if node := section.Get("client_auth_method"); node.IsSet() {
		text, known := node.Literal()
		if !known || placeholder.In(text) {
			return
		}
		own, at = text, node.Position
	}
	method, known := client.Get("client_auth_method").Literal()
	if !known || placeholder.In(method) || method == own {
		return
	}
	report(diag.Finding{
		Severity: severity,
		Position: at,
		Message:  fmt.Sprintf("nobody can log in: Synapse proves who it is by %s, and MAS expects %s of this client", own, method),
		Hint:     "write client_auth_method: " + method,
		Related:  []diag.Related{{Position: client.Get("client_auth_method").Position, Message: "what MAS expects"}},
	})
}
