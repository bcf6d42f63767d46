package sensitive

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// SecretPlace is a place where a secret belongs.
type SecretPlace struct {
	Doc *model.Document
	// Name is what operators call it: matrix.secret of MAS.
	Name string
	// Purpose is the same for places that have to hold the same secret.
	Purpose string
	At      diag.Position
	// Value is what stands there, or nil if it names a file.
	Value *model.Node
	// File is the file that holds the secret, as its name outside of the container, or "".
	File string
	// Instead is the key that would take a file, or "".
	Instead string
	// Own says that no format knows of the place: the configuration of a module, a variable or a label of an operator's own.
	Own bool
}

// SecretPlaces returns the places of all documents, in their order.
func SecretPlaces(tables *facts.Formats, d *model.Deployment) []SecretPlace {
	places := tables.Remember(d, "secret places", func() any { return findSecretPlaces(tables, d) }).([]SecretPlace)
	return slices.Clip(places) // whoever appends has a copy
}

func findSecretPlaces(tables *facts.Formats, d *model.Deployment) []SecretPlace {
	var places []SecretPlace
	for _, doc := range d.Documents {
		if doc.Root == nil || doc.Root.Unknown || doc.Kind == model.KindESS && doc.Sample {
			continue
		}
		switch doc.Kind {
		case model.KindMAS, model.KindSynapse, model.KindSynapseWorker, model.KindESS:
			for _, s := range tables.Sections(doc, doc.Root) {
				places = append(places, sectionSecrets(d, doc, s)...)
			}
		case model.KindCompose:
			places = append(places, composeSecrets(d, doc)...)
		case model.KindLiveKit:
			for _, f := range doc.Root.Get("keys").Entries() {
				places = append(places, SecretPlace{Doc: doc, Name: "a key of LiveKit", Purpose: "livekit", At: f.Value.Position, Value: f.Value, Instead: "key_file"})
			}
		case model.KindCoturn:
			if doc.Sample {
				continue
			}
			places = append(places, coturnSecrets(doc)...)
		case model.KindAppService, model.KindBridge:
			places = append(places, bridgeSecrets(doc)...)
		}
	}
	return append(places, ownSecrets(tables, d, places)...)
}

// ownSecrets returns the secrets of places that no format knows, in the documents of the stack's products.
func ownSecrets(tables *facts.Formats, d *model.Deployment, known []SecretPlace) []SecretPlace {
	taken := map[diag.Position]bool{}
	for _, place := range known {
		taken[place.At] = true
	}
	var places []SecretPlace
	for _, doc := range d.Documents {
		switch doc.Kind {
		case model.KindMAS, model.KindSynapse, model.KindSynapseWorker, model.KindCompose, model.KindElement:
			if doc.Root != nil && !doc.Root.Unknown && !doc.Sample {
				places = append(places, openSecrets(tables, doc)...)
			}
		}
	}
	return slices.DeleteFunc(places, func(p SecretPlace) bool { return taken[p.At] })
}

// sectionSecrets returns the secrets in one section of MAS or Synapse.
func sectionSecrets(d *model.Deployment, doc *model.Document, s facts.Section) []SecretPlace {
	var places []SecretPlace
	product := facts.ProductName(doc.Kind)
	for _, key := range s.Keys.Keys {
		if !key.Secret || key.Name == "dsn" { // a DSN of Sentry is handed to every browser
			continue
		}
		path := facts.JoinedPath(s.Path, key.Name)
		place := SecretPlace{Doc: doc, Name: path + " of " + product, Purpose: purposeOf(product, path, s), Instead: key.File}
		if path == "database.args.password" {
			place.Instead = "passfile"
		}
		if value := s.Node.Get(key.Name); value.IsSet() && (!isPEM(key.Name) || strings.Contains(value.Text, "-----BEGIN")) {
			place.At, place.Value = value.Position, value
			places = append(places, place)
		}
		if key.File == "" || !s.Node.Get(key.File).IsSet() {
			continue
		}
		path = facts.JoinedPath(s.Path, key.File)
		file := s.Node.Get(key.File)
		if name, known := file.Literal(); known {
			place.Name, place.At, place.Value = path+" of "+product, file.Position, nil
			place.File = string(doc.Kind) + ":" + name
			if c := facts.ConfigurationOf(d, doc.Kind); c != nil && c.Service != nil {
				place.File = container.HostFile(c, name)
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
func purposeOf(product, path string, s facts.Section) string {
	client, _ := s.Node.Get("client_id").Literal()
	switch facts.GeneralPath(path) {
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
