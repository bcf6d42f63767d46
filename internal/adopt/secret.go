package adopt

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// Secret is a value that the old files show. It does not print itself.
type Secret struct {
	// Slot is its name in a stack, and Position where it stands.
	Slot     string
	Position diag.Position
	// Locked says that the database has it, too: another one has to be set there first.
	Locked bool

	value string
}

// String returns the name, so that no message holds a value by mistake.
func (s Secret) String() string { return s.Slot }

// GoString is [Secret.String].
func (s Secret) GoString() string { return s.Slot }

// Reveal returns the value.
func (s Secret) Reveal() []byte { return []byte(s.value) }

// place is where the old files may have a secret: as a value, or by the name of a file.
type place struct {
	value, file *model.Node
	of          *model.Configuration
}

// Secrets returns the values that the old files show, by the slots of a stack. Of several places the first that shows one counts.
func (o *Old) Secrets() []Secret {
	var found []Secret
	for _, slot := range o.slots() {
		for _, p := range slot.places {
			if value, at, known := o.reveal(p); known {
				found = append(found, Secret{Slot: slot.name, Position: at, Locked: slot.locked, value: value})
				break
			}
		}
	}
	found = append(found, o.signingKeys()...)
	return append(found, o.ownSecrets()...)
}

// slotPlaces is a slot with the places where its value may stand.
type slotPlaces struct {
	name   string
	locked bool
	places []place
}

// slots returns the slots and where their values may stand.
func (o *Old) slots() []slotPlaces {
	d := o.Given
	mas := func(value, file string) place {
		return place{d.MAS.At(at(value)...), d.MAS.At(at(file)...), d.MAS}
	}
	synapse := func(value, file string) place {
		return place{d.Synapse.At(at(value)...), d.Synapse.At(at(file)...), d.Synapse}
	}
	variable := func(role, name string) place {
		s := o.Roles[role]
		if s == nil {
			return place{}
		}
		return place{s.Env(name), s.Env(name + "_FILE"), &model.Configuration{Service: s}}
	}
	password := func(a *matrix.DatabaseAccess) place {
		if a == nil {
			return place{}
		}
		return place{value: a.Password}
	}
	return append(o.clientSecrets(), []slotPlaces{
		{"matrix_secret", false, []place{mas("matrix.secret", "matrix.secret_file"), synapse("matrix_authentication_service.secret", "matrix_authentication_service.secret_path"),
			synapse("experimental_features.msc3861.admin_token", "experimental_features.msc3861.admin_token_path")}},
		{"mas_encryption_key", false, []place{mas("secrets.encryption", "secrets.encryption_file")}},
		{"mas_database_password", true, []place{password(matrix.MASDatabase(d)), o.superuserPassword(matrix.MASDatabase(d)), mas("database.password", "database.password_file")}},
		{"synapse_database_password", true, []place{password(matrix.SynapseDatabase(d)), o.superuserPassword(matrix.SynapseDatabase(d))}},
		{"pocket_id_database_password", true, []place{password(o.pocketIDDatabase()), o.superuserPassword(o.pocketIDDatabase())}},
		{"postgres_password", true, []place{variable(o.serverOf("synapse"), "POSTGRES_PASSWORD"), variable(o.serverOf("mas"), "POSTGRES_PASSWORD")}},
		{"smtp_password", false, []place{mas("email.password", "email.password_file"), synapse("email.smtp_pass", "email.smtp_pass_path")}},
		{"synapse_signing_key", false, []place{synapse("signing_key", "signing_key_path")}},
		{"synapse_macaroon_secret_key", false, []place{synapse("macaroon_secret_key", "macaroon_secret_key_path")}},
		{"synapse_password_pepper", false, append([]place{synapse("password_config.pepper", "")}, o.masPeppers()...)},
		{"synapse_registration_shared_secret", false, []place{synapse("registration_shared_secret", "registration_shared_secret_path")}},
		{"turn_shared_secret", false, []place{synapse("turn_shared_secret", "turn_shared_secret_path"), o.turnSecret()}},
		{"synapse_s3_secret_key", false, []place{{value: o.bucket().Get("secret_access_key")}}},
		{"livekit_secret", false, o.callSecret()},
		{"pocket_id_encryption_key", false, []place{variable("pocket-id", "ENCRYPTION_KEY")}},
		{"acme_dns_secret", false, o.dnsSecret()},
	}...)
}

// dnsSecret returns where the proxy of the stack has what it proves by at a provider of DNS.
func (o *Old) dnsSecret() []place {
	if o.front == nil || o.front.secret == nil {
		return nil
	}
	return []place{{value: o.front.secret}}
}

// masPeppers returns where MAS has the pepper of what Synapse hashed.
func (o *Old) masPeppers() []place {
	var places []place
	for _, scheme := range o.Given.MAS.At("passwords").ItemsAt("schemes") {
		if scheme.Get("algorithm").Is("bcrypt") {
			places = append(places, place{scheme.Get("secret"), scheme.Get("secret_file"), o.Given.MAS})
		}
	}
	return places
}

// clientSecrets returns where the secrets of MAS at its providers stand. Where one provider has one, its slot has no name of a provider in it.
func (o *Old) clientSecrets() []slotPlaces {
	v := &inverse{o, mapping()}
	var slots []slotPlaces
	if o.document(masName) == nil {
		return o.ownClientSecrets()
	}
	for i, p := range o.document(masName).At("upstream_oauth2").ItemsAt("providers") {
		if p.Get("enabled").False() {
			continue
		}
		name := v.providerName(p)
		v.provider(i, name, p)
		if p.Get("client_secret").IsSet() || p.Get("client_secret_file").IsSet() {
			slots = append(slots, slotPlaces{"upstream_client_secret_" + strings.ReplaceAll(name, "-", "_"), false, []place{{p.Get("client_secret"), p.Get("client_secret_file"), o.Given.MAS}}})
		}
	}
	if len(slots) == 1 {
		slots[0].name = "upstream_client_secret"
	}
	return slots
}

// superuserPassword returns where the password of the role stands that the image of Postgres makes, if a product logs in as that.
func (o *Old) superuserPassword(a *matrix.DatabaseAccess) place {
	if s := serverAt(o.Given, a); s != nil && orElse(literal(s.Env("POSTGRES_USER")), "postgres") == literal(a.User) {
		return place{s.Env("POSTGRES_PASSWORD"), s.Env("POSTGRES_PASSWORD_FILE"), &model.Configuration{Service: s}}
	}
	return place{}
}

// ownClientSecrets returns where the secrets of Synapse at its providers stand.
func (o *Old) ownClientSecrets() []slotPlaces {
	v := &inverse{o, mapping()}
	v.ownProviders()
	var slots []slotPlaces
	names := v.stack.Get("identityProviders").Entries()
	for i, p := range o.oidcProviders() {
		if i < len(names) && (p.Get("client_secret").IsSet() || p.Get("client_secret_path").IsSet()) {
			slots = append(slots, slotPlaces{"upstream_client_secret_" + strings.ReplaceAll(names[i].Key, "-", "_"), false, []place{{p.Get("client_secret"), p.Get("client_secret_path"), o.Given.Synapse}}})
		}
	}
	if len(slots) == 1 {
		slots[0].name = "upstream_client_secret"
	}
	return slots
}

// reveal returns a value that can be seen.
func (o *Old) reveal(p place) (value string, at diag.Position, known bool) {
	if text, known := p.value.Literal(); known && text != "" {
		return text, p.value.Position, true
	}
	name, known := p.file.Literal()
	if !known || o.answers.ReadFile == nil {
		return "", at, false
	}
	return o.readIn(p.of, name)
}

// readIn returns the content of a file that a container has, if it lies in the folder that was read.
func (o *Old) readIn(c *model.Configuration, name string) (value string, at diag.Position, known bool) {
	file := name
	if c != nil && c.Service != nil {
		m := c.Service.MountAt(name)
		if m == nil || m.Type == "volume" || path.IsAbs(m.Source) || strings.HasPrefix(m.Source, "$") {
			return "", at, false
		}
		file = path.Join(m.Source, strings.TrimPrefix(name, m.Target))
	}
	file = path.Join(o.composeFolder(), file)
	content, err := o.answers.ReadFile(file)
	if err != nil || len(content) == 0 {
		return "", at, false
	}
	return string(content), diag.Position{File: file}, true
}

// signingKey is a key that MAS signs with, as the old files show it.
type signingKey struct {
	Secret
	// kind is what a stack tells keys apart by: RSA, or the curve; "" for one that cannot be read.
	kind string
}

// signingKeys returns the keys of MAS that a stack keeps: one of RSA and one of P-256. The last of a kind is the one that MAS signs with.
func (o *Old) signingKeys() []Secret {
	found := map[string]Secret{}
	for _, key := range o.keysOfMAS() {
		found[key.kind] = key.Secret
	}
	var kept []Secret
	for _, kind := range keptKeys() {
		if s, ok := found[kind]; ok {
			kept = append(kept, s)
		}
	}
	return kept
}

// keptKeys are the kinds of keys that a stack has.
func keptKeys() []string { return []string{"RSA", "P-256"} }

// keysOfMAS returns all keys of MAS that can be seen, in their order.
func (o *Old) keysOfMAS() []signingKey {
	var found []signingKey
	for _, key := range o.Given.MAS.At("secrets").ItemsAt("keys") {
		value, at, known := o.reveal(place{key.Get("key"), key.Get("key_file"), o.Given.MAS})
		if !known || !strings.Contains(value, "-----END") {
			continue
		}
		k := signingKey{Secret: Secret{Position: at, value: value}, kind: curveOf(value)}
		switch sensitive.ReadPEM(value).Kind {
		case "RSA":
			k.Slot, k.kind = "mas_signing_key_rsa", "RSA"
		case "EC":
			k.Slot = "mas_signing_key_ec"
		default:
			continue
		}
		found = append(found, k)
	}
	return found
}

// noteKeys says which keys of MAS fall away. What tokens of Matrix clients are, MAS looks up: only what signs in at MAS by OpenID Connect checks a signature.
func (o *Old) noteKeys() {
	last := map[string]int{}
	keys := o.keysOfMAS()
	for i, k := range keys {
		last[k.kind] = i
	}
	for i, k := range keys {
		n := Note{Weight: Step, Subject: "secrets.keys", Position: k.Position, Hint: "apps of Matrix check no such signature; look whether another program signs people in at MAS"}
		switch {
		case !slices.Contains(keptKeys(), k.kind):
			n.Message = fmt.Sprintf("a key of MAS on the curve %s falls away, since a stack has one of RSA and one of P-256: what asks for signatures by it gets none", orElse(k.kind, "secp256k1, or another one,"))
		case last[k.kind] != i:
			n.Message = fmt.Sprintf("an older key of MAS of the kind %s falls away: what it signed until now, nobody can check any more", k.kind)
		default:
			continue
		}
		o.note(n)
	}
}

// ownSecrets returns the secrets of services of the operator's own: one file of variables each, which their containers read.
func (o *Old) ownSecrets() []Secret {
	var found []Secret
	for _, s := range o.Given.Services {
		if o.isRole(o.roleOf(s)) && o.Roles[o.roleOf(s)] == s {
			continue
		}
		for _, v := range inlineVariables(s) {
			if isOwnSecret(v) {
				found = append(found, Secret{Slot: ownSlot(s.Name, v.Name), Position: v.Value.Position, value: v.Name + "=" + v.Value.Text})
			}
		}
	}
	return found
}

// inlineVariables returns the variables that the compose file itself gives a service, in either form.
func inlineVariables(s *model.Service) []model.Variable {
	n := s.Node.Get("environment")
	return slices.DeleteFunc(slices.Clone(s.Environment), func(v model.Variable) bool {
		named := func(item *model.Node) bool { name, _, _ := strings.Cut(item.Text, "="); return name == v.Name }
		return v.Value == nil || n.Get(v.Name) == nil && !slices.ContainsFunc(n.Entered(), named)
	})
}

// isOwnSecret reports whether a variable of a service of the operator's own holds a secret in clear.
func isOwnSecret(v model.Variable) bool {
	text, known := v.Value.Literal()
	_, named := sensitive.SecretVariable(v.Name)
	return known && len(text) >= 6 && !strings.ContainsAny(text, "\n\r") && !strings.HasPrefix(text, "/") && (named || container.IsSecretName(v.Name))
}

// ownSlot names the secret of a variable of a service.
func ownSlot(service, variable string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, strings.ToLower(service+"_"+variable))
	if name[0] < 'a' || name[0] > 'z' {
		return "own_" + name
	}
	return name
}
