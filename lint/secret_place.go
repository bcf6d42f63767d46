package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// secretPlace is a place where a secret belongs.
type secretPlace struct {
	doc *model.Document
	// name is what operators call it: matrix.secret of MAS.
	name string
	// purpose is the same for places that have to hold the same secret.
	purpose string
	at      diag.Position
	// value is what stands there, or nil if it names a file.
	value *model.Node
	// file is the file that holds the secret, as its name outside of the container, or "".
	file string
	// instead is the key that would take a file, or "".
	instead string
}

// secretPlaces returns the places of all documents, in their order.
func secretPlaces(tables *formats, d *model.Deployment) []secretPlace {
	var places []secretPlace
	for _, doc := range d.Documents {
		if doc.Root == nil || doc.Root.Unknown {
			continue
		}
		switch doc.Kind {
		case model.KindMAS, model.KindSynapse, model.KindSynapseWorker:
			for _, s := range tables.sections(doc, doc.Root) {
				places = append(places, sectionSecrets(d, doc, s)...)
			}
		case model.KindCompose:
			places = append(places, composeSecrets(doc)...)
		case model.KindLiveKit:
			for _, f := range mapFields(doc.Root.Get("keys")) {
				places = append(places, secretPlace{doc: doc, name: "a key of LiveKit", purpose: "livekit", at: f.Value.Position, value: f.Value, instead: "key_file"})
			}
		case model.KindCoturn:
			places = append(places, coturnSecrets(doc)...)
		}
	}
	return places
}

// sectionSecrets returns the secrets in one section of MAS or Synapse.
func sectionSecrets(d *model.Deployment, doc *model.Document, s section) []secretPlace {
	var places []secretPlace
	product := productName(doc.Kind)
	for _, key := range s.keys.Keys {
		if !key.Secret || key.Name == "dsn" { // a DSN of Sentry is handed to every browser
			continue
		}
		path := joined(s.path, key.Name)
		place := secretPlace{doc: doc, name: path + " of " + product, purpose: purposeOf(product, path, s), instead: key.File}
		if path == "database.args.password" {
			place.instead = "passfile"
		}
		if value := s.node.Get(key.Name); isSet(value) && (!isPEM(key.Name) || strings.Contains(value.Text, "-----BEGIN")) {
			place.at, place.value = value.Position, value
			places = append(places, place)
		}
		if key.File == "" || !isSet(s.node.Get(key.File)) {
			continue
		}
		path = joined(s.path, key.File)
		file := s.node.Get(key.File)
		if name, known := file.Literal(); known {
			place.name, place.at, place.value = path+" of "+product, file.Position, nil
			place.file = string(doc.Kind) + ":" + name
			if c := configurationOf(d, doc.Kind); c != nil && c.Service != nil {
				place.file = hostFile(c, name)
			}
			places = append(places, place)
		}
	}
	return places
}

// isPEM says that what belongs at a key of that name is a private key in PEM form. Anything else there is no secret.
func isPEM(key string) bool { return key == "key" || key == "ssl_key" || key == "private_key" }

// purposeOf returns what a secret is for. Secrets at different places have the same purpose if they have to be equal, or are for the same
// account.
func purposeOf(product, path string, s section) string {
	client, _ := s.node.Get("client_id").Literal()
	switch general(path) {
	case "matrix.secret", "matrix_authentication_service.secret", "experimental_features.msc3861.admin_token":
		return "shared secret"
	case "database.password", "database.uri", "database.args.password":
		return "database"
	case "redis.password":
		return "redis"
	case "turn_shared_secret":
		return "turn"
	case "clients[].client_secret", "experimental_features.msc3861.client_secret", "oidc_config.client_secret",
		"oidc_providers[].client_secret", "upstream_oauth2.providers[].client_secret":
		return "client " + client
	case "email.password", "email.smtp_pass":
		return "mail"
	}
	return product + " " + path
}
