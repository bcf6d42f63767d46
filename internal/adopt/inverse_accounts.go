package adopt

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// accounts takes where the accounts of the users are.
func (v *inverse) accounts() {
	at := v.document(synapseName).Get("matrix_authentication_service")
	switch v.phase() {
	case "synapse":
		v.say("accounts", text("synapse"), v.synapse("server_name"))
	case "prepare":
		v.say("accounts", text("prepare"), v.synapse("server_name"))
	case "moved":
		v.say("accounts", text("moved"), at)
	default:
		v.say("accounts", text("mas"), at)
	}
}

// phase returns how far a server is on its way to MAS. What cannot be seen counts as having arrived, as nothing of Synapse's sign-in is then taken.
func (o *Old) phase() string {
	switch {
	case o.signsIn() && o.document(masName) == nil:
		return "synapse"
	case o.signsIn():
		return "prepare"
	case o.Generated && o.Roles["syn2mas"] != nil:
		return "moved"
	}
	return "mas"
}

// signsIn reports whether Synapse surely signs people in itself. A build writes what it delegates to no file of secrets.
func (o *Old) signsIn() bool {
	return matrix.DelegationOf(o.Given.Synapse) == matrix.NotDelegated || o.Generated && o.document(synapseName).Get("matrix_authentication_service") == nil
}

// delegates reports whether MAS signs people in.
func (o *Old) delegates() bool { return o.phase() == "mas" || o.phase() == "moved" }

// ownProviders takes the providers by which Synapse signs people in itself.
func (v *inverse) ownProviders() {
	for i, p := range v.oidcProviders() {
		id := orElse(literal(p.Get("idp_id")), "oidc")
		name := strings.Trim(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return '-'
		}, strings.ToLower(id)), "-")
		if _, told := v.toldProvider(p); told != nil || name == "oidc" || name == "" {
			name = v.providerName(p)
		}
		v.ownProvider(i, name, id, p)
	}
}

// oidcProviders returns the providers of Synapse, in the newer form or the older one.
func (o *Old) oidcProviders() []*model.Node {
	root := o.document(synapseName)
	if providers := root.ItemsAt("oidc_providers"); len(providers) > 0 {
		return providers
	}
	if old := root.Get("oidc_config"); old.Get("enabled").True() {
		return []*model.Node{old}
	}
	return nil
}

func (v *inverse) ownProvider(order int, name, id string, p *model.Node) {
	at := "identityProviders." + name + "."
	kind := v.kind(name, p)
	if v.ownClient(p) != nil {
		kind = "pocket-id"
	}
	v.say(at+"kind", text(kind), p.Get("issuer"))
	v.order(at, order, p)
	v.restricted(at, p, v.ownClient(p))
	if !v.runsPocketID(p) {
		v.take(at+"issuer", p.Get("issuer"))
	}
	known := "oidc"
	if id != "oidc" {
		known = "oidc-" + id
	}
	v.say(at+"synapseIDPID", text(known), p.Get("idp_id"))
	v.take(at+"clientID", p.Get("client_id"))
	v.take(at+"humanName", p.Get("idp_name"))
	v.take(at+"brandName", p.Get("idp_brand"))
	if key := p.Get("client_secret_jwt_key"); key == nil {
		v.take(at+"clientAuthMethod", p.Get("client_auth_method"))
	} else {
		v.take(at+"teamID", key.At("jwt_payload", "iss"))
		v.take(at+"keyID", key.At("jwt_header", "kid"))
	}
	v.ownEndpoints(at, kind, p)
	if scopes := p.ItemsAt("scopes"); len(scopes) > 0 {
		v.say(at+"scope", text(strings.Join(textsOf(p.Get("scopes")), " ")), p.Get("scopes"))
	}
	v.parameters(at, p.Get("additional_authorization_parameters"))
	v.ownClaims(at+"claims.", p)
}

// ownEndpoints takes where Synapse asks a provider, where it does not go by the discovery document.
func (v *inverse) ownEndpoints(at, kind string, p *model.Node) {
	method := p.Get("user_profile_method")
	v.say(at+"fetchUserinfo", boolean(method.Is("userinfo_endpoint")), method)
	if kind == "apple" {
		return // its address carries a parameter that the kind brings
	}
	if kind == "generic" && p.Get("discover").False() {
		v.say(at+"discovery", boolean(false), p.Get("discover"))
	}
	v.endpoints(at, p)
}

// ownClient returns the client of a provider at Pocket ID as a build writes it for Synapse, or nil.
func (v *inverse) ownClient(p *model.Node) *model.Node {
	for _, doc := range v.Given.Documents {
		if doc.Kind == model.KindPocketIDClient && doc.Root != nil && doc.Root.Get("id").Is(literal(p.Get("client_id"))) {
			return doc.Root
		}
	}
	return nil
}

// ownClaims takes what Synapse makes of what a provider says. What it has no template for, it leaves to the user.
// element-hq/synapse synapse/handlers/oidc.py, JinjaOidcMappingProvider
func (v *inverse) ownClaims(at string, p *model.Node) {
	config := p.At("user_mapping_provider", "config")
	v.take(at+"subject.template", config.Get("subject_template"))
	if p.Get("allow_existing_users").True() {
		v.say(at+"localpart.onConflict", text("add"), p.Get("allow_existing_users"))
	}
	for _, claim := range [][3]string{{"localpart_template", "localpart", "require"}, {"display_name_template", "displayName", "suggest"}, {"email_template", "email", "suggest"}} {
		template := config.Get(claim[0])
		if !template.IsSet() {
			v.say(at+claim[1]+".action", text("ignore"), config)
			continue
		}
		action := claim[2]
		if claim[1] == "localpart" && config.Get("confirm_localpart").True() {
			action = "suggest"
		}
		v.say(at+claim[1]+".action", text(action), template)
		v.take(at+claim[1]+".template", template)
	}
}

// ownPasswords takes whether Synapse keeps accounts with passwords, and who may make one.
func (v *inverse) ownPasswords() {
	root := v.document(synapseName)
	v.say("passwords.enabled", boolean(!v.synapse("password_config.enabled").False()), v.synapse("password_config"))
	v.say("passwords.registration", boolean(root.Get("enable_registration").True()), root.Get("enable_registration"))
	v.say("passwords.registrationToken", boolean(root.Get("registration_requires_token").True()), root.Get("registration_requires_token"))
	email := root.Get("email")
	v.say("passwords.recovery", boolean(email != nil && !email.Get("enable_notifs").True() && !root.Get("enable_registration").True()), email)
}
