package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// masEndpointUnreachable: Synapse asks MAS about every access token, from inside its container. It starts without MAS, and fails at the
// first request.
func masEndpointUnreachable() Rule {
	return Rule{
		Name:      "mas-endpoint-unreachable",
		Severity:  diag.Error,
		Guide:     GuideWarns,
		Documents: "synapse, mas, compose",
		Title:     "Synapse cannot reach MAS",
		Why:       "Synapse asks MAS about every access token. It starts all the same, and answers every request of a client with an error.",
		Sees:      "URL scheme should be 'http' or 'https', or 503 Unable to introspect the access token",
		Before:    endpointExample("http://mas:8081/", "http://synapse:8008/"),
		After:     endpointExample("http://mas:8080/", "http://synapse:8008/"),
		Source:    []string{"element-hq/synapse synapse/config/mas.py", "https://github.com/element-hq/synapse/issues/18659"},
		Check:     checkMASEndpoint,
	}
}

// endpointExample returns an archive in which Synapse and MAS look for each other at these URLs.
func endpointExample(mas, synapse string) string {
	return deployedExample(`matrix_authentication_service:
  enabled: true
  endpoint: `+mas+`
  secret_path: /run/secrets/shared
experimental_features:
  msc4108_enabled: true
`, synapse)
}

// deployedExample returns an archive with services for Synapse, of whose file some sections are given, and for MAS, which looks for Synapse
// at the URL.
func deployedExample(sections, synapse string) string {
	return synapseExample(sections+`signing_key_path: /data/signing.key
database:
  name: psycopg2
  args: {host: postgres.example.net, user: synapse, dbname: synapse, passfile: /data/pgpass}
`) + masExample(`matrix:
  homeserver: example.org
  endpoint: `+synapse+`
  secret_file: /run/secrets/shared
database:
  host: postgres.example.net
  username: mas
  password_file: /run/secrets/database
  database: mas
`) + `-- compose.yaml --
services:
  synapse:
    image: ghcr.io/element-hq/synapse:v1.157.1
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - data:/data
    secrets: [shared]
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas.yaml:/config.yaml:ro
    secrets: [shared, encryption, key, database]
volumes:
  data: {}
secrets:
  shared: {file: /etc/matrix/shared}
  encryption: {file: /etc/matrix/encryption}
  key: {file: /etc/matrix/key}
  database: {file: /etc/matrix/database}
`
}

func checkMASEndpoint(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.MAS, d.Synapse)
	if delegationOf(d.Synapse) != delegated || d.Synapse.Version().Before("1.136.0") {
		return
	}
	node := d.Synapse.At("matrix_authentication_service", "endpoint")
	f := diag.Finding{Position: d.Synapse.Nearest("matrix_authentication_service", "endpoint")}
	text, known := node.Literal()
	switch {
	case isSet(node) && (!known || model.IsPlaceholder(text)):
		return
	case !isSet(node) && (d.Synapse.Partial || !isOwnNetwork(d.Synapse.Service)):
		return
	case !isSet(node):
		f.Message = "every request of a client fails: without endpoint, Synapse looks for MAS in its own container, at localhost:8080"
		f.Hint = "write endpoint: http://mas:8080/, with the name of the service of MAS"
		report(f)
		return
	}
	a, ok := parseAddress(text)
	if !ok {
		f.Message = fmt.Sprintf("Synapse does not start: the endpoint %q of MAS has neither http:// nor https://", text)
		f.Hint = "write it as http://mas:8080/"
		report(f)
		return
	}
	e := endpoint{from: d.Synapse, to: d.MAS, name: "MAS", product: "mas", needs: []string{"discovery", "oauth"}}
	e.listeners, e.whole = masListeners(d.MAS)
	problem, hint := e.problem(d, a)
	if problem != "" {
		f.Message = fmt.Sprintf("every request of a client fails: Synapse looks for MAS at %s, and %s", text, problem)
		f.Hint = hint
		report(f)
		return
	}
	checkPublicMASEndpoint(d, a, f.Position, report)
}

// checkPublicMASEndpoint says that Synapse goes out and through the proxy to ask MAS.
func checkPublicMASEndpoint(d *model.Deployment, a address, at diag.Position, report func(diag.Finding)) {
	base, _ := d.MAS.At("http", "public_base").Literal()
	public, ok := parseAddress(base)
	if !ok || a.host != public.host || !related(d, d.Synapse, d.MAS) {
		return
	}
	outside := false
	if d.Synapse.Service != nil {
		known, found := find(d, d.Synapse.Service, a.host)
		outside = known == reachUnknown && !isSet(d.Synapse.Service.Node.Get("extra_hosts"))
		if !outside && !isProxy(found) {
			return
		}
	}
	http2 := d.Synapse.At("matrix_authentication_service", "force_http2")
	switch {
	case http2.True():
		report(diag.Finding{
			Severity: diag.Warning,
			Position: http2.Position,
			Message:  "requests of clients may fail: force_http2 is on, and the proxy before MAS need not speak HTTP/2 without TLS",
			Hint:     "delete force_http2, or let Synapse ask MAS directly, such as at http://mas:8080/",
			Related:  []diag.Related{{Position: at, Message: "the address of the proxy"}},
		})
	case outside:
		report(diag.Finding{
			Severity: diag.Info,
			Position: at,
			Message:  "Synapse asks MAS at its public address, so that logins depend on DNS, the proxy and its certificate",
			Hint:     "write the name of the service of MAS and its port, such as http://mas:8080/",
		})
	}
}
