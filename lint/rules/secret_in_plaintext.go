package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// secretInPlaintext: a secret in a file that is committed is a secret of everybody who ever sees the repository.
func secretInPlaintext(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "secret-in-plaintext",
		Severity:  diag.Error,
		OfText:    true,
		Fatal:     true,
		Documents: "mas, synapse, compose, livekit, coturn",
		Title:     "a secret that stands in a file in clear",
		Why:       "Whoever sees the file, a copy of it or the history of its repository has the secret. Nobody notices until it is used.",
		Sees:      "nothing until it is abused",
		Before:    example.Synapse("macaroon_secret_key: Vqk3gXfhZ9TbS2mWc7LrN8dYpJ5aQeUt\n"),
		After:     example.Synapse("macaroon_secret_key_path: /run/secrets/macaroon\n"),
		Source: []string{
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html",
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html",
			"https://github.com/matrix-org/synapse/issues/7758",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkSecretInPlaintext(tables, d, report) },
	}
}

func checkSecretInPlaintext(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	reported := map[diag.Position]bool{}
	var found []diag.Finding
	same := map[[2]string]int{} // a setting that several files repeat, as those of workers do, is one secret
	for _, place := range sensitive.SecretPlaces(tables, d) {
		text, plain := sensitive.PlainSecret(place.Value)
		if !plain || place.Doc.Ignored || model.IsPublished(text) {
			continue // everybody has the published ones already: secret-value-unsuitable
		}
		reported[place.At] = true
		if i, again := same[[2]string{place.Name, text}]; again {
			found[i].Related = append(found[i].Related, diag.Related{Position: place.At, Message: "the same stands here"})
			continue
		}
		f := diag.Finding{
			Position: place.At,
			Message:  fmt.Sprintf("%s stands here in clear, with %d characters", place.Name, utf8.RuneCountInString(text)),
			Hint:     "make a new one and keep it out of this file",
		}
		if strings.Contains(place.Value.Text, "://") {
			f.Message = "the password in " + f.Message
		}
		if place.Own && place.Doc.Kind == model.KindCompose && inStack(place.At) {
			f.Hint = `make a new one, and keep it like the others: extra: secrets: NAME: file: "./secrets/NAME" makes a place for it, matrixgen secrets set stores it, and the service reads the file /run/secrets/NAME`
		}
		if place.Instead != "" {
			f.Hint = fmt.Sprintf("make a new one, and name its file with %s", place.Instead)
		}
		switch {
		case place.Doc.Kind == model.KindESS:
			f.Hint = "make a new one, put it into a Secret, and name that here with secret and secretKey"
		case place.Doc.Source != nil:
			f.Hint = "make a new one, and put the whole text into a Secret: configSecret and configSecretKey name it"
		}
		if isForDevelopment(f.File) {
			f.Severity = diag.Warning
		}
		same[[2]string{place.Name, text}] = len(found)
		found = append(found, f)
	}
	for _, f := range found {
		report(f)
	}
	for _, doc := range d.Documents {
		isSource := doc.Kind == model.KindScript && path.Ext(doc.Name) == ".py" // programs and their tests have keys that open nothing
		if doc.Root != nil && !doc.Ignored && !isSource && doc.Kind != model.KindEnv && doc.Kind != model.KindSOPS {
			sensitive.EachPrivateKey(doc.Root, func(n *model.Node) {
				if !reported[n.Position] {
					at := n.Position
					if doc.Format == model.Text && !doc.Flat { // of a file it is the line in which the key begins
						at.Line += strings.Count(n.Text[:strings.Index(n.Text, "-----BEGIN")], "\n")
					}
					report(diag.Finding{Position: at, Message: "a private key stands here in clear", Hint: "make a new one and keep it out of this file"})
				}
			})
		}
	}
}

// inStack says that the operator of a stack wrote what stands there.
func inStack(p diag.Position) bool { return strings.HasPrefix(p.File, "stacks/") }

// isForDevelopment reports whether the name of a file says that developers alone use it: docker-compose.dev.yml.
func isForDevelopment(file string) bool {
	words := strings.FieldsFunc(strings.ToLower(path.Base(file)), func(r rune) bool { return strings.ContainsRune("._-", r) })
	return slices.ContainsFunc(words, func(word string) bool { return word == "dev" || word == "development" })
}
