package adopt

import "github.com/matrixgen/matrixgen/internal/model"

// callPageDocument is where a build mounts what Element Call reads.
const callPageDocument = "/app/config.json"

// callPageName is what it is called in out/.
const callPageName = "element-call.json"

// callPage returns what the Element Call of a build reads.
func (o *Old) callPage() *model.Document {
	s := o.Roles["element-call"]
	if s == nil {
		return nil
	}
	if m := s.MountAt(callPageDocument); m != nil && m.Document != nil && m.Document.Root != nil {
		return m.Document
	}
	return nil
}

// page takes Element Call as a page of a stack. Another one stays a service of the operator's own: it may know a homeserver that is not this one.
func (v *inverse) page() {
	if v.callPage() == nil {
		return
	}
	if host := v.routedHost("element-call"); host != nil {
		v.say("hosts.call", host, host)
	}
	v.say("calls.page", boolean(true), v.service("element-call", "image"))
}
