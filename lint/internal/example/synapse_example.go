package example

import "strings"

// Synapse returns an archive with a configuration of Synapse that has nothing wrong but what the given sections have.
func Synapse(sections string) string {
	var b strings.Builder
	b.WriteString("-- homeserver.yaml --\n")
	for _, section := range []string{
		"server_name: example.org\n",
		"public_baseurl: https://matrix.example.org/\n",
		"report_stats: false\n",
		`listeners:
  - port: 8008
    type: http
    x_forwarded: true
    bind_addresses: ["0.0.0.0"]
    resources: [{names: [client, federation]}]
`, `database:
  name: psycopg2
  args:
    host: postgres
    user: synapse
    dbname: synapse
    passfile: /run/secrets/pgpass
`,
		"signing_key_path: /run/secrets/signing_key\n",
		"media_store_path: /data/media_store\n",
	} {
		key, _, _ := strings.Cut(section, ":")
		if !strings.Contains("\n"+sections, "\n"+key+":") {
			b.WriteString(section)
		}
	}
	b.WriteString(sections)
	return b.String()
}

// Delegated returns an archive with a Synapse that leaves logins to MAS, and has nothing wrong but what the given sections have.
func Delegated(sections string) string {
	return Synapse(`matrix_authentication_service:
  enabled: true
  endpoint: http://mas:8080/
  secret_path: /run/secrets/shared
experimental_features:
  msc4108_enabled: true
` + sections)
}
