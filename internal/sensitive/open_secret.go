package sensitive

import (
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// openSecrets returns the secrets in what no format knows: the configuration of a module, variables and labels of a container, options of a program.
// A value that can be nothing else is one in any file. By the name of its key alone it is one only where an operator wrote it into a stack, which is
// committed, and so is what is generated.
func openSecrets(tables *facts.Formats, doc *model.Document) []SecretPlace {
	known := sync.OnceValue(func() map[*model.Node]bool { // of a document that no stack wrote nobody asks
		known := map[*model.Node]bool{}
		for _, key := range tables.Keys(doc) {
			if !open(key.Path) {
				known[key.Field.Value] = true
			}
		}
		return known
	})
	var places []SecretPlace
	add := func(path, key string, value *model.Node) {
		text, literal := value.Literal()
		if !literal || value.Kind != model.String {
			return
		}
		named := strings.HasPrefix(value.Position.File, "stacks/") && (!known()[value] && namesSecret(key, text) || holdsPassword(text))
		if named || hasSecretShape(text) {
			places = append(places, SecretPlace{Doc: doc, Name: path, Purpose: path, At: value.Position, Value: value, Own: true})
		}
	}
	var walk func(path, key string, n *model.Node)
	walk = func(path, key string, n *model.Node) {
		for _, f := range n.Fields {
			walk(facts.JoinedPath(path, f.Key), f.Key, f.Value)
		}
		for _, item := range n.Items {
			if name, text, assigned := strings.Cut(item.Text, "="); assigned && item.Kind == model.String && isVariable(name) {
				value := *item
				value.Text = text
				add(facts.JoinedPath(path, name), name, &value)
				continue
			}
			walk(path, key, item)
		}
		if len(n.Fields)+len(n.Items) == 0 {
			add(path, key, n)
		}
	}
	walk("", "", doc.Root)
	return places
}

// open says that names below the path are an operator's own, though the format knows that there may be some.
func open(path string) bool {
	for _, section := range []string{".environment.", ".labels.", ".args."} {
		if strings.Contains(path, section) {
			return true
		}
	}
	return false
}

// isVariable says that a text before = is the name of a variable, a label or an option.
func isVariable(name string) bool {
	return name != "" && !strings.ContainsAny(name, " \t\"'`{}()$")
}

// secretEnd matches the end of a name that is for a password or a token; keyEnd that of one which may be for a key or for its name.
var (
	secretEnd = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|token|(^|[_.-])pass|(^|[_.-])pw)$`)
	})
	keyEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)(key|credentials?|auth)$`) })
	// publicEnd matches keys that are made to be seen.
	publicEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)(public|site|verify)[_.-]?key$`) })
)

// namesSecret reports whether a value is a secret by the name of its key: any text for a password, and for a key one that nobody would write by hand.
func namesSecret(key, text string) bool {
	switch {
	case text == "" || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "./") || strings.ContainsAny(text, " \t") && !isRandom(text):
		return false
	case secretEnd().MatchString(key):
		return len(text) > 3 && text != "true" && text != "false" && text != "null" && text != "none"
	case keyEnd().MatchString(key) && !publicEnd().MatchString(key):
		return isRandom(text)
	}
	return false
}

// longWord matches a word that may be a key, in any of the usual alphabets.
var longWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9+/=_-]{20,}`) })

// hexKey matches a key in hexadecimal digits.
var hexKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{32,}$`) })

// isRandom reports whether a text holds a word that people do not write: of small and capital letters and digits, or a long hexadecimal number.
func isRandom(text string) bool {
	for _, word := range longWord().FindAllString(publicText().ReplaceAllString(text, ""), -1) {
		if hexKey().MatchString(word) || strings.ContainsAny(word, "0123456789") && strings.ToLower(word) != word && strings.ToUpper(word) != word {
			return true
		}
	}
	return false
}

// hasSecretShape reports whether a text holds what can be nothing but a secret: an access token of Synapse or MAS, a key of AWS, a token of GitHub or
// GitLab, a private key of age, a signed token. element-hq/synapse synapse/handlers/auth.py;
// element-hq/matrix-authentication-service crates/data-model/src/tokens.rs
func hasSecretShape(text string) bool { return secretShape()(text) }

var secretShape = sync.OnceValue(func() func(string) bool {
	const mas, github = `_[A-Za-z0-9]{20,}_[0-9A-Za-z]{4,8}\b`, `_[A-Za-z0-9]{36}\b`
	return placeholder.Matching("",
		`\bsyt_[A-Za-z0-9+/=_-]+_[A-Za-z]{20}_[0-9A-Za-z]{4,8}\b`,
		`\bmat`+mas, `\bmar`+mas, `\bmct`+mas, `\bmcr`+mas, `\bmpt`+mas,
		`\bAKIA[0-9A-Z]{16}\b`,
		`\bghp`+github, `\bgho`+github, `\bghu`+github, `\bghs`+github, `\bghr`+github,
		`\bgithub_pat_[A-Za-z0-9_]{40,}`,
		`\bglpat-[A-Za-z0-9_-]{20}`,
		`\bAGE-SECRET-KEY-1[A-Z0-9]{50,}`,
		`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)
})
