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

// Calls are the sections of a Synapse that has calls.
const Calls = `matrix_rtc:
  transports: [{type: livekit, livekit_service_url: "https://rtc.example.org"}]
experimental_features:
  msc4143_enabled: true
  msc4222_enabled: true
max_event_delay_duration: 24h
rc_message: {per_second: 0.5, burst_count: 30}
rc_delayed_event_mgmt: {per_second: 1, burst_count: 20}
`

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
