package lint

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// postgresLocale: Synapse refuses a database whose order of letters may change with an update of the C library.
func postgresLocale() Rule {
	return Rule{
		Name:      "postgres-locale-or-encoding",
		Severity:  diag.Error,
		Guide:     GuideWarns,
		Fatal:     true,
		Documents: "compose, synapse, scripts",
		Title:     "Synapse's database gets the wrong locale or encoding",
		Why: "Synapse refuses a database that is not UTF8 with the collation and the character type C. The image of Postgres makes it with " +
			"en_US.utf8, and what is said later does not change a database that exists.",
		Sees: "Database has incorrect collation of 'en_US.utf8'. Should be 'C'; or incorrect encoding: 'SQL_ASCII'",
		Before: synapseExample("") + composeExample(exampleSynapseService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`),
		After: synapseExample("") + composeExample(exampleSynapseService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
`),
		Source: []string{
			"element-hq/synapse synapse/storage/engines/postgres.py",
			"https://github.com/matrix-org/synapse/issues/6831",
		},
		Check: checkPostgresLocale,
	}
}

// saysLocale matches a statement that chooses a locale.
var saysLocale = regexp.MustCompile(`(?i)LC_COLLATE|LOCALE|TEMPLATE|LC_CTYPE|ENCODING`)

func checkPostgresLocale(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.Synapse)
	access := synapseDatabase(d)
	server := access.server(d)
	unsafe := d.Synapse.At("database", "allow_unsafe_locale")
	if server == nil || isSet(unsafe) && !unsafe.False() {
		return
	}
	wanted, known := access.name.Literal()
	_, first := firstDatabase(d, server)
	made, knownToo := first.Literal()
	scripts, visible := initScripts(d, server)
	if !known || !knownToo || !visible {
		return
	}
	if statement := makes(scripts, "DATABASE", wanted); statement != "" {
		if saysLocale.MatchString(statement) {
			return
		}
	} else if wanted != made {
		return
	}
	effective, known := initdbOptions(server)
	if !known {
		return
	}
	if problem := effective.problem(); problem != "" {
		report(diag.Finding{
			Position: environmentPosition(server, "POSTGRES_INITDB_ARGS"),
			Message:  "Synapse does not start with this database: Postgres makes it " + problem,
			Hint:     "set POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C before the first start; a database that exists has to be made again",
			Related:  []diag.Related{{Position: access.at, Message: "Synapse's database"}},
		})
	}
}

// locale is what a new database gets.
type locale struct{ collate, ctype, encoding string }

// initdbOptions returns what initdb makes of the variables of a service, and whether that is known.
func initdbOptions(s *model.Service) (locale, bool) {
	arguments, isSet := variableOf(s, "POSTGRES_INITDB_ARGS")
	text, known := arguments.Literal()
	words, closed := model.SplitWords(text)
	inOneWord := slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, " ") })
	if isSet && !known || !closed || inOneWord {
		return locale{}, false
	}
	environment := map[string]string{"LANG": "en_US.utf8"} // that of the image
	for _, name := range []string{"LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE"} {
		if value, isSet := variableOf(s, name); isSet {
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
var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]`)

// problem returns why Synapse refuses a database with the locale, or "".
func (l locale) problem() string {
	encoding := strings.ToUpper(notAlphanumeric.ReplaceAllString(l.encoding, ""))
	if encoding == "" { // initdb takes that of the character type
		encoding = "SQLASCII"
		if _, charset, found := strings.Cut(l.ctype, "."); found {
			encoding = strings.ToUpper(notAlphanumeric.ReplaceAllString(charset, ""))
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
