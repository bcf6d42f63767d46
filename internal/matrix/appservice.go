package matrix

import (
	"path"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Registration is what Synapse is told of an application service: a bridge or a bot.
type Registration struct {
	*model.Document
	// Read answers whether Synapse reads it: app_service_config_files names it.
	Read model.Answer
}

// Registrations returns the registrations among the documents, in order. Samples and excerpts are left out, and so are those that Synapse does
// not read.
func Registrations(d *model.Deployment) []Registration {
	var all []Registration
	for _, doc := range d.Documents {
		if doc.Kind != model.KindAppService || doc.Root == nil || doc.Root.Kind != model.Map || doc.Excerpt || doc.Template && !doc.Whole {
			continue
		}
		if read := readsRegistration(d, doc); read != model.No {
			all = append(all, Registration{doc, read})
		}
	}
	return all
}

func readsRegistration(d *model.Deployment, doc *model.Document) model.Answer {
	list := d.Synapse.At("app_service_config_files")
	if d.Synapse == nil || list != nil && (list.Unknown || list.Kind != model.List) {
		return model.CannotTell
	}
	sure := !d.Synapse.Partial && !d.Synapse.Guessed && d.Synapse.Service != nil
	for _, item := range list.Entered() {
		name, known := item.Literal()
		switch {
		case !known:
			sure = false
		case d.Synapse.Service != nil && container.DocumentAt(d, d.Synapse.Service, container.InContainer(d.Synapse.Service, name)) == doc:
			return model.Yes
		case path.Base(name) == path.Base(doc.Name):
			sure = false // of the same name, by a way that is not to be seen
		}
	}
	if !sure || !container.MountsKnown(d, d.Synapse.Service) {
		return model.CannotTell
	}
	return model.No
}

// Bridge is the file of a bridge, with the service that reads it; nil if none is visible.
type Bridge struct {
	*model.Document
	Service *model.Service
}

// Bridges returns the files of bridges, in order. Samples and excerpts are left out.
func Bridges(d *model.Deployment) []Bridge {
	var all []Bridge
	for _, doc := range d.Documents {
		if doc.Kind != model.KindBridge || doc.Root == nil || doc.Excerpt || doc.Template && !doc.Whole {
			continue
		}
		b := Bridge{Document: doc}
		for _, s := range d.Services {
			if s.Product != "synapse" && !s.Inactive && container.MountsDocument(s, doc) {
				b.Service = s
			}
		}
		all = append(all, b)
	}
	return all
}

// Encryption returns what the bridge is told of encryption, or nil.
func (b Bridge) Encryption() *model.Node {
	if encryption := b.Root.Get("encryption"); encryption != nil {
		return encryption
	}
	return b.Root.At("bridge", "encryption") // bridges of an older make
}

// RegistrationOf returns the registration of a bridge: the one with its id or its token, or else the only one beside it. nil if there is none.
func (b Bridge) RegistrationOf(d *model.Deployment) *Registration {
	own := b.Root.Get("appservice")
	all := Registrations(d)
	for i, r := range all {
		if model.Compare(own.Get("id"), r.Root.Get("id")) == model.Yes || model.Compare(own.Get("as_token"), r.Root.Get("as_token")) == model.Yes {
			return &all[i]
		}
	}
	var beside *Registration
	for i, r := range all {
		if url := r.Root.Get("url"); url != nil && url.Kind == model.Null {
			continue // made for double puppets, or for a program that only sends: no bridge is told of anything by it
		}
		if path.Dir(r.Name) == path.Dir(b.Name) {
			if beside != nil {
				return nil
			}
			beside = &all[i]
		}
	}
	return beside
}
