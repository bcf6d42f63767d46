package example

// Routed returns a deployment behind Traefik that has nothing wrong but what the given labels of Synapse and MAS have.
func Routed(synapse, mas string) string {
	return `-- compose.yaml --
name: example
services:
` + exampleTraefik + exampleRoutedSynapse + synapse + exampleRoutedMAS + mas + exampleRoutedFiles + Delegated("") + MAS("") + exampleWellKnown
}

// BehindNginx returns a deployment whose nginx has the given lines in its server for the homeserver, and nothing wrong but what these have.
func BehindNginx(lines string) string {
	return `-- compose.yaml --
name: example
services:
  nginx:
    image: docker.io/library/nginx:1.29.3
    ports: ["443:443"]
    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro", "certs:/certs:ro"]
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    volumes: ["./homeserver.yaml:/data/homeserver.yaml:ro", "synapse:/data"]
    secrets: [pgpass, signing_key]
volumes:
  certs: {}
  synapse: {}
secrets:
  pgpass: {file: ./secrets/pgpass}
  signing_key: {file: ./secrets/signing_key}
` + Synapse("") + `-- nginx.conf --
server {
	listen 443 ssl;
	server_name matrix.example.org;
	ssl_certificate /certs/fullchain.pem;
	ssl_certificate_key /certs/key.pem;
` + lines + "}\n" + exampleWellKnown
}

// BehindCaddy returns a deployment with the given sections of Synapse, services beside it, and sites of Caddy, and nothing wrong but what these
// have.
func BehindCaddy(sections, services, sites string) string {
	return `-- compose.yaml --
name: example
services:
  caddy:
    image: docker.io/library/caddy:2.11.4
    ports: ["80:80", "443:443"]
    volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "certs:/data"]
` + SynapseService + services + `volumes:
  certs: {}
  synapse-data: {}
secrets:
  pgpass: {file: ./secrets/pgpass}
  signing_key: {file: ./secrets/signing_key}
` + Synapse(sections) + "-- Caddyfile --\n" + sites
}

const (
	exampleTraefik = `  traefik:
    image: docker.io/library/traefik:v3.7.9
    command:
      - --entrypoints.websecure.address=:443
      - --entrypoints.websecure.http.tls=true
      - --providers.docker.exposedbydefault=false
    ports: ["443:443"]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]
`
	exampleRoutedSynapse = `  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - synapse:/data
    secrets: [shared, pgpass, signing_key]
    labels:
      traefik.enable: "true"
      traefik.http.routers.synapse.rule: Host(` + "`matrix.example.org`) && (PathPrefix(`/_matrix`) || PathPrefix(`/_synapse/client`) || PathPrefix(`/.well-known/matrix`))" + `
      traefik.http.services.synapse.loadbalancer.server.port: "8008"
`
	exampleRoutedMAS = `  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes: ["./mas.yaml:/config.yaml:ro"]
    secrets: [shared, encryption, key, database]
    labels:
      traefik.enable: "true"
      traefik.http.services.mas.loadbalancer.server.port: "8080"
`
	exampleRoutedFiles = `volumes:
  synapse: {}
secrets:
  shared: {file: ./secrets/shared}
  pgpass: {file: ./secrets/pgpass}
  signing_key: {file: ./secrets/signing_key}
  encryption: {file: ./secrets/encryption}
  key: {file: ./secrets/key}
  database: {file: ./secrets/database}
`
	WellKnownClient = `-- well-known/client.json --
{"m.homeserver": {"base_url": "https://matrix.example.org"}}
`
	exampleWellKnown = WellKnownClient + `-- well-known/server.json --
{"m.server": "matrix.example.org:443"}
`
	AccountRouterLabels = "      traefik.http.routers.mas.rule: Host(`auth.example.org`)\n      traefik.http.routers.mas.service: mas\n"
	CompatRouter        = "      traefik.http.routers.compat.rule: Host(`matrix.example.org`) && PathRegexp(`^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$$`)\n" +
		"      traefik.http.routers.compat.priority: \"1000\"\n      traefik.http.routers.compat.service: mas\n"
)

func AccountRouter(rule string) string {
	return "      traefik.http.routers.mas.rule: " + rule + "\n      traefik.http.routers.mas.service: mas\n" + CompatRouter
}
