package sensitive

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// composeSecrets returns the variables of a compose file that are known to hold a secret, but for those of programs that have nothing to do with Matrix.
func composeSecrets(d *model.Deployment, doc *model.Document) []SecretPlace {
	var places []SecretPlace
	for _, service := range doc.Root.Get("services").Entries() {
		if s := d.Service(service.Key); s != nil && s.Foreign {
			continue
		}
		for _, v := range writtenVariables(service.Value) {
			purpose, known := SecretVariable(v.Name)
			if !known && !holdsPassword(v.Value.Text) {
				continue
			}
			if !known {
				purpose = purposeOfURL(v.Value.Text)
			}
			if purpose == "" {
				purpose = service.Key + " " + v.Name
			}
			place := SecretPlace{Doc: doc, Name: v.Name + " of the service " + service.Key, Purpose: purpose, At: v.Value.Position, Value: SecretOf(v.Name, v.Value)}
			if v.Name == "POSTGRES_PASSWORD" || v.Name == "ENCRYPTION_KEY" {
				place.Instead = v.Name + "_FILE"
			}
			if v.Name == "LIVEKIT_SECRET" {
				place.Instead = "LIVEKIT_SECRET_FROM_FILE"
			}
			places = append(places, place)
		}
	}
	return places
}

// SecretOf returns the secret that a variable holds: of LIVEKIT_KEYS, which has lines of "key: secret", it is what follows the colons.
func SecretOf(name string, value *model.Node) *model.Node {
	if name != "LIVEKIT_KEYS" || value == nil || value.Unknown {
		return value
	}
	var secrets []string
	for line := range strings.Lines(value.Text) {
		if _, secret, found := strings.Cut(line, ":"); found {
			secrets = append(secrets, strings.Trim(strings.TrimSpace(secret), `"'`))
		}
	}
	secret := *value
	secret.Text = strings.Join(secrets, "\n")
	if len(secrets) == 1 {
		secret.Unknown = placeholder.In(secrets[0])
	}
	return &secret
}

// purposeOfURL returns what the password in a connection string is for, by its scheme.
func purposeOfURL(text string) string {
	scheme, _, _ := strings.Cut(text, ":")
	switch scheme {
	case "postgres", "postgresql":
		return "database"
	case "redis", "rediss":
		return "redis"
	case "smtp", "smtps":
		return "mail"
	}
	return ""
}

// writtenVariables returns the environment of a service as it stands in the file, in either form.
func writtenVariables(service *model.Node) []model.Variable {
	var variables []model.Variable
	environment := service.Get("environment")
	for _, f := range environment.Entries() {
		if f.Value.Kind != model.Null {
			variables = append(variables, model.Variable{Name: f.Key, Value: f.Value, Position: f.Position})
		}
	}
	for _, item := range service.ItemsAt("environment") {
		if name, text, assigned := strings.Cut(item.Text, "="); assigned {
			value := *item
			value.Text = text
			variables = append(variables, model.Variable{Name: name, Value: &value, Position: item.Position})
		}
	}
	return variables
}

// SecretVariable says of an environment variable that it holds a secret, and for what if that is known elsewhere too.
func SecretVariable(name string) (purpose string, known bool) {
	switch name {
	case "POSTGRES_PASSWORD", "PGPASSWORD", "MAS_DATABASE_PASSWORD":
		return "database", true
	case "REDIS_PASSWORD":
		return "redis", true
	case "LIVEKIT_SECRET", "LIVEKIT_KEYS", "LIVEKIT_API_SECRET":
		return "livekit", true
	case "MAS_MATRIX_SECRET":
		return "shared secret", true
	case "SMTP_PASSWORD", "MAS_EMAIL_PASSWORD":
		return "mail", true
	case "SYNAPSE_TURN_SECRET":
		return "turn", true
	case "MAS_SECRETS_ENCRYPTION":
		return "MAS secrets.encryption", true
	case "SYNAPSE_MACAROON_SECRET_KEY", "SYNAPSE_REGISTRATION_SHARED_SECRET", "SYNAPSE_FORM_SECRET":
		return "Synapse " + strings.ToLower(strings.TrimPrefix(name, "SYNAPSE_")), true
	case "ENCRYPTION_KEY", "LDAP_BIND_PASSWORD":
		return "", true
	}
	return "", false
}
