package sensitive

import (
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// line is a line of a file.
type line struct {
	file   string
	number int
}

// HideSecrets says of every finding at a line that holds a secret in clear that the line is not to be shown, whatever rule it is of. A repair of
// the secret itself is left out.
func HideSecrets(tables *facts.Formats, findings []diag.Finding, deployments ...*model.Deployment) {
	if len(findings) == 0 {
		return
	}
	values, lines := map[diag.Position]bool{}, map[line]bool{}
	eachSecret(tables, deployments, func(n *model.Node, text string) {
		values[n.Position] = true
		for i := range strings.Count(text, "\n") + 1 {
			lines[line{n.Position.File, n.Position.Line + i}] = true
		}
	})
	for i, f := range findings {
		if lines[line{f.File, f.Line}] {
			findings[i].Secret = true
		}
		if f.Fix != nil && touches(f.Fix, values) {
			findings[i].Fix = nil
		}
	}
}

func touches(fix *diag.Fix, values map[diag.Position]bool) bool {
	for _, edit := range fix.Edits {
		if values[edit.Position] {
			return true
		}
	}
	return false
}

// eachSecret visits the secrets that stand in the documents of deployments in clear.
func eachSecret(tables *facts.Formats, deployments []*model.Deployment, visit func(n *model.Node, text string)) {
	see := func(n *model.Node) { eachText(n, visit) }
	for _, d := range deployments {
		for _, place := range SecretPlaces(tables, d) {
			see(place.Value)
		}
		for _, doc := range d.Documents {
			if doc.Root == nil {
				continue
			}
			if doc.Kind == model.KindEnv {
				for _, f := range doc.Root.Fields {
					if container.IsSecretName(f.Key) {
						see(f.Value)
					}
				}
			}
			EachPrivateKey(doc.Root, see)
		}
	}
}

// eachText visits the texts at a place: a list or a map may stand there by mistake.
func eachText(n *model.Node, visit func(n *model.Node, text string)) {
	if n == nil {
		return
	}
	if text, known := n.Literal(); known {
		visit(n, text)
	}
	for _, f := range n.Fields {
		eachText(f.Value, visit)
	}
	for _, item := range n.Items {
		eachText(item, visit)
	}
}

var (
	// namedSecret matches a key or variable that sounds like a secret, with a value: no path, no reference, no list or map.
	namedSecret = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)([a-z0-9_.-]*(?:passw|passphrase|secret|token|apikey|_key|encryption|signing)[a-z0-9_.-]*|\bkey)["']?\s*[:=]\s*["'\[]*([^\s"'$/{\[|>.][^\s"']{5,})`)
	})
	// namedOtherwise matches such keys whose values are none.
	namedOtherwise = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(_file|_path|_method|_endpoint|_uri|_url|_ttl|_lifetime|_name)$`)
	})
	// random matches what people do not write: a key, a token, a line of PEM.
	random = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9+_=-]{20,}`) })
	// publicText matches what looks as random, and is no secret: digests, ULIDs and UUIDs.
	publicText = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`sha256:[0-9a-f]{64}|\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	})
)

// MayHoldSecret reports whether a line of a file looks as if it held a secret in clear: of a file that cannot be read, nothing better is known.
func MayHoldSecret(text string) bool {
	for _, match := range namedSecret().FindAllStringSubmatch(text, -1) {
		if !namedOtherwise().MatchString(match[1]) {
			return true
		}
	}
	for _, word := range random().FindAllString(publicText().ReplaceAllString(text, ""), -1) {
		if strings.ContainsAny(word, "0123456789") && strings.ToLower(word) != strings.ToUpper(word) {
			return true
		}
	}
	for word := range strings.FieldsSeq(text) {
		if holdsPassword(strings.Trim(word, `"',`)) {
			return true
		}
	}
	return false
}
