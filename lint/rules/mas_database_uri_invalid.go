package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masDatabaseURI: a slash in the password of the URI ends the host there. The url crate that MAS uses takes @, [, ] and a lone % in a
// password as they are, unlike what RFC 3986 says, so that they are no mistake here.
func masDatabaseURI() lint.Rule {
	return lint.Rule{
		Name:      "mas-database-uri-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "the database URI of MAS is no URL of a Postgres",
		Why: "MAS does not start when it cannot read the URI of its database. A password made with openssl rand -base64 holds a slash in " +
			"half of all cases, and then the URI ends in the middle of it.",
		Sees: "could not parse database connection string, or could not connect to the database",
		// A URI with a password is another rule's business, even if it can be read.
		Quotes: map[string][]string{
			"MAS 1.22.0": {"could not parse database connection string", "could not connect to the database"},
		},
		Before: example.MAS(`database:
  uri: mysql://mas@mariadb/mas
`),
		After: example.MAS(`database:
  uri: postgresql://mas@postgres/mas
`),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/database.rs",
			"element-hq/matrix-authentication-service crates/cli/src/util.rs",
		},
		Check: checkMASDatabaseURI,
	}
}

func checkMASDatabaseURI(d *model.Deployment, report func(diag.Finding)) {
	reportGeneratedPassword(d, report)
	uri := d.MAS.At("database", "uri")
	text, known := uri.Literal()
	if !known || uri.Kind != model.String || placeholder.In(text) {
		return
	}
	if problem := databaseURIProblem(text); problem != "" {
		report(diag.Finding{
			Position: uri.Position,
			Message:  "MAS cannot connect to its database: " + problem,
			Hint:     "write host, username, database and password_file instead of uri, or a password of hex digits",
		})
	}
}

// databaseURIProblem says why MAS cannot read the URI, without showing its password.
func databaseURIProblem(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found || scheme != "postgres" && scheme != "postgresql" {
		return "the URI does not begin with postgresql://"
	}
	end := strings.IndexAny(rest+"/", "/?#")
	authority, rest := rest[:end], rest[end:]
	port, hasPort := "", false
	host := authority[strings.LastIndex(authority, "@")+1:]
	if i := strings.LastIndex(host, ":"); i > strings.LastIndex(host, "]") {
		port, hasPort = host[i+1:], true
	}
	if _, err := strconv.ParseUint(port, 10, 16); !hasPort || port == "" || err == nil {
		return ""
	}
	if !strings.Contains(authority, "@") && strings.Contains(rest, "@") {
		return fmt.Sprintf("the password in the URI holds a %q, which ends the host there", rest[0])
	}
	return "the port in the URI is no number"
}
