package example

// Resolved returns a deployment whose Traefik gets certificates from a resolver by HTTP-01, and publishes the given ports.
func Resolved(ports string) string {
	return `-- compose.yaml --
services:
  traefik:
    image: docker.io/library/traefik:v3.7.9
    command:
      - --entrypoints.web.address=:80
      - --entrypoints.websecure.address=:443
      - --certificatesresolvers.le.acme.email=admin@example.org
      - --certificatesresolvers.le.acme.storage=/acme/acme.json
      - --certificatesresolvers.le.acme.httpchallenge.entrypoint=web
      - --providers.docker.exposedbydefault=false
    ports: ` + ports + `
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro", "acme:/acme"]
  element:
    image: ghcr.io/element-hq/element-web:v1.12.26
    labels:
      - traefik.enable=true
      - traefik.http.routers.element.rule=Host(` + "`chat.example.org`" + `)
      - traefik.http.routers.element.entrypoints=websecure
      - traefik.http.routers.element.tls.certresolver=le
      - traefik.http.services.element.loadbalancer.server.port=80
volumes:
  acme: {}
`
}
