package lint

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// databaseAccess is how a service is told to reach its database. Values that are not known are nil.
type databaseAccess struct {
	// reader is what operators call the service, and service is it; nil if it is not known.
	reader  string
	service *model.Service

	host, port, user, password, name *model.Node
	at                               diag.Position
	// config is where that stands.
	config *model.Configuration
}

// masDatabase returns how MAS reaches its database, or nil if that is not known.
func masDatabase(d *model.Deployment) *databaseAccess {
	section := d.MAS.At("database")
	if section == nil || section.Unknown || section.Kind != model.Map || isUnread(d, d.MAS) {
		return nil
	}
	a := &databaseAccess{reader: "MAS", service: d.MAS.Service, at: d.MAS.Nearest("database", "database"), config: d.MAS}
	if uri := section.Get("uri"); isSet(uri) {
		return a.readURI(uri)
	}
	a.host, a.port, a.user = section.Get("host"), section.Get("port"), section.Get("username")
	a.password, a.name = section.Get("password"), section.Get("database")
	if !isSet(a.name) && !d.MAS.Partial {
		a.name = a.user // as libpq does
	}
	if isSet(section.Get("socket")) {
		a.host = nil
	}
	return a
}

// isUnread says that there are services, and none of them reads the configuration.
func isUnread(d *model.Deployment, c *model.Configuration) bool {
	return len(d.Services) > 0 && c.Service == nil
}

// postgresURI matches the parts of a connection string of Postgres.
var postgresURI = regexp.MustCompile(`^postgres(?:ql)?://(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?@]*)(?::(\d+))?(?:/([^?]*))?(\?.*)?$`)

// readURI takes what the URI of a Postgres says; it is nil for any other. The parts stand where the URI does.
func (a *databaseAccess) readURI(uri *model.Node) *databaseAccess {
	match := postgresURI.FindStringSubmatch(uri.Text)
	if match == nil || uri.Kind != model.String {
		return nil
	}
	part := func(text string) *model.Node {
		decoded, err := url.PathUnescape(text)
		if err != nil || text == "" {
			return nil
		}
		return &model.Node{Kind: model.String, Text: decoded, Position: uri.Position, Unknown: uri.Unknown && mayBeFilled(text)}
	}
	a.user, a.password, a.host, a.port, a.name = part(match[1]), part(match[2]), part(match[3]), part(match[4]), part(match[5])
	if strings.Contains(match[6], "host=") || strings.Contains(match[6], "dbname=") {
		return nil
	}
	if a.name == nil {
		a.name = a.user
	}
	a.at = uri.Position
	return a
}

// fillable matches what a template or a person fills in.
var fillable = regexp.MustCompile(`[$<{(@%]|__|(?i:your|change|replace|placeholder|insert|todo|xxx)`)

// mayBeFilled says that a part of a text of which something is not known is what is not known.
func mayBeFilled(text string) bool {
	return model.IsPlaceholder(text) || fillable.MatchString(text)
}

// synapseDatabase returns how Synapse reaches its database, or nil if that is not known or not a Postgres.
func synapseDatabase(d *model.Deployment) *databaseAccess {
	section := d.Synapse.At("database")
	args := section.Get("args")
	if !section.Get("name").Is("psycopg2") || args == nil || args.Kind != model.Map || isSet(args.Get("service")) || isSet(args.Get("dsn")) ||
		isUnread(d, d.Synapse) {
		return nil
	}
	a := &databaseAccess{reader: "Synapse", service: d.Synapse.Service, at: d.Synapse.Nearest("database", "args"), config: d.Synapse}
	a.host, a.port, a.user, a.password = args.Get("host"), args.Get("port"), args.Get("user"), args.Get("password")
	a.name = args.Get("dbname")
	if a.name == nil {
		a.name = args.Get("database")
	}
	if a.name == nil && !d.Synapse.Partial {
		a.name = a.user
	}
	return a
}

// server returns the service that runs the database, or nil if it is not one of the deployment.
func (a *databaseAccess) server(d *model.Deployment) *model.Service {
	if a == nil {
		return nil
	}
	host, known := a.host.Literal()
	if !known || host == "" {
		return nil
	}
	var found []*model.Service
	if a.service != nil {
		known, services := find(d, a.service, host)
		if known != reachService {
			return nil
		}
		found = services
	} else {
		for _, s := range d.Services {
			if slices.Contains(namesOf(s), host) || hasAlias(s, host) {
				found = append(found, s)
			}
		}
	}
	if len(found) != 1 || found[0].Product != "postgres" || isSet(found[0].Node.Get("build")) {
		return nil
	}
	return found[0]
}

// firstDatabase returns the user and the database that the image of Postgres makes at its first start. A value is nil if it is not known.
func firstDatabase(d *model.Deployment, s *model.Service) (user, name *model.Node) {
	if !environmentKnown(d, s) || isSet(s.Node.Get("entrypoint")) {
		return nil, nil
	}
	user, userSet := variableOf(s, "POSTGRES_USER")
	name, nameSet := variableOf(s, "POSTGRES_DB")
	if _, fromFile := variableOf(s, "POSTGRES_USER_FILE"); fromFile {
		userSet, user = true, nil
	}
	if _, fromFile := variableOf(s, "POSTGRES_DB_FILE"); fromFile {
		nameSet, name = true, nil
	}
	if !userSet {
		user = &model.Node{Kind: model.String, Text: "postgres", Position: s.Position}
	}
	if !nameSet {
		name = user
	}
	return user, name
}

// initScripts returns what a database server runs at its first start. It is false if some of that is not visible.
func initScripts(d *model.Deployment, s *model.Service) (texts []string, visible bool) {
	const folder = "/docker-entrypoint-initdb.d"
	if !mountsKnown(d, s) {
		return nil, false
	}
	for _, m := range s.Mounts {
		if m.Target != folder && !strings.HasPrefix(m.Target, folder+"/") && (m.Target == "/" || !strings.HasPrefix(folder, m.Target+"/")) {
			continue
		}
		docs := []*model.Document{m.Document}
		if m.Document == nil {
			docs = nil
			for _, doc := range d.Documents {
				if m.Type == "bind" && path.Dir(doc.Name) == m.Source {
					docs = append(docs, doc)
				}
			}
		}
		if len(docs) == 0 {
			return nil, false
		}
		for _, doc := range docs {
			if doc == nil || doc.Root == nil || doc.Root.Kind != model.String || doc.Template || !strings.HasSuffix(doc.Name, ".sql") {
				return nil, false // what a shell script makes depends on more than its text
			}
			texts = append(texts, doc.Root.Text)
		}
	}
	return texts, true
}

// sqlComment matches a comment of SQL.
var sqlComment = regexp.MustCompile(`(?m)--.*$`)

// makes returns the statement of an init script that makes a database or a role, or "".
func makes(scripts []string, what, name string) string {
	statement := regexp.MustCompile(`(?is)\bCREATE\s+(?:` + what + `)\s+"?` + regexp.QuoteMeta(name) + `"?\b[^;]*`)
	for _, script := range scripts {
		script = sqlComment.ReplaceAllString(script, "")
		if found := statement.FindString(script); found != "" {
			return found
		}
	}
	return ""
}
