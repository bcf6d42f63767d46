package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// relateChart fills in what Element's chart makes of the values among the documents: the parts of a configuration in them are merged, and what the chart sets
// itself is laid over them.
// https://github.com/element-hq/ess-helm/blob/main/matrix-tools/internal/pkg/renderer/renderer.go
func relateChart(d *model.Deployment) {
	chart := &model.Chart{}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindESS && doc.Root.Kind == model.Map {
			chart.Documents = append(chart.Documents, doc)
		}
	}
	if len(chart.Documents) == 0 {
		return
	}
	slices.SortStableFunc(chart.Documents, func(a, b *model.Document) int { return a.Layer - b.Layer })
	for _, doc := range chart.Documents {
		chart.Root = mergeValues(chart.Root, doc.Root)
	}
	d.Chart = chart
	d.MAS = charted(d, d.MAS, model.KindMAS, nil, setForMAS(chart))
	d.Synapse = charted(d, d.Synapse, model.KindSynapse, nil, setForSynapse(chart))
	d.Element = charted(d, d.Element, model.KindElement, setForElement(chart), nil)
	for component, c := range map[string]*model.Configuration{"matrixAuthenticationService": d.MAS, "synapse": d.Synapse, "elementWeb": d.Element} {
		if c != nil && c.Service == nil {
			c.Image = imageOf(chart.At(component, "image"))
		}
	}
	for _, doc := range d.Documents {
		if isPartOfValues(doc) && (doc.Kind == model.KindWellKnownClient || doc.Kind == model.KindWellKnownServer) {
			set := setForWellKnown(chart, doc.Kind)
			overwritten(chart, doc, doc.Root, set, "")
			doc.Root = mergeValues(doc.Root, set)
		}
	}
}

// imageOf returns the image that values name. Which one the chart takes by itself does not stand there.
func imageOf(n *model.Node) model.Image {
	tag := n.Get("tag")
	if !tag.IsSet() {
		return model.Image{}
	}
	found := *tag
	for _, key := range []string{"repository", "registry"} {
		if part := n.Get(key); part.IsSet() {
			found.Text = part.Text + map[string]string{"repository": ":", "registry": "/"}[key] + found.Text
			found.Unknown = found.Unknown || part.Unknown
		} else if key == "repository" {
			found.Text = ":" + found.Text
		}
	}
	found.Kind = model.String
	return image(&found)
}

// isPartOfValues reports whether a document stands as a text in values for the chart.
func isPartOfValues(doc *model.Document) bool {
	return doc.Inside != nil && doc.Inside.Kind == model.KindESS
}

// overwritten notes what a part of a configuration says in vain. Lists are appended, but for those of JSON.
func overwritten(c *model.Chart, doc *model.Document, says, set *model.Node, path string) {
	for _, f := range says.Entries() {
		by, at := set.Get(f.Key), strings.TrimPrefix(path+"."+f.Key, ".")
		switch {
		case by == nil || f.Value.Kind == model.List && by.Kind == model.List && doc.Format != model.JSON:
		case f.Value.Kind == model.Map && by.Kind == model.Map:
			overwritten(c, doc, f.Value, by, at)
		default:
			c.Overwritten = append(c.Overwritten, model.Overwritten{Document: doc, Path: at, Field: f, By: by})
		}
	}
}

// charted returns the configuration that the parts in the values make, between what the chart sets first and what it sets last. Where there are none it is what
// was found otherwise, of which the chart may read a part.
func charted(d *model.Deployment, found *model.Configuration, kind model.DocumentKind, first, last *model.Node) *model.Configuration {
	c, merge := &model.Configuration{Root: first, Partial: true}, mergeDeep
	if kind == model.KindElement {
		merge = mergeValues
	}
	for _, doc := range d.Documents {
		if doc.Kind == kind && isPartOfValues(doc) {
			c.Documents = append(c.Documents, doc)
		}
	}
	if len(c.Documents) == 0 {
		if found != nil {
			found.Partial, found.Branches = true, false
		}
		return found
	}
	// The parts of all files are sorted by their names.
	slices.SortStableFunc(c.Documents, func(a, b *model.Document) int { return strings.Compare(partName(a), partName(b)) })
	for _, doc := range c.Documents {
		overwritten(d.Chart, doc, doc.Root, last, "")
		c.Root = merge(c.Root, doc.Root)
	}
	c.Root = merge(c.Root, last)
	for _, list := range [][]string{{"listeners"}, {"app_service_config_files"}, {"http", "listeners"}, {"secrets", "keys"}} {
		c.Root = openAt(c.Root, list...)
	}
	return c
}

// openAt returns a tree in which a list has more than stands there: the chart appends its own. What is shared with the tree stays as it is.
func openAt(n *model.Node, path ...string) *model.Node {
	if n == nil || len(path) > 0 && n.Get(path[0]) == nil {
		return n
	}
	opened := *n
	if len(path) == 0 {
		opened.Open = n.Kind == model.List
		return &opened
	}
	opened.Fields = slices.Clone(n.Fields)
	f := opened.Field(path[0])
	f.Value = openAt(f.Value, path[1:]...)
	return &opened
}

// partName returns what a part of a configuration is called in the values.
func partName(doc *model.Document) string { return doc.Name[strings.LastIndexByte(doc.Name, '/')+1:] }

// mergeValues lays values over others as Helm does, and the chart JSON: maps key by key, and all else is replaced.
func mergeValues(base, over *model.Node) *model.Node {
	switch {
	case base == nil || over == nil || base.Kind != model.Map || over.Kind != model.Map:
		return cmpNode(over, base)
	}
	return overlay(base, over, mergeValues)
}

// setting builds what the chart sets.
type setting struct{ root *model.Node }

// put sets a value at a path of keys. It stands where the operator wrote what it follows from.
func (s *setting) put(at diag.Position, value model.Node, keys ...string) {
	if s.root == nil {
		s.root = &model.Node{Kind: model.Map, Position: at}
	}
	n := s.root
	for _, key := range keys[:len(keys)-1] {
		next := n.Get(key)
		if next == nil {
			next = &model.Node{Kind: model.Map, Position: at}
			n.Fields = append(n.Fields, model.Field{Key: key, Value: next, Position: at})
		}
		n = next
	}
	value.Position, value.ByChart = at, true
	n.Fields = append(n.Fields, model.Field{Key: keys[len(keys)-1], Value: &value, Position: at})
}

// literal returns a text, and hidden one that the chart alone knows.
func literal(text string) model.Node { return model.Node{Kind: model.String, Text: text} }
func truth(text string) model.Node   { return model.Node{Kind: model.Bool, Text: text} }
func hidden(name string) model.Node  { return model.Node{Kind: model.String, Text: name, Unknown: true} }

// address returns the URL of a host in the values.
func address(host *model.Node, rest string) model.Node {
	if text, is := host.Literal(); is {
		return literal("https://" + text + rest)
	}
	return hidden("https://" + host.Text + rest)
}

// setForSynapse returns what the chart sets in Synapse's configuration last.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/configs/synapse/synapse-04-homeserver-overrides.yaml.tpl
func setForSynapse(c *model.Chart) *model.Node {
	host := c.At("synapse", "ingress", "host")
	if c.Runs("synapse") != model.Yes || !host.IsSet() {
		return nil
	}
	s, at := &setting{}, host.Position
	s.put(at, address(host, "/"), "public_baseurl")
	if name := c.At("serverName"); name.IsSet() {
		s.put(name.Position, *name, "server_name")
	} else {
		s.put(at, hidden("serverName"), "server_name")
	}
	for _, key := range []string{"signing_key_path", "log_config", "macaroon_secret_key_path", "registration_shared_secret_path", "media_store_path"} {
		s.put(at, hidden(key), key)
	}
	s.put(at, truth("true"), "enable_metrics")
	s.put(at, hidden("main"), "instance_map", "main", "host")
	s.put(at, hidden("replication"), "instance_map", "main", "port")
	s.put(at, hidden("app"), "worker_app")
	for _, duty := range [][2]string{{"federation-sender", "send_federation"}, {"pusher", "start_pushers"}} {
		if on := c.At("synapse", "workers", duty[0], "enabled"); on.Bool(false) == model.No {
			s.put(at, truth("true"), duty[1])
		} else {
			s.put(on.Position, hidden(duty[0]), duty[1])
		}
	}
	if c.At("synapse", "redis").IsSet() || runsWorkers(c) {
		s.put(at, hidden("redis"), "redis", "enabled")
		s.put(at, hidden("redis"), "redis", "host")
	}
	s.put(at, literal("psycopg2"), "database", "name")
	for _, key := range []string{"user", "password", "dbname", "host", "port", "sslmode", "application_name"} {
		s.put(at, hidden(key), "database", "args", key)
	}
	if size := c.At("synapse", "media", "maxUploadSize"); size.IsSet() {
		s.put(size.Position, *size, "max_upload_size")
	} else {
		s.put(at, hidden("maxUploadSize"), "max_upload_size")
	}
	if mas := c.At("matrixAuthenticationService", "ingress", "host"); mas != nil && authenticates(c) {
		s.put(mas.Position, truth("true"), "matrix_authentication_service", "enabled")
		s.put(mas.Position, hidden("secret"), "matrix_authentication_service", "secret_path")
		s.put(mas.Position, hidden("endpoint"), "matrix_authentication_service", "endpoint")
		s.put(mas.Position, truth("true"), "matrix_authentication_service", "force_http2")
		s.put(mas.Position, truth("false"), "password_config", "localdb_enabled")
		s.put(mas.Position, truth("false"), "password_config", "enabled")
	}
	if rtc := c.At("matrixRTC", "ingress", "host"); rtc != nil && c.Runs("matrixRTC") == model.Yes {
		s.put(rtc.Position, truth("true"), "experimental_features", "msc4143_enabled")
		s.put(rtc.Position, truth("true"), "experimental_features", "msc4222_enabled")
	}
	return s.root
}

// runsWorkers reports whether the chart runs a worker of Synapse for sure.
func runsWorkers(c *model.Chart) bool {
	return slices.ContainsFunc(c.At("synapse", "workers").Entries(), func(f model.Field) bool { return f.Value.Get("enabled").True() })
}

// authenticates reports whether MAS has the logins for sure: not before accounts have moved to it.
func authenticates(c *model.Chart) bool {
	return c.Runs("matrixAuthenticationService") == model.Yes && c.At("matrixAuthenticationService", "syn2mas", "enabled").Bool(false) == model.No
}

// setForMAS returns what the chart sets in MAS's configuration last.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/configs/matrix-authentication-service/config-overrides.yaml.tpl
func setForMAS(c *model.Chart) *model.Node {
	host := c.At("matrixAuthenticationService", "ingress", "host")
	if c.Runs("matrixAuthenticationService") != model.Yes || !host.IsSet() {
		return nil
	}
	s, at := &setting{}, host.Position
	s.put(at, address(host, ""), "http", "public_base")
	for _, key := range []string{"host", "port", "username", "password_file", "database"} {
		s.put(at, hidden(key), "database", key)
	}
	s.put(at, literal("prometheus"), "telemetry", "metrics", "exporter")
	s.put(at, hidden("encryption"), "secrets", "encryption_file")
	if name := c.At("serverName"); c.Runs("synapse") == model.Yes && name.IsSet() {
		s.put(name.Position, *name, "matrix", "homeserver")
		s.put(at, hidden("secret"), "matrix", "secret_file")
		s.put(at, hidden("endpoint"), "matrix", "endpoint")
		s.put(at, hidden("kind"), "matrix", "kind")
	}
	return s.root
}

// setForElement returns what the chart sets in Element's configuration first.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/configs/element-web/config.json.tpl
func setForElement(c *model.Chart) *model.Node {
	host, s := c.At("synapse", "ingress", "host"), &setting{}
	if c.Runs("synapse") == model.Yes && host.IsSet() {
		s.put(host.Position, address(host, ""), "default_server_config", "m.homeserver", "base_url")
	}
	if name := c.At("serverName"); name.IsSet() {
		s.put(name.Position, *name, "default_server_config", "m.homeserver", "server_name")
	}
	return s.root
}

// setForWellKnown returns what the chart sets in a document that is found by the server name last.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/templates/well-known/_helpers.tpl
func setForWellKnown(c *model.Chart, kind model.DocumentKind) *model.Node {
	host, s := c.At("synapse", "ingress", "host"), &setting{}
	switch {
	case c.Runs("synapse") != model.Yes || !host.IsSet():
	case kind == model.KindWellKnownServer:
		server := hidden(host.Text + ":443")
		if text, is := host.Literal(); is {
			server = literal(text + ":443")
		}
		s.put(host.Position, server, "m.server")
	default:
		s.put(host.Position, address(host, ""), "m.homeserver", "base_url")
	}
	if rtc := c.At("matrixRTC", "ingress", "host"); kind == model.KindWellKnownClient && rtc != nil && c.Runs("matrixRTC") == model.Yes {
		focus := &setting{}
		focus.put(rtc.Position, literal("livekit"), "type")
		focus.put(rtc.Position, address(rtc, ""), "livekit_service_url")
		s.put(rtc.Position, model.Node{Kind: model.List, Items: []*model.Node{focus.root}}, "org.matrix.msc4143.rtc_foci")
	}
	return s.root
}
