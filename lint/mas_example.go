package lint

import "strings"

// exampleProvider is an identity provider with nothing wrong, to be followed by more of its keys.
const exampleProvider = `upstream_oauth2:
  providers:
    - id: 01HFVBY12TMNTYTBV8W921M5FA
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
      scope: openid profile email
`

// masExample returns an archive with a configuration of MAS: the given sections, and others in which nothing is wrong.
func masExample(sections string) string {
	var b strings.Builder
	b.WriteString("-- mas.yaml --\n" + sections)
	for _, section := range []string{exampleHTTP, exampleDatabase, exampleSecrets, exampleMatrix, examplePasswords} {
		key, _, _ := strings.Cut(section, "\n")
		if !strings.Contains("\n"+sections, "\n"+key) {
			b.WriteString(section)
		}
	}
	return b.String()
}

const (
	exampleHTTP = `http:
  public_base: https://auth.example.org/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}, {name: graphql}, {name: assets}]
      binds: [{address: "0.0.0.0:8080"}]
`
	exampleDatabase = `database:
  host: postgres
  username: mas
  password_file: /run/secrets/database
  database: mas
`
	exampleSecrets = `secrets:
  encryption_file: /run/secrets/encryption
  keys: [{key_file: /run/secrets/key}]
`
	exampleMatrix = `matrix:
  homeserver: example.org
  endpoint: http://synapse:8008/
  secret_file: /run/secrets/shared
`
	examplePasswords = `passwords:
  enabled: true
`
)
