package rules

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// misbelief is a key that people write though it does not exist.
type misbelief struct {
	hint string
	// wrong says that the deployment is not what its operator believes: a login that stays open, a listener without an address.
	wrong bool
	// refused says that the product, or its driver, stops at it.
	refused bool
}

// misbelieved returns such keys by their path, as far as there is more to say about them than what is spelled alike.
func misbelieved(kind model.DocumentKind) map[string]misbelief {
	switch kind {
	case model.KindMAS:
		return map[string]misbelief{
			"account.display_name_change_allowed":    {hint: "write account.displayname_change_allowed"},
			"account.password_login_enabled":         {hint: "the switch is passwords.enabled", wrong: true},
			"http.listeners[].bind":                  {hint: `write binds, a list: binds: [{address: "0.0.0.0:8080"}]`, wrong: true},
			"policy.registration":                    {hint: "it stands below policy.data"},
			"registration":                           {hint: "registration is closed with account.password_registration_enabled: false"},
			"login":                                  {hint: "delete it: the switches of the login are passwords and upstream_oauth2"},
			"ui":                                     {hint: "delete it: texts and links of the pages are below branding"},
			"logging":                                {hint: "delete it: the level comes from the environment variable RUST_LOG"},
			"policies":                               {hint: "the section is policy"},
			"opentelemetry":                          {hint: "the section is telemetry"},
			"hack":                                   {hint: "the section is experimental"},
			"passwords.schemes[].minimum_complexity": {hint: "it stands one level up, in passwords"},
			"experimental.oauth2_device_code_grant":  {hint: "the switch is oauth.device_code_grant_enabled, and on if it is absent"},
			"experimental.client_registration":       {hint: "clients may always register; policy.data.client_registration says which", wrong: true},
			"oauth.clients":                          {hint: "the list clients stands at the top of the file", wrong: true},
			"client_secret":                          {hint: "it belongs to one of the clients, or to a provider", wrong: true},
			"secrets.keys[].algorithm":               {hint: "delete it: the key itself says what it is"},
			"clients[].grant_types":                  {hint: "delete it: every client has all grants"},
			"clients[].scope":                        {hint: "delete it: the policy says what a client may ask for"},
			"clients[].allowed_scopes":               {hint: "delete it: the policy says what a client may ask for"},
			"database.auto_migrate":                  {hint: "delete it: mas-cli server migrates the database itself"},
			"matrix.database":                        {hint: "delete it: MAS does not open the database of Synapse"},
		}
	case model.KindSynapse, model.KindSynapseWorker:
		return map[string]misbelief{
			"federation_enabled":                        {hint: "to close federation, leave federation out of the resources of the listeners and set federation_domain_whitelist: []", wrong: true},
			"enable_federation":                         {hint: "to close federation, leave federation out of the resources of the listeners and set federation_domain_whitelist: []", wrong: true},
			"matrix_authentication_service.secret_file": {hint: "write secret_path", wrong: true},
			"database.args.allow_unsafe_locale":         {hint: "it stands one level up, in database; among the args the driver of the database gets it", refused: true},
			"matrix_authentication_service.issuer":      {hint: "delete it: Synapse asks MAS for its issuer"},
			"matrix_authentication_service.client_id":   {hint: "delete it: Synapse needs no client at MAS any more"},
			"disable_password_login":                    {hint: "the switch is password_config.enabled"},
			"listeners[].resources[].port":              {hint: "begin an item of listeners with it: a listener has a port, a type and resources of its own", refused: true},
			"listeners[].resources[].type":              {hint: "begin an item of listeners with it: a listener has a port, a type and resources of its own", refused: true},
			"email.enabled":                             {hint: "delete it: mail is on as soon as there is a section email"},
		}
	case model.KindTraefikStatic:
		dynamic := misbelief{hint: "it is dynamic configuration: put it into a file of its own, and name that in providers.file.filename"}
		return map[string]misbelief{"http": dynamic, "tcp": dynamic, "udp": dynamic, "tls": dynamic}
	}
	return nil
}

// meantOfService returns the key that is meant by one of a service which Compose does not have, and which other programs call so: docker run, Kubernetes, Podman.
// It is "" if there is none.
func meantOfService(doc *model.Document, path string) string {
	parts := strings.Split(path, ".")
	if doc.Kind != model.KindCompose || len(parts) != 3 || parts[0] != "services" {
		return ""
	}
	for _, known := range []struct{ key, names string }{
		{"volumes", "mount mounts bind binds volume volume_mounts"},
		{"environment, or env_file for a file", "env envs env_vars environment_variables variables vars"},
		{"env_file", "environment_file environment_files env_files"},
		{"command, or build.args for the build", "args"},
		{"command", "cmd arguments exec"},
		{"restart, or deploy.restart_policy", "restart_policy"},
		{"working_dir", "workdir"},
		{"networks, or network_mode for host or none", "network net"},
		{"configs", "config"},
		{"container_name", "name"},
		{"extra_hosts", "hosts add_host host_aliases"},
		{"hostname", "host"},
		{"ports", "port publish published"},
		{"depends_on", "depends requires after"},
		{"mem_limit, or deploy.resources.limits.memory", "memory mem memory_limit"},
		{"deploy.resources.limits", "limits"},
		{"cap_add", "capabilities caps"},
		{"user", "uid run_as_user"},
		{"pull_policy", "pull image_pull_policy"},
		{"aliases below a network of networks", "aliases network_aliases"},
	} {
		for name := range strings.FieldsSeq(known.names) {
			if suggest.Alike(name, parts[2]) {
				return known.key
			}
		}
	}
	return ""
}
