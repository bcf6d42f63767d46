package example

import "strings"

const (
	MASService = `  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas.yaml:/config.yaml:ro
    secrets: [database, encryption, key, shared, client]
`
	SynapseService = `  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - synapse-data:/data
    secrets: [pgpass, signing_key]
`
)

// Compose returns an archive with a compose file of the given services, and the secrets and the volume that the examples above have.
func Compose(services ...string) string {
	text := strings.Join(services, "")
	var b strings.Builder
	b.WriteString("-- compose.yaml --\nservices:\n" + text)
	if strings.Contains(text, "synapse-data:/") {
		b.WriteString("volumes:\n  synapse-data:\n")
	}
	b.WriteString("secrets:\n")
	for _, name := range []string{"database", "encryption", "key", "shared", "client", "pgpass", "signing_key"} {
		if strings.Contains(text, " "+name+",") || strings.Contains(text, " "+name+"]") || strings.Contains(text, "["+name) {
			b.WriteString("  " + name + ": {file: ./secrets/" + name + "}\n")
		}
	}
	return b.String()
}

const Postgres = `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
    volumes: [database:/var/lib/postgresql/data]
volumes:
  database: {}
`
