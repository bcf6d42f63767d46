package adopt

import "github.com/matrixgen/matrixgen/internal/model"

// pushDocument is where a build mounts what Sygnal reads.
const pushDocument = "/etc/sygnal.yaml"

// pushName is what it is called in out/.
const pushName = "sygnal.yaml"

// pushGateway returns what Sygnal reads, of a build alone: another one may name files that only its operator has.
func (o *Old) pushGateway() *model.Document {
	s := o.Roles["sygnal"]
	if !o.Generated || s == nil {
		return nil
	}
	if m := s.MountAt(pushDocument); m != nil && m.Document != nil && m.Document.Root != nil {
		return m.Document
	}
	return nil
}

// push takes the gateway for pushes of a stack. Another one stays a service of the operator's own: what its apps are called by is in files of any name.
func (v *inverse) push() {
	s := v.Roles["sygnal"]
	if s == nil {
		return
	}
	m := s.MountAt(pushDocument)
	if m == nil || m.Document == nil {
		return
	}
	if host := v.routedHost("sygnal"); host != nil {
		v.say("hosts.push", host, host)
	}
	for _, app := range m.Document.Root.Get("apps").Entries() {
		at := func(key string) []string { return []string{"push", "apps", app.Key, key} }
		kind := "fcm"
		if app.Value.Get("type").Is("apns") {
			kind = "apns"
		}
		put(v.stack, text(kind), at("kind")...)
		for key, field := range map[string]string{"project_id": "projectID", "team_id": "teamID", "key_id": "keyID", "topic": "topic"} {
			if n := app.Value.Get(key); n != nil {
				put(v.stack, n, at(field)...)
			}
		}
		if app.Value.Get("platform").Is("sandbox") {
			put(v.stack, boolean(true), at("sandbox")...)
		}
	}
}
