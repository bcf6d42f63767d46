package adopt

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// postgresName returns what a Postgres of the deployment is called in a stack: as it is called, if the language takes that, so that others find it under
// the name that they know.
func postgresName(d *model.Deployment, s *model.Service, otherwise string) string {
	name := strings.ReplaceAll(s.Name, "_", "-")
	taken := regexp.MustCompile(`^(synapse|synapse-(volume|data|media|redis)|synapse-[a-z-]+-[0-9]+|mas|element|well-known|pocket-id|pocket-id-data|traefik|caddy|nginx|bridge-.*|prometheus|grafana|alertmanager|(prometheus|grafana|alertmanager)-data|.*-databases|.*-exporter)$`)
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(name) || taken.MatchString(name) || name != s.Name && d.Service(name) != nil {
		return otherwise
	}
	return name
}

// serverAt returns the service that has the tables of a product, or nil. An image under another name is known by the variables of Postgres.
func serverAt(d *model.Deployment, a *matrix.DatabaseAccess) *model.Service {
	if s := a.Server(d); s != nil || a == nil {
		return s
	}
	host := literal(a.Host)
	for _, s := range d.Services {
		isNamed := slices.Contains(container.NamesOf(s), host) || container.HasAlias(s, host)
		if host != "" && isNamed && (s.Env("POSTGRES_PASSWORD") != nil || s.Env("POSTGRES_PASSWORD_FILE") != nil) {
			return s
		}
	}
	return nil
}

// databases takes where the tables of Synapse and MAS are.
func (v *inverse) databases() {
	synapse, mas := matrix.SynapseDatabase(v.Given), matrix.MASDatabase(v.Given)
	server := v.database("synapse", "synapse", "synapse-postgres", synapse)
	other := "mas-postgres"
	if synapse != nil && mas != nil && literal(synapse.Host) == literal(mas.Host) && literal(synapse.Host) != "" {
		other = server
	}
	v.database("mas", "mas", other, mas)
	v.database("pocketID", "pocket-id", "pocket-id-postgres", v.pocketIDDatabase())
}

// pocketIDDatabase returns how the Pocket ID of the stack reaches its database, or nil if that is no Postgres.
func (o *Old) pocketIDDatabase() *matrix.DatabaseAccess {
	a := matrix.PocketIDDatabase(o.Given)
	if a == nil || o.Roles["pocket-id"] != a.Service {
		return nil
	}
	return a
}

// database takes the database of a product, by its field and its service, and returns the name of its server.
func (v *inverse) database(field, product, server string, a *matrix.DatabaseAccess) string {
	if a == nil {
		return server
	}
	at := "databases." + field + "."
	s := serverAt(v.Given, a)
	if s != nil {
		server = v.roleOf(s)
	}
	v.say(at+"server", text(server), a.Host)
	v.take(at+"name", a.Name)
	v.take(at+"user", a.User)
	of := "databases.servers." + server + "."
	if s == nil {
		v.external(of, product, a)
		return server
	}
	v.take(of+"superuser", v.service(server, "environment", "POSTGRES_USER"))
	if s.Env("POSTGRES_USER") == nil {
		v.say(of+"superuser", text("postgres"), s.Node) // as the image does
	}
	v.serverImage(of, v.service(server, "image"), v.held(server))
	return server
}

// serverImage takes the image of a server. One whose version is asked for is not said twice.
func (v *inverse) serverImage(of string, n *model.Node, version string) {
	if n == nil || n.Unknown {
		return
	}
	image := model.ParseImage(n.Text)
	v.say(of+"image.repository", text(withRegistry(image.Repository)), n)
	tag := image.Tag
	if !v.Generated && version == "" && moves("postgres", image) {
		tag = v.answers.Versions["postgres"]
	}
	if tag != "" {
		v.say(of+"image.tag", text(tag), n)
	}
	if version != "" {
		v.say(of+"image.version", text(version), n)
	}
	if image.Digest != "" {
		v.say(of+"image.digest", text(image.Digest), n)
	}
}

// external takes a server that runs elsewhere.
func (v *inverse) external(of, product string, a *matrix.DatabaseAccess) {
	host, known := a.Host.Literal()
	if !known || host == "" {
		return
	}
	v.say(of+"kind", text("external"), a.Host)
	v.take(of+"host", a.Host)
	if port, err := strconv.Atoi(literal(a.Port)); err == nil {
		v.say(of+"port", &model.Node{Kind: model.Int, Text: strconv.Itoa(port)}, a.Port)
	}
	v.take(of+"tls", a.TLS)
	for _, f := range v.service(product, "networks").Entries() {
		if strings.HasPrefix(f.Key, "database-") || !v.Generated && v.compose.At("networks", f.Key, "external").True() && f.Key != "traefik" && !v.isProxyNetwork(f.Key) {
			v.take(of+"network", v.compose.At("networks", f.Key, "name"))
		}
	}
	certificates := v.synapse("database.args.sslrootcert")
	if product == "mas" {
		certificates = v.mas("database.ssl_ca_file")
	}
	if product == "pocket-id" {
		certificates = rootCertificate(v.service(product, "environment", "DB_CONNECTION_STRING"))
	}
	if s := v.Roles[product]; s != nil && certificates.IsSet() {
		if m := s.MountAt(literal(certificates)); m != nil {
			v.say(of+"caFile", text(path.Join(v.hostPath(m.Source), strings.TrimPrefix(literal(certificates), m.Target))), certificates)
		}
	}
}

// rootCertificate returns the file of certificates that the URL of a database names, or nil.
func rootCertificate(uri *model.Node) *model.Node {
	u, err := url.Parse(literal(uri))
	if err != nil || u.Query().Get("sslrootcert") == "" {
		return nil
	}
	return &model.Node{Kind: model.String, Text: u.Query().Get("sslrootcert"), Position: uri.Position}
}

// isProxyNetwork reports whether a network of the compose file is that of the proxy.
func (v *inverse) isProxyNetwork(key string) bool {
	name := literal(v.compose.At("networks", key, "name"))
	return name != "" && (v.stack.At("proxy", "network").Is(name) || v.proxyLabels()["traefik.docker.network"].Is(name))
}
