package adopt

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// federation takes whom the server talks to. Without a listener for federation nobody reaches it.
func (v *inverse) federation() {
	list := v.synapse("federation_domain_whitelist")
	switch {
	case list != nil && list.Kind == model.List && len(list.Items) == 0:
		v.say("federation.enabled", boolean(false), list)
	case list != nil && list.Kind == model.List:
		v.take("federation.allow", list)
	default:
		v.say("federation.enabled", boolean(true), v.synapse("listeners"))
	}
}

// wellKnown takes who serves the documents of the server name, and what stands in them beside what is derived.
func (v *inverse) wellKnown() {
	apex := v.stack.At("hosts", "synapse").Is(literal(v.stack.Get("serverName")))
	if !apex {
		by := "elsewhere"
		if v.Roles["well-known"] != nil || (v.front != nil || v.isLabelled()) && v.servesWellKnown() {
			by = "stack"
		}
		v.say("wellKnown.servedBy", text(by), v.document(clientName))
		if by == "elsewhere" {
			v.noteServerDocument()
		}
	}
	client := v.document(clientName)
	if client == nil {
		client = v.wellKnownShown("client")
	}
	if extra := v.synapse("extra_well_known_client_content"); apex && extra != nil {
		client = extra
	}
	if v.callServer() != nil || v.callsElsewhere() != nil { // calls says it
		client = without(client, "org.matrix.msc4143.rtc_foci")
	}
	if client = without(client, "m.homeserver"); client != nil && len(client.Fields) > 0 {
		v.take("wellKnown.client", client)
	}
	v.take("wellKnown.support", v.document(supportName))
}

// servesWellKnown reports whether the proxy of the project has the documents at the host of the server name.
func (v *inverse) servesWellKnown() bool {
	for _, name := range []string{"client", "server"} {
		if by, known := answering(v.Given, v.roleOf, v.wellKnownRequest(name)); by != "" && known {
			return true
		}
	}
	return false
}

// noteServerDocument notes that Synapse may have told other servers where it is: it does not in a stack, where its host is not the server name.
func (v *inverse) noteServerDocument() {
	on := v.synapse("serve_server_wellknown")
	if v.Generated || !on.True() {
		return
	}
	if by, known := answering(v.Given, v.roleOf, v.wellKnownRequest("server")); known && by != "synapse" {
		return // nobody asked it
	}
	name := literal(v.stack.Get("serverName"))
	v.note(Note{Weight: Users, Subject: "serve_server_wellknown", Position: on.Position,
		Message: fmt.Sprintf("Synapse answered https://%s/.well-known/matrix/server, and does not any more: where the proxy leads that to it, other servers do not find this one", name),
		Hint:    "before the switch, let the web server of that host answer it as out/<stack>/README.md says; or say wellKnown: servedBy: \"stack\", and lead it to the service well-known"})
}

func (v *inverse) wellKnownRequest(name string) model.Request {
	return model.Request{Host: literal(v.stack.Get("serverName")), Path: "/.well-known/matrix/" + name, Method: "GET"}
}

// wellKnownShown returns a document that the proxy has in its own configuration, or nil.
func (v *inverse) wellKnownShown(name string) *model.Node {
	routes, _ := v.Given.Answering(v.wellKnownRequest(name))
	if len(routes) == 0 || routes[0].Body == nil {
		return nil
	}
	var document map[string]any
	content := json.NewDecoder(strings.NewReader(routes[0].Body.Text))
	content.UseNumber()
	if content.Decode(&document) != nil {
		return nil
	}
	return valued(nodeOf(document), routes[0].Body)
}

// nodeOf returns a value of JSON as a tree, with its keys in order.
func nodeOf(value any) *model.Node {
	switch value := value.(type) {
	case map[string]any:
		n := mapping()
		for _, key := range slices.Sorted(maps.Keys(value)) {
			set(n, key, nodeOf(value[key]))
		}
		return n
	case []any:
		n := list()
		for _, item := range value {
			n.Items = append(n.Items, nodeOf(item))
		}
		return n
	case string:
		return text(value)
	case bool:
		return boolean(value)
	case nil:
		return null()
	}
	number := &model.Node{Kind: model.Int, Text: fmt.Sprint(value)}
	if strings.ContainsAny(number.Text, ".eE") {
		number.Kind = model.Float
	}
	return number
}

// homeserver takes what Synapse is told. What it is not told it does as upstream has it, and not as the language would: remote media that nobody
// deletes stays.
func (v *inverse) homeserver() {
	if v.document(synapseName) == nil {
		return
	}
	of := func(dotted string) *model.Node {
		return v.orDefault(v.synapse(dotted), "synapse.#Config", "synapse", strings.Split(dotted, ".")...)
	}
	root := v.document(synapseName)
	v.take("synapse.reportStats", v.synapse("report_stats"))
	v.take("synapse.maxUploadSize", sizeOf(of("max_upload_size")))
	v.say("synapse.urlPreviews", boolean(v.synapse("url_preview_enabled").True()), root.Get("url_preview_enabled"))
	v.say("synapse.presence", boolean(!v.synapse("presence.enabled").False() && !v.synapse("use_presence").False()), root.Get("presence"))
	for _, kind := range []string{"local", "remote"} {
		if !v.take("synapse.mediaRetention."+kind, durationOf(v.synapse("media_retention."+kind+"_media_lifetime"))) {
			v.say("synapse.mediaRetention."+kind, null(), root.Get("media_retention"))
		}
	}
	if policy := v.synapse("retention.default_policy"); v.synapse("retention.enabled").True() && policy != nil {
		v.take("synapse.messageRetention.minLifetime", durationOf(policy.Get("min_lifetime")))
		v.take("synapse.messageRetention.maxLifetime", durationOf(policy.Get("max_lifetime")))
	}
	v.keyServers(v.synapse("trusted_key_servers"))
	if level := v.document(logName).At("root", "level"); slices.Contains([]string{"DEBUG", "INFO", "WARNING", "ERROR"}, literal(level)) {
		v.take("synapse.logLevel", level) // another stays an override
	}
}

// keyServers takes whom Synapse asks for the keys of others. Without a word it asks matrix.org.
func (v *inverse) keyServers(n *model.Node) {
	if n == nil {
		v.say("synapse.trustedKeyServers", list(text("matrix.org")), nil)
		return
	}
	if v.Generated && (v.stack.At("federation", "allow") != nil || v.stack.At("federation", "enabled").False()) {
		return // a build empties the list
	}
	servers := list()
	for _, item := range n.Entered() {
		servers.Items = append(servers.Items, text(literal(item.Get("server_name"))))
	}
	v.say("synapse.trustedKeyServers", servers, n)
}

// sizeOf returns a size as the language has it: an integer is a number of bytes.
func sizeOf(n *model.Node) *model.Node {
	if n != nil && (n.Kind == model.Int || n.Kind == model.String) {
		return valued(text(strings.TrimSuffix(n.Text, "B")), n)
	}
	return nil
}

// durationOf returns a duration as the language has it. Synapse takes a bare number for milliseconds.
// https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#duration
func durationOf(n *model.Node) *model.Node {
	switch {
	case n == nil || n.Kind == model.Null:
		return nil
	case n.Kind == model.Int && strings.HasSuffix(n.Text, "000"):
		return valued(text(strings.TrimSuffix(n.Text, "000")+"s"), n)
	}
	return n
}

// bucket returns what the module for S3 is told, if that is the one place besides the disk; else nil.
func (o *Old) bucket() *model.Node {
	providers := o.synapse("media_storage_providers").Entered()
	if len(providers) != 1 || !strings.HasPrefix(literal(providers[0].Get("module")), "s3_storage_provider.") {
		return nil
	}
	return providers[0].Get("config")
}

// mediaS3 takes the bucket in which media are.
func (v *inverse) mediaS3() {
	config := v.bucket()
	if config == nil {
		return
	}
	id := literal(config.Get("access_key_id"))
	if v.Generated { // it stands in a secret
		id = literal(v.told("synapse.mediaS3.accessKeyID"))
	}
	if id == "" {
		v.note(Note{Weight: Data, Subject: "media_storage_providers", Position: config.Position, Message: "media lie in a bucket, and no file says by which access key: Synapse would not find them",
			Hint: "say synapse.mediaS3 in the stack, with an access key for the bucket"})
		return
	}
	v.say("synapse.mediaS3.accessKeyID", text(id), config)
	for key, field := range map[string]string{"bucket": "bucket", "region_name": "region", "endpoint_url": "endpoint", "prefix": "prefix", "storage_class": "storageClass"} {
		v.take("synapse.mediaS3."+field, config.Get(key))
	}
	if words := v.service("synapse-media-job").ItemsAt("command"); len(words) > 0 {
		v.take("synapse.mediaS3.keepOnDisk", words[0])
	}
}

// turn takes the servers for calls. Their secret is one of those that are kept.
func (v *inverse) turn() {
	uris := v.synapse("turn_uris")
	if len(uris.Entered()) == 0 {
		return
	}
	if !v.ownTURN() {
		v.take("turn.uris", uris)
	}
	v.take("turn.userLifetime", durationOf(v.synapse("turn_user_lifetime")))
}

// client takes what Element is told. What it is not told it does as upstream has it.
func (v *inverse) client() {
	if v.document(elementName) == nil {
		if v.Roles["element"] == nil {
			v.say("element.enabled", boolean(false), nil)
		}
		return
	}
	of := func(path ...string) *model.Node {
		return v.orDefault(v.element(path...), "element.#Config", "element", path...)
	}
	v.take("element.brand", of("brand"))
	if theme := v.element("default_theme"); literal(theme) == "light" || literal(theme) == "dark" || strings.HasPrefix(literal(theme), "custom-") {
		v.take("element.theme", theme) // another stays an override
	}
	v.take("element.countryCode", v.element("default_country_code"))
	if custom := of("disable_custom_urls"); custom != nil {
		v.say("element.otherHomeservers", boolean(!custom.True()), custom)
	}
	v.directory(v.element("room_directory", "servers"))
	v.say("element.labs", boolean(v.element("show_labs_settings").True()), v.element("show_labs_settings"))
	off := v.element("integrations_ui_url")
	v.say("element.integrations", boolean(off == nil || off.Kind != model.Null), off)
	v.say("element.elementCall", boolean(v.element("element_call", "use_exclusively").True()), v.element("element_call"))
	v.say("element.ownPermalinks", boolean(v.element("permalink_prefix").IsSet()), v.element("permalink_prefix"))
}

// directory takes the servers whose rooms can be searched, without this one, which is always among them.
func (v *inverse) directory(n *model.Node) {
	if v.stack.At("federation", "allow") != nil || v.stack.At("federation", "enabled").False() {
		return
	}
	servers := list()
	for _, item := range n.Entered() {
		if !item.Is(literal(v.stack.Get("serverName"))) {
			servers.Items = append(servers.Items, item)
		}
	}
	v.say("element.roomDirectory", servers, n)
}

// commonFolder returns the folder of the machine that has the data of all services, each in a folder of the name that a build gives it; or "".
func (v *inverse) commonFolder() string {
	common := ""
	for role, data := range v.dataTargets() {
		m := v.dataMount(role)
		if m == nil {
			continue
		}
		folder, found := strings.CutSuffix(v.hostPath(m.Source), "/"+data[1])
		if m.Type != "bind" || !found || common != "" && folder != common {
			return ""
		}
		common = folder
	}
	return common
}
