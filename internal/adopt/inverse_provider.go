package adopt

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// providers takes who signs people in: each provider by a name, which nobody sees.
func (v *inverse) providers() {
	for i, p := range v.document(masName).At("upstream_oauth2").ItemsAt("providers") {
		if !p.Get("enabled").False() {
			v.provider(i, v.providerName(p), p)
		}
	}
}

// secretFile is how the file of a client secret begins where there are several.
const secretFile = "/run/secrets/mas_upstream_client_secret_"

// providerName returns a name for a provider: the one that its generated file has, or else one after its form.
func (v *inverse) providerName(p *model.Node) string {
	if name, told := v.toldProvider(p); told != nil {
		return name
	}
	if name, found := strings.CutPrefix(path.Base(literal(p.Get("client_secret_file"))), path.Base(secretFile)); found && v.Generated {
		return strings.ReplaceAll(name, "_", "-")
	}
	name := v.kind("", p)
	if name == "generic" {
		name = "provider"
	}
	for n := 2; v.stack.At("identityProviders", name) != nil; n++ {
		name = fmt.Sprintf("%s-%d", strings.TrimRight(name, "-0123456789"), n)
	}
	return name
}

// isPocketID reports whether a provider is Pocket ID: the one of the deployment, or one for which there is a client of it.
func (v *inverse) isPocketID(p *model.Node) bool {
	return v.runsPocketID(p) || v.pocketIDClient(p) != nil
}

// runsPocketID reports whether a provider is the Pocket ID of the deployment.
func (v *inverse) runsPocketID(p *model.Node) bool {
	return model.SameURL(pocketIDAddress(v.Roles["pocket-id"]), p.Get("issuer")) == model.Yes
}

// pocketIDClient returns the client of a provider at Pocket ID as a build writes it, or nil.
func (v *inverse) pocketIDClient(p *model.Node) *model.Node {
	for _, doc := range v.Given.Documents {
		if doc.Kind != model.KindPocketIDClient || doc.Root == nil {
			continue
		}
		for _, callback := range doc.Root.ItemsAt("callbackURLs") {
			if strings.HasSuffix(callback.Text, "/upstream/callback/"+literal(p.Get("id"))) {
				return doc.Root
			}
		}
	}
	return nil
}

// order takes which button stands where.
func (v *inverse) order(at string, order int, p *model.Node) {
	v.say(at+"order", &model.Node{Kind: model.Int, Text: strconv.Itoa(order)}, p)
}

// provider takes one provider.
func (v *inverse) provider(order int, name string, p *model.Node) {
	at := "identityProviders." + name + "."
	v.say(at+"kind", text(v.kind(name, p)), p.Get("issuer"))
	v.order(at, order, p)
	v.restricted(at, p, v.pocketIDClient(p))
	if !v.runsPocketID(p) {
		v.take(at+"issuer", p.Get("issuer"))
	}
	v.take(at+"id", p.Get("id"))
	v.take(at+"synapseIDPID", p.Get("synapse_idp_id"))
	v.take(at+"clientID", p.Get("client_id"))
	v.take(at+"humanName", p.Get("human_name"))
	v.take(at+"brandName", p.Get("brand_name"))
	if method := p.Get("token_endpoint_auth_method"); !method.Is("sign_in_with_apple") {
		v.take(at+"clientAuthMethod", method)
	}
	v.take(at+"teamID", p.At("sign_in_with_apple", "team_id"))
	v.take(at+"keyID", p.At("sign_in_with_apple", "key_id"))
	v.take(at+"scope", p.Get("scope"))
	v.take(at+"fetchUserinfo", v.orDefault(p.Get("fetch_userinfo"), "mas.#Config", "mas", "upstream_oauth2", "providers", "[]", "fetch_userinfo"))
	v.take(at+"signingAlgorithm", v.orDefault(p.Get("id_token_signed_response_alg"), "mas.#Config", "mas", "upstream_oauth2", "providers", "[]", "id_token_signed_response_alg"))
	if p.Get("discovery_mode").Is("disabled") && v.kind(name, p) == "generic" {
		v.say(at+"discovery", boolean(false), p.Get("discovery_mode"))
	}
	v.endpoints(at, p)
	v.parameters(at, p.Get("additional_authorization_parameters"))
	v.claims(at, p.Get("claims_imports"))
}

// restricted takes whether members of groups alone may sign in, and of which: where the client at Pocket ID names them, or a build tells.
func (v *inverse) restricted(at string, p, client *model.Node) {
	_, told := v.toldProvider(p)
	v.take(at+"allowedGroups", told.Get("allowedGroups"))
	v.take(at+"restrictToGroups", told.Get("restrictToGroups"))
	var names []string
	for _, group := range client.ItemsAt("allowedUserGroups") {
		if name := literal(group.Get("name")); name != "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		v.say(at+"allowedGroups", texts(names), client.Get("allowedUserGroups"))
	}
	v.take(at+"restrictToGroups", client.Get("isGroupRestricted"))
}

// endpoints takes where a provider is asked, which MAS and Synapse say by the same names.
func (v *inverse) endpoints(at string, p *model.Node) {
	for _, endpoint := range [][2]string{{"authorization", "authorization_endpoint"}, {"token", "token_endpoint"}, {"userinfo", "userinfo_endpoint"}, {"jwks", "jwks_uri"}} {
		v.take(at+"endpoints."+endpoint[0], p.Get(endpoint[1]))
	}
}

// askAgain is what a build sends along where MAS goes straight on to the provider.
const askAgain = "{% if logged_out %}login{% endif %}"

func (v *inverse) parameters(at string, n *model.Node) {
	if n == nil {
		return
	}
	own := *n
	own.Fields = nil
	for _, f := range n.Fields {
		if f.Key != "prompt" || f.Value.Text != askAgain {
			own.Fields = append(own.Fields, f)
		}
	}
	if len(own.Fields) > 0 {
		v.take(at+"authorizationParameters", &own)
	}
}

// claims takes what MAS makes of what the provider says. What MAS is not told it ignores.
func (v *inverse) claims(at string, n *model.Node) {
	at += "claims."
	v.take(at+"skipConfirmation", n.Get("skip_confirmation"))
	v.take(at+"subject.template", n.At("subject", "template"))
	v.take(at+"localpart.onConflict", n.At("localpart", "on_conflict"))
	for _, claim := range [][2]string{{"localpart", "localpart"}, {"displayname", "displayName"}, {"email", "email"}} {
		action := v.orDefault(n.At(claim[0], "action"), "mas.#Config", "mas", "upstream_oauth2", "providers", "[]", "claims_imports", claim[0], "action")
		v.take(at+claim[1]+".action", action)
		v.take(at+claim[1]+".template", v.orDefault(n.At(claim[0], "template"), "mas.#Config", "mas", "upstream_oauth2", "providers", "[]", "claims_imports", claim[0], "template"))
	}
}

// passwords takes whether MAS keeps accounts with passwords. What is not said counts as MAS takes it: passwords are on.
func (v *inverse) passwords() {
	defer v.pepper()
	if !v.delegates() {
		v.ownPasswords()
	}
	if v.document(masName) == nil {
		return
	}
	of := func(dotted string) *model.Node {
		return v.orDefault(v.mas(dotted), "mas.#Config", "mas", strings.Split(dotted, ".")...)
	}
	if v.delegates() {
		v.take("passwords.enabled", of("passwords.enabled"))
		v.take("passwords.registration", of("account.password_registration_enabled"))
		v.take("passwords.registrationToken", of("account.password_registration_token_required"))
	}
	v.take("passwords.recovery", of("account.password_recovery_enabled")) // where Synapse signs people in, it has no word for it
	v.take("passwords.minimumComplexity", of("passwords.minimum_complexity"))
	schemes := v.document(masName).At("passwords").ItemsAt("schemes")
	v.say("passwords.fromSynapse", boolean(len(schemes) > 0 && schemes[0].Get("algorithm").Is("bcrypt")), v.mas("passwords.schemes"))
	v.qrLogin(of("oauth.device_code_grant_enabled"))
}

// pepper takes whether Synapse put one into the passwords: it says so itself, or MAS, or a build keeps it with the secrets.
func (v *inverse) pepper() {
	if n := v.synapse("password_config.pepper"); n.IsSet() && !n.Is("") {
		v.say("passwords.pepper", boolean(true), n)
	}
	for _, p := range v.masPeppers() {
		if p.value.IsSet() || p.file.IsSet() {
			v.say("passwords.pepper", boolean(true), p.value)
		}
	}
	if v.Generated && v.compose.At("secrets", "synapse_password_config") != nil {
		v.say("passwords.pepper", boolean(true), nil)
	}
}

// qrLogin takes whether a new device signs in by a code: Synapse says so where MAS signs people in, and MAS alone before.
func (v *inverse) qrLogin(grant *model.Node) {
	if !v.delegates() {
		v.take("qrLogin", grant)
		return
	}
	on := v.synapse("experimental_features.msc4108_enabled")
	v.say("qrLogin", boolean(on.True()), on)
}

// mail takes how mails are sent: MAS and Synapse have the same server.
func (v *inverse) mail() {
	email, own := v.mas("email"), v.synapse("email")
	if v.mas("email.transport").Is("smtp") {
		v.take("smtp.host", email.Get("hostname"))
		v.take("smtp.port", email.Get("port"))
		v.take("smtp.mode", email.Get("mode"))
		v.take("smtp.username", email.Get("username"))
		from := email.Get("from")
		if also := own.Get("notif_from"); v.Generated && also.IsSet() {
			from = also // of the two, only that of MAS can be an override
		}
		v.take("smtp.from", from)
		if reply := email.Get("reply_to"); reply.IsSet() && !reply.Is(literal(email.Get("from"))) {
			v.take("smtp.replyTo", reply)
		}
	} else if own.Get("smtp_host").IsSet() {
		v.take("smtp.host", own.Get("smtp_host"))
		v.take("smtp.port", own.Get("smtp_port"))
		v.take("smtp.username", own.Get("smtp_user"))
		v.take("smtp.from", own.Get("notif_from"))
		v.say("smtp.mode", text(modeOf(own)), own)
	}
	if v.stack.Get("smtp") == nil {
		v.sayTold("smtp") // where Synapse signs people in, all of it stands in a secret
		return
	}
	inFile := len(v.service("synapse", "command").Entered()) > 2
	v.say("smtp.notifications", boolean(own.Get("enable_notifs").True() || v.Generated && inFile && own == nil), own)
}

// modeOf returns how Synapse protects its connection to the mail server.
// https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#email
func modeOf(email *model.Node) string {
	switch {
	case email.Get("force_tls").True():
		return "tls"
	case email.Get("enable_tls").False():
		return "plain"
	}
	return "starttls"
}

func (v *inverse) branding() {
	v.take("branding.serviceName", v.mas("branding.service_name"))
	v.take("branding.policyURI", v.mas("branding.policy_uri"))
	v.take("branding.tosURI", v.mas("branding.tos_uri"))
	v.take("branding.imprint", v.mas("branding.imprint"))
}
