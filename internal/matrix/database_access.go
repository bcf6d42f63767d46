package matrix

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// DatabaseAccess is how a service is told to reach its database. Values that are not known are nil.
type DatabaseAccess struct {
	// Reader is what operators call the service, and service is it; nil if it is not known.
	Reader  string
	Service *model.Service

	Host, Port, User, Password, Name *model.Node
	// TLS is whether it insists on TLS, in the words of libpq: require, verify-full. nil if that is not said.
	TLS *model.Node
	At  diag.Position
	// Config is where that stands.
	Config *model.Configuration
}

// MASDatabase returns how MAS reaches its database, or nil if that is not known.
func MASDatabase(d *model.Deployment) *DatabaseAccess {
	section := d.MAS.At("database")
	if section == nil || section.Unknown || section.Kind != model.Map || isUnread(d, d.MAS) {
		return nil
	}
	a := &DatabaseAccess{Reader: "MAS", Service: d.MAS.Service, At: d.MAS.Nearest("database", "database"), Config: d.MAS}
	if uri := section.Get("uri"); uri.IsSet() {
		return a.readURI(uri)
	}
	a.Host, a.Port, a.User = section.Get("host"), section.Get("port"), section.Get("username")
	a.Password, a.Name, a.TLS = section.Get("password"), section.Get("database"), section.Get("ssl_mode")
	if d.MAS.Lacks("database", "database") == model.Yes {
		a.Name = a.User // as libpq does
	}
	if section.Get("socket").IsSet() {
		a.Host = nil
	}
	return a
}

// isUnread says that there are services, and none of them reads the configuration.
func isUnread(d *model.Deployment, c *model.Configuration) bool {
	return len(d.Services) > 0 && c.Service == nil
}

// postgresURI matches the parts of a connection string of Postgres.
var postgresURI = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^postgres(?:ql)?://(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?@]*)(?::(\d+))?(?:/([^?]*))?(\?.*)?$`)
})

// readURI takes what the URI of a Postgres says; it is nil for any other. The parts stand where the URI does.
func (a *DatabaseAccess) readURI(uri *model.Node) *DatabaseAccess {
	match := postgresURI().FindStringSubmatch(uri.Text)
	if match == nil || uri.Kind != model.String {
		return nil
	}
	part := func(text string) *model.Node {
		decoded, err := url.PathUnescape(text)
		if err != nil || text == "" {
			return nil
		}
		return &model.Node{Kind: model.String, Text: decoded, Position: uri.Position, Unknown: uri.Unknown && placeholder.MayHold(text)}
	}
	a.User, a.Password, a.Host, a.Port, a.Name = part(match[1]), part(match[2]), part(match[3]), part(match[4]), part(match[5])
	if strings.Contains(match[6], "host=") || strings.Contains(match[6], "dbname=") {
		return nil
	}
	if a.Name == nil {
		a.Name = a.User
	}
	if query, err := url.ParseQuery(strings.TrimPrefix(match[6], "?")); err == nil {
		a.TLS = part(cmp.Or(query.Get("sslmode"), query.Get("ssl-mode")))
	}
	a.At = uri.Position
	return a
}

// SynapseDatabase returns how Synapse reaches its database, or nil if that is not known or not a Postgres.
func SynapseDatabase(d *model.Deployment) *DatabaseAccess {
	section := d.Synapse.At("database")
	args := section.Get("args")
	if !section.Get("name").Is("psycopg2") || args == nil || args.Kind != model.Map || args.Get("service").IsSet() || args.Get("dsn").IsSet() ||
		isUnread(d, d.Synapse) {
		return nil
	}
	a := &DatabaseAccess{Reader: "Synapse", Service: d.Synapse.Service, At: d.Synapse.Nearest("database", "args"), Config: d.Synapse}
	a.Host, a.Port, a.User, a.Password = args.Get("host"), args.Get("port"), args.Get("user"), args.Get("password")
	a.Name, a.TLS = args.Get("dbname"), args.Get("sslmode")
	if a.Name == nil {
		a.Name = args.Get("database")
	}
	if a.Name == nil && !d.Synapse.Partial {
		a.Name = a.User
	}
	return a
}

// PocketIDDatabase returns how Pocket ID reaches its database, or nil if that is not known or not a Postgres. Its URL begins with postgres:// or postgresql://:
// pocket-id/pocket-id backend/internal/common/env_config.go
func PocketIDDatabase(d *model.Deployment) *DatabaseAccess {
	services := d.Of("pocket-id")
	if len(services) != 1 {
		return nil
	}
	uri := services[0].Env("DB_CONNECTION_STRING")
	if !uri.IsSet() {
		return nil
	}
	a := &DatabaseAccess{Reader: "Pocket ID", Service: services[0]}
	return a.readURI(uri)
}

// Server returns the service that runs the database, or nil if it is not one of the deployment.
func (a *DatabaseAccess) Server(d *model.Deployment) *model.Service {
	if a == nil {
		return nil
	}
	host, known := a.Host.Literal()
	if !known || host == "" {
		return nil
	}
	var found []*model.Service
	if a.Service != nil {
		known, services := container.Answering(d, a.Service, host)
		if known != container.ReachService {
			return nil
		}
		found = services
	} else {
		for _, s := range d.Services {
			if slices.Contains(container.NamesOf(s), host) || container.HasAlias(s, host) {
				found = append(found, s)
			}
		}
	}
	if len(found) != 1 || found[0].Product != "postgres" || found[0].Node.Get("build").IsSet() {
		return nil
	}
	return found[0]
}

// FirstDatabase returns the user and the database that the image of Postgres makes at its first start. A value is nil if it is not known.
func FirstDatabase(d *model.Deployment, s *model.Service) (user, name *model.Node) {
	if !container.EnvironmentKnown(d, s) || s.Node.Get("entrypoint").IsSet() {
		return nil, nil
	}
	user, userSet := container.VariableOf(s, "POSTGRES_USER")
	name, nameSet := container.VariableOf(s, "POSTGRES_DB")
	if _, fromFile := container.VariableOf(s, "POSTGRES_USER_FILE"); fromFile {
		userSet, user = true, nil
	}
	if _, fromFile := container.VariableOf(s, "POSTGRES_DB_FILE"); fromFile {
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

// InitScripts returns what a database server runs at its first start. It is false if some of that is not visible.
func InitScripts(d *model.Deployment, s *model.Service) (texts []string, visible bool) {
	const folder = "/docker-entrypoint-initdb.d"
	if !container.MountsKnown(d, s) {
		return nil, false
	}
	seen := map[*model.Document]bool{}
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
			seen[doc] = true
		}
	}
	return texts, !isMadeLater(d, s, seen)
}

// makesDatabase matches what makes a database or a role.
var makesDatabase = sync.OnceValue(func() func(string) bool {
	return placeholder.Matching(`(?i)`, `\bcreatedb\b`, `\bcreateuser\b`, `\bcreate\s+(?:database|user|role)\b`, `\bpg_restore\b`)
})

// isMadeLater reports whether databases are made in other ways than by the scripts of the first start: by a script that somebody runs, or by what
// another container runs.
func isMadeLater(d *model.Deployment, server *model.Service, first map[*model.Document]bool) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		isScript := doc.Kind == model.KindScript || doc.Kind == model.KindShell
		return isScript && !first[doc] && doc.Root != nil && model.Once(doc, "makes a database", func() bool { return makesDatabase()(doc.Root.Text) })
	}) || slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return s != server && (holdsText(s.Node.Get("command"), makesDatabase()) || holdsText(s.Node.Get("entrypoint"), makesDatabase()))
	})
}

// holdsText reports whether a text, or one of a list, matches.
func holdsText(n *model.Node, matches func(string) bool) bool {
	return n != nil && (matches(n.Text) || slices.ContainsFunc(n.Items, func(item *model.Node) bool { return matches(item.Text) }))
}

// sqlComment matches a comment of SQL.
var sqlComment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)--.*$`) })

// MakingStatement returns the statement of an init script that makes a database or a role, or "".
func MakingStatement(scripts []string, what, name string) string {
	statement := regexp.MustCompile(`(?is)\bCREATE\s+(?:` + what + `)\s+"?` + regexp.QuoteMeta(name) + `"?\b[^;]*`)
	for _, script := range scripts {
		script = sqlComment().ReplaceAllString(script, "")
		if found := statement.FindString(script); found != "" {
			return found
		}
	}
	return ""
}

// locale is what a new database gets.
type locale struct{ collate, ctype, encoding string }

// InitdbOptions returns what initdb makes of the variables of a service, and whether that is known.
func InitdbOptions(s *model.Service) (locale, bool) {
	arguments, isSet := container.VariableOf(s, "POSTGRES_INITDB_ARGS")
	text, known := arguments.Literal()
	words, closed := model.SplitWords(text)
	inOneWord := slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, " ") })
	if isSet && !known || !closed || inOneWord {
		return locale{}, false
	}
	environment := map[string]string{"LANG": "en_US.utf8"} // that of the image
	for _, name := range []string{"LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE"} {
		if value, isSet := container.VariableOf(s, name); isSet {
			text, known := value.Literal()
			if !known {
				return locale{}, false
			}
			environment[name] = text
		}
	}
	last := func(names ...string) string {
		values := model.OptionValues(words, names...)
		if len(values) == 0 {
			return ""
		}
		return values[len(values)-1]
	}
	general := last("--locale")
	if slices.Contains(words, "--no-locale") {
		general = "C"
	}
	if last("--locale-provider", "--icu-locale", "--builtin-locale") != "" {
		return locale{}, false
	}
	l := locale{
		collate:  cmp.Or(last("--lc-collate"), general, environment["LC_ALL"], environment["LC_COLLATE"], environment["LANG"]),
		ctype:    cmp.Or(last("--lc-ctype"), general, environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]),
		encoding: last("--encoding", "-E"),
	}
	for _, word := range words {
		if strings.HasPrefix(word, "-E") && len(word) > 2 {
			l.encoding = word[2:]
		}
	}
	return l, true
}

// notAlphanumeric matches what does not count in the name of an encoding.
var notAlphanumeric = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^A-Za-z0-9]`) })

// Problem returns why Synapse refuses a database with the locale, or "".
func (l locale) Problem() string {
	encoding := strings.ToUpper(notAlphanumeric().ReplaceAllString(l.encoding, ""))
	if encoding == "" { // initdb takes that of the character type
		encoding = "SQLASCII"
		if _, charset, found := strings.Cut(l.ctype, "."); found {
			encoding = strings.ToUpper(notAlphanumeric().ReplaceAllString(charset, ""))
		} else if l.ctype != "C" && l.ctype != "POSIX" {
			return ""
		}
	}
	switch {
	case l.collate != "C":
		return fmt.Sprintf("with the collation %s, which has to be C", l.collate)
	case l.ctype != "C":
		return fmt.Sprintf("with the character type %s, which has to be C", l.ctype)
	case encoding != "UTF8" && encoding != "UNICODE":
		return fmt.Sprintf("with the encoding %s, which has to be UTF8", strings.Replace(encoding, "SQLASCII", "SQL_ASCII", 1))
	}
	return ""
}
