package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// secretInPlaintext: a secret in a file that is committed is a secret of everybody who ever sees the repository.
func secretInPlaintext(tables *formats) Rule {
	return Rule{
		Name:      "secret-in-plaintext",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, compose, livekit, coturn",
		Title:     "a secret that stands in a file in clear",
		Why:       "Whoever sees the file, a copy of it or the history of its repository has the secret. Nobody notices until it is used.",
		Sees:      "nothing until it is abused",
		Before:    synapseExample("macaroon_secret_key: Vqk3gXfhZ9TbS2mWc7LrN8dYpJ5aQeUt\n"),
		After:     synapseExample("macaroon_secret_key_path: /run/secrets/macaroon\n"),
		Source: []string{
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html",
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html",
			"https://github.com/matrix-org/synapse/issues/7758",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) {
			reported := map[diag.Position]bool{}
			for _, place := range secretPlaces(tables, d) {
				text, plain := plainSecret(place.value)
				if !plain || place.doc.Ignored || model.IsPublished(text) {
					continue // everybody has the published ones already: secret-value-unsuitable
				}
				reported[place.at] = true
				f := diag.Finding{
					Position: place.at,
					Message:  fmt.Sprintf("%s stands here in clear, with %d characters", place.name, utf8.RuneCountInString(text)),
					Hint:     "make a new one and keep it out of this file",
				}
				if strings.Contains(place.value.Text, "://") {
					f.Message = "the password in " + f.Message
				}
				if place.instead != "" {
					f.Hint = fmt.Sprintf("make a new one, and name its file with %s", place.instead)
				}
				report(f)
			}
			for _, doc := range d.Documents {
				if doc.Root != nil && !doc.Ignored && doc.Kind != model.KindEnv && doc.Kind != model.KindSOPS {
					eachPrivateKey(doc.Root, func(n *model.Node) {
						if !reported[n.Position] {
							report(diag.Finding{Position: n.Position, Message: "a private key stands here in clear", Hint: "make a new one and keep it out of this file"})
						}
					})
				}
			}
		},
	}
}

// eachPrivateKey visits the private keys in a document.
func eachPrivateKey(n *model.Node, visit func(*model.Node)) {
	if text, known := n.Literal(); known && isPrivateKey(text) {
		visit(n)
	}
	for _, f := range n.Fields {
		eachPrivateKey(f.Value, visit)
	}
	for _, item := range n.Items {
		eachPrivateKey(item, visit)
	}
}
