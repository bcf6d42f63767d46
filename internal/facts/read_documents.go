package facts

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Content is what is read as one: a configuration whose files are merged, or a single document that belongs to none.
type Content struct {
	// Doc is the document, or the first of those that are merged.
	Doc  *model.Document
	Root *model.Node
	// Whole says that a key that is absent in a map is absent.
	Whole bool
	// ItemsWhole says the same of the items of lists, which two files do not merge.
	ItemsWhole bool
	// Config is the configuration, or nil.
	Config *model.Configuration
}

// Contents returns what is read of a kind: MAS's and Synapse's files merged as they merge them, and the documents that they do not read.
func Contents(d *model.Deployment, kind model.DocumentKind) []Content {
	var all []Content
	config := ConfigurationOf(d, kind)
	if config != nil && config.Root != nil && len(config.Documents) > 0 {
		all = append(all, Content{Doc: config.Documents[0], Root: config.Root, Whole: !config.Partial, ItemsWhole: true, Config: config})
		for _, doc := range config.Documents {
			if !AbsenceIsSure(doc) {
				all[0].Whole, all[0].ItemsWhole = false, false
			}
		}
	}
	for _, doc := range d.Documents {
		if doc.Kind != kind || doc.Root == nil || config != nil && slices.Contains(config.Documents, doc) {
			continue
		}
		// It may be a part of what is read, by a path that is wrong.
		whole := AbsenceIsSure(doc) && (config == nil || !config.Partial)
		all = append(all, Content{Doc: doc, Root: doc.Root, Whole: whole, ItemsWhole: AbsenceIsSure(doc)})
	}
	return all
}

// ConfigurationOf returns what the product that reads documents of the kind is configured with, or nil.
func ConfigurationOf(d *model.Deployment, kind model.DocumentKind) *model.Configuration {
	switch kind {
	case model.KindMAS:
		return d.MAS
	case model.KindSynapse:
		return d.Synapse
	case model.KindElement:
		return d.Element
	}
	return nil
}

// AbsenceIsSure says that what a document does not have, nothing adds to it.
func AbsenceIsSure(doc *model.Document) bool {
	return !doc.Excerpt && (!doc.Template || doc.Whole) && !doc.Continued
}

// ImageOf returns the image that reads the document. It is not known if nothing is seen to read it.
func ImageOf(d *model.Deployment, doc *model.Document) model.Image {
	for _, config := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if config != nil && (config.Service != nil || config.Image.Known) && slices.Contains(config.Documents, doc) {
			return config.RunBy()
		}
	}
	for _, s := range d.Services {
		if s.Product != "" && s.Product == ReaderOf(doc.Kind) && container.MountsDocument(s, doc) {
			return s.Image
		}
	}
	return model.Image{}
}

// ReaderOf returns the product that reads documents of the kind, or "".
func ReaderOf(kind model.DocumentKind) string {
	switch kind {
	case model.KindMAS:
		return "mas"
	case model.KindSynapse, model.KindSynapseWorker:
		return "synapse"
	case model.KindElement:
		return "element"
	case model.KindLiveKit:
		return "livekit"
	case model.KindTraefikStatic:
		return "traefik"
	case model.KindCoturn:
		return "coturn"
	}
	return ""
}

// ProductName returns what operators call the product that reads documents of the kind.
func ProductName(kind model.DocumentKind) string {
	switch kind {
	case model.KindMAS:
		return "MAS"
	case model.KindSynapse, model.KindSynapseWorker:
		return "Synapse"
	case model.KindElement:
		return "Element"
	case model.KindCompose:
		return "Docker Compose"
	case model.KindLiveKit:
		return "LiveKit"
	case model.KindTraefikStatic:
		return "Traefik"
	case model.KindESS:
		return "Element's chart"
	}
	return string(kind)
}
