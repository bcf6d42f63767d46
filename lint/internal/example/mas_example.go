package example

import "strings"

// Provider is an identity provider with nothing wrong, to be followed by more of its keys.
const Provider = `upstream_oauth2:
  providers:
    - id: 01HFVBY12TMNTYTBV8W921M5FA
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
      scope: openid profile email
`

// MAS returns an archive with a configuration of MAS: the given sections, and others in which nothing is wrong.
func MAS(sections string) string {
	var b strings.Builder
	b.WriteString("-- mas.yaml --\n" + sections)
	for _, section := range []string{HTTP, Database, Secrets, Matrix, Passwords} {
		key, _, _ := strings.Cut(section, "\n")
		if !strings.Contains("\n"+sections, "\n"+key) {
			b.WriteString(section)
		}
	}
	return b.String()
}

const (
	HTTP = `http:
  public_base: https://auth.example.org/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}, {name: graphql}, {name: assets}]
      binds: [{address: "0.0.0.0:8080"}]
`
	Database = `database:
  host: postgres
  username: mas
  password_file: /run/secrets/database
  database: mas
`
	Secrets = `secrets:
  encryption_file: /run/secrets/encryption
  keys: [{key_file: /run/secrets/key}]
`
	Matrix = `matrix:
  homeserver: example.org
  endpoint: http://synapse:8008/
  secret_file: /run/secrets/shared
`
	Passwords = `passwords:
  enabled: true
`
)

const Imports = `      claims_imports:
        localpart:
          action: require
          template: "{{ user.preferred_username | lower }}"
`

// Endpoint returns an archive in which Synapse and MAS look for each other at these URLs.
func Endpoint(mas, synapse string) string {
	return Deployed(`matrix_authentication_service:
  enabled: true
  endpoint: `+mas+`
  secret_path: /run/secrets/shared
experimental_features:
  msc4108_enabled: true
`, synapse)
}

// Deployed returns an archive with services for Synapse, of whose file some sections are given, and for MAS, which looks for Synapse
// at the URL.
func Deployed(sections, synapse string) string {
	return Synapse(sections+`signing_key_path: /data/signing.key
database:
  name: psycopg2
  args: {host: postgres.example.net, user: synapse, dbname: synapse, passfile: /data/pgpass}
`) + MAS(`matrix:
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
    image: ghcr.io/element-hq/synapse:v1.163.2
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

// Bcrypt is what MAS needs to know the passwords of Synapse.
const Bcrypt = `passwords:
  enabled: true
  schemes:
    - {version: 1, algorithm: bcrypt, unicode_normalization: true}
    - {version: 2, algorithm: argon2id}
`

// Migration returns a Synapse with a provider, and a script that takes its users over to MAS.
func Migration(provider, passwords string) string {
	return Synapse(`oidc_providers:
  - idp_id: sso
    idp_name: SSO
    issuer: https://id.example.org/realms/home
    client_id: synapse
    client_secret_path: /run/secrets/sso
`) + MAS(Provider+provider+passwords) + `-- migrate.sh --
#!/bin/sh
mas-cli syn2mas migrate --synapse-config homeserver.yaml
`
}
