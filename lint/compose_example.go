package lint

import "strings"

const (
	exampleMASService = `  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas.yaml:/config.yaml:ro
    secrets: [database, encryption, key, shared, client]
`
	exampleSynapseService = `  synapse:
    image: ghcr.io/element-hq/synapse:v1.157.1
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - synapse-data:/data
    secrets: [pgpass, signing_key]
`
)

// composeExample returns an archive with a compose file of the given services, and the secrets and the volume that the examples above have.
func composeExample(services ...string) string {
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
