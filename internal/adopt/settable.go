package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// fate is what becomes of a setting of the old files that no field of the language has.
type fate struct {
	weight  Weight
	message string
	hint    string
}

// derived is the fate of what a build decides itself, and what nobody misses.
func derived() fate { return fate{} }

// synapseFates are the settings of Synapse that are not taken over as they are, by their path.
func synapseFates() map[string]fate {
	gone := func(why string) fate { return fate{Cosmetic, why, ""} }
	return map[string]fate{
		"listeners": derived(), "log_config": derived(), "pid_file": derived(), "signing_key_path": derived(), "signing_key": derived(), "media_store_path": derived(),
		"matrix_authentication_service": derived(), "database.args.user": derived(), "database.args.password": derived(),
		"database.args.host": derived(), "database.args.port": derived(), "database.args.database": derived(), "database.args.dbname": derived(),
		"web_client_location": derived(), "public_baseurl": derived(), "serve_server_wellknown": derived(),
		"macaroon_secret_key": derived(), "macaroon_secret_key_path": derived(), "turn_shared_secret": derived(), "turn_shared_secret_path": derived(),
		"email": derived(), "use_presence": derived(), "federation_domain_whitelist": derived(), "experimental_features.msc3861": derived(),
		"media_retention": derived(), "turn_user_lifetime": derived(), "retention.default_policy": derived(),
		"form_secret":      gone("nothing signs with it any more: links in mails that were sent before do not work"),
		"form_secret_path": gone("nothing signs with it any more: links in mails that were sent before do not work"),
	}
}

// underMAS are the settings of Synapse that it refuses, or that do nothing, once MAS signs people in.
// element-hq/synapse synapse/config/auth.py and experimental.py, 1.157.1
func underMAS() []string {
	return []string{"password_config", "enable_registration", "enable_registration_without_verification", "registration_requires_token", "registration_shared_secret",
		"registration_shared_secret_path", "registrations_require_3pid", "allowed_local_3pids", "oidc_providers", "oidc_config", "cas_config", "saml2_config", "jwt_config", "password_providers",
		"user_consent", "enable_registration_captcha", "login_via_existing_session", "refresh_token_lifetime", "nonrefreshable_access_token_lifetime",
		"refreshable_access_token_lifetime", "session_lifetime", "enable_3pid_changes", "enable_3pid_lookup", "allow_guest_access", "sso", "bcrypt_rounds",
		"rc_login", "rc_registration", "rc_registration_token_validity", "rc_3pid_validation", "default_identity_server", "account_threepid_delegates", "recaptcha_public_key", "recaptcha_private_key"}
}

// forWorkers are the settings of Synapse that leave work to other processes. A stack with workers says them itself.
// element-hq/synapse docs/workers.md
func forWorkers() []string {
	return []string{"send_federation", "federation_sender_instances", "start_pushers", "pusher_instances", "instance_map", "stream_writers", "run_background_tasks_on",
		"notify_appservices", "notify_appservices_from_worker", "update_user_directory", "update_user_directory_from_worker", "enable_media_repo", "media_instance_running_background_jobs",
		"worker_replication_secret", "worker_replication_secret_path", "outbound_federation_restricted_to", "redis"}
}

// masFates are those of MAS.
func masFates() map[string]fate {
	return map[string]fate{
		"http": derived(), "database.uri": derived(), "database.host": derived(), "database.port": derived(), "database.username": derived(), "database.password": derived(),
		"database.password_file": derived(), "database.database": derived(), "secrets": derived(), "matrix": derived(), "email": derived(),
		"upstream_oauth2.providers": derived(), "passwords.minimum_complexity": derived(), "account.password_registration_enabled": derived(),
		"branding.service_name": derived(), "branding.policy_uri": derived(), "branding.tos_uri": derived(), "branding.imprint": derived(),
		"account.password_registration_token_required": derived(), "account.password_recovery_enabled": derived(),
	}
}

// livekitFates are those of LiveKit.
func livekitFates() map[string]fate {
	fates := map[string]fate{}
	for _, path := range []string{"port", "keys", "key_file", "rtc.tcp_port", "rtc.udp_port", "rtc.port_range_start", "rtc.port_range_end", "rtc.node_ip", "rtc.use_external_ip",
		"room.auto_create", "room.max_participants", "turn", "webhook"} {
		fates[path] = derived()
	}
	return fates
}

// readBy returns a document of a product as an override may hold it.
func (o *Old) readBy(name string) *model.Node {
	root := o.document(name)
	if o.Generated {
		return root
	}
	fates := map[string]fate{}
	switch name {
	case synapseName:
		fates = synapseFates()
		if len(o.workers()) > 0 {
			for _, key := range forWorkers() {
				fates[key] = fate{Cosmetic, "the stack says it itself, of the workers that it has", ""}
			}
		}
		o.addSignInFates(fates)
		if o.bucket() != nil {
			fates["media_storage_providers"] = derived()
		}
		if o.Roles["coturn"] != nil {
			fates["turn_uris"] = derived()
		}
	case masName:
		fates = masFates()
	case livekitName:
		fates = livekitFates()
	}
	for path, f := range fates {
		n := root.At(at(path)...)
		if n == nil {
			continue
		}
		root = without(root, at(path)...)
		if f.message != "" {
			o.note(Note{Weight: f.weight, Subject: path, Message: f.message, Hint: f.hint, Position: n.Position})
		}
	}
	return o.withoutSecrets(name, "", root)
}

// addSignInFates adds what becomes of the settings by which Synapse signs people in: they are fields while it does, and nothing afterwards.
func (o *Old) addSignInFates(fates map[string]fate) {
	if o.delegates() {
		for _, key := range underMAS() {
			fates[key] = fate{Cosmetic, "MAS signs people in: Synapse reads it no more", ""}
		}
		return
	}
	for _, key := range []string{"password_config.enabled", "enable_registration", "registration_requires_token", "registrations_require_3pid", "registration_shared_secret",
		"registration_shared_secret_path", "oidc_providers", "oidc_config"} {
		fates[key] = derived()
	}
	if o.synapse("allow_guest_access").True() {
		fates["allow_guest_access"] = fate{Users, "guests are not let in any more: syn2mas moves accounts only without", "tell those who come as guests"}
	}
	fates["password_config.pepper"] = derived()
}

// withoutSecrets returns settings without those that hold secrets in clear: a stack is committed.
func (o *Old) withoutSecrets(document, above string, n *model.Node) *model.Node {
	if n == nil || n.Kind != model.Map {
		return n
	}
	c := *n
	c.Fields = nil
	for _, f := range n.Fields {
		path := strings.TrimPrefix(above+"."+f.Key, ".")
		if container.IsSecretName(f.Key) && !strings.HasSuffix(f.Key, "_entrypoint") && f.Value.Kind == model.String && f.Value.Text != "" {
			o.note(Note{Weight: Step, Subject: path, Position: f.Value.Position, Message: fmt.Sprintf("it holds a secret, and %s is committed: it was not taken over", document),
				Hint: "give it to the service by a file that the stack mounts"})
			continue
		}
		f.Value = o.withoutSecrets(document, path, f.Value)
		c.Fields = append(c.Fields, f)
	}
	return &c
}

// settable returns what of an old service, network or volume an override may say.
func (o *Old) settable(section, key string, n *model.Node) *model.Node {
	if o.Generated || n.Kind != model.Map {
		return n
	}
	if section == "services" {
		return o.settableService(key, n)
	}
	return nil // fields have it
}

// madeAnew are the keys of a service that a build decides. What differs in them is told by the comparison.
func madeAnew() []string {
	return []string{"image", "build", "command", "entrypoint", "healthcheck", "depends_on", "secrets", "configs", "expose", "profiles", "links", "env_file", "volumes", "tmpfs",
		"pull_policy", "platform", "networks", "network_mode", "user"}
}

// settableService returns what of a service of the stack stays as it was: its name, limits, ports, and networks of services of the operator's own.
func (o *Old) settableService(role string, n *model.Node) *model.Node {
	kept := mapping()
	for _, f := range n.Fields {
		switch {
		case slices.Contains(madeAnew(), f.Key):
		case f.Key == "labels":
			if labels := o.ownLabels(f.Value); labels != nil {
				set(kept, f.Key, labels)
			}
		case f.Key == "environment":
			if variables := o.ownVariables(role, f.Value); variables != nil {
				set(kept, f.Key, variables)
			}
		default:
			set(kept, f.Key, f.Value)
		}
	}
	if networks := o.ownNetworks(role, n.Get("networks")); networks != nil {
		set(kept, "networks", networks)
	}
	return kept
}

// ownLabels returns labels that are not the proxy's.
func (o *Old) ownLabels(n *model.Node) *model.Node {
	own := mapping()
	for _, f := range n.Fields {
		if !strings.HasPrefix(strings.ToLower(f.Key), "traefik.") && !strings.HasPrefix(f.Key, "com.docker.compose.") {
			own.Fields = append(own.Fields, f)
		}
	}
	return orNil(own)
}

// ownVariables returns variables that no field has and that hold no secret.
func (o *Old) ownVariables(role string, n *model.Node) *model.Node {
	own := mapping()
	for _, f := range n.Fields {
		known := f.Key == "TZ" || role == "lk-jwt" && strings.HasPrefix(f.Key, "LIVEKIT_") || role == "synapse" && (f.Key == "UID" || f.Key == "GID") || strings.HasPrefix(f.Key, "SYNAPSE_") || strings.HasPrefix(f.Key, "MAS_") || strings.HasPrefix(f.Key, "POSTGRES_") ||
			strings.HasPrefix(role, "pocket-id") && o.compose.At("services", role, "environment", f.Key) != nil && isPocketIDVariable(f.Key)
		if known || container.IsSecretName(f.Key) || f.Value.Unknown || f.Value.Kind == model.Null {
			continue
		}
		own.Fields = append(own.Fields, f)
	}
	return orNil(own)
}

func isPocketIDVariable(name string) bool {
	return slices.Contains([]string{"APP_URL", "PUBLIC_APP_URL", "TRUST_PROXY", "ENCRYPTION_KEY", "ENCRYPTION_KEY_FILE", "PUID", "PGID"}, name)
}

// ownNetworks returns the networks on which services of the operator's own reach a service of the stack, under the name that they know.
func (o *Old) ownNetworks(role string, n *model.Node) *model.Node {
	own := mapping()
	s := o.Roles[role]
	for _, f := range n.Entries() {
		if !o.isNeeded("networks", f.Key) && !(f.Key == "default" && o.hasOwnOnDefault()) {
			continue
		}
		names := list()
		for _, name := range append(container.NamesOf(s), aliasesOf(f.Value)...) {
			if name != role && !slices.ContainsFunc(names.Items, func(item *model.Node) bool { return item.Text == name }) {
				names.Items = append(names.Items, text(name))
			}
		}
		attachment, key := mapping(), f.Key
		if len(names.Items) > 0 {
			set(attachment, "aliases", names)
		}
		if there := o.derivedNetwork(role, f.Key); there != "" {
			if key = there; len(names.Items) == 0 {
				continue
			}
		}
		set(own, key, attachment)
	}
	return orNil(own)
}

// derivedNetwork returns the key under which a service of the stack is on a network of the old project already; "" if it is not. A container that is on one twice
// does not start.
func (o *Old) derivedNetwork(role, key string) string {
	for _, f := range o.derived.At("services", role, "networks").Entries() {
		network := o.derived.At("networks", f.Key)
		if name := literal(network.Get("name")); name != "" && name == o.networkName(key) && network.Get("external").True() {
			return f.Key
		}
	}
	return ""
}

func aliasesOf(n *model.Node) []string {
	var aliases []string
	for _, alias := range n.Get("aliases").Entered() {
		aliases = append(aliases, alias.Text)
	}
	return aliases
}

// hasOwnOnDefault reports whether a service of the operator's own is on the network that a project has without a word.
func (o *Old) hasOwnOnDefault() bool {
	return slices.ContainsFunc(o.Given.Services, func(s *model.Service) bool {
		return !o.isRole(o.roleOf(s)) && !s.Node.Get("network_mode").IsSet() && slices.ContainsFunc(container.Attachments(s), func(a model.Attachment) bool { return a.Network == "default" })
	})
}
