package lint

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// content is what is read as one: a configuration whose files are merged, or a single document that belongs to none.
type content struct {
	// doc is the document, or the first of those that are merged.
	doc  *model.Document
	root *model.Node
	// whole says that a key that is absent in a map is absent.
	whole bool
	// itemsWhole says the same of the items of lists, which two files do not merge.
	itemsWhole bool
	// config is the configuration, or nil.
	config *model.Configuration
}

// contents returns what is read of a kind: MAS's and Synapse's files merged as they merge them, and the documents that they do not read.
func contents(d *model.Deployment, kind model.DocumentKind) []content {
	var all []content
	config := configurationOf(d, kind)
	if config != nil && config.Root != nil && len(config.Documents) > 0 {
		all = append(all, content{doc: config.Documents[0], root: config.Root, whole: !config.Partial, itemsWhole: true, config: config})
		for _, doc := range config.Documents {
			if !absenceIsSure(doc) {
				all[0].whole, all[0].itemsWhole = false, false
			}
		}
	}
	for _, doc := range d.Documents {
		if doc.Kind != kind || doc.Root == nil || config != nil && slices.Contains(config.Documents, doc) {
			continue
		}
		// It may be a part of what is read, by a path that is wrong.
		whole := absenceIsSure(doc) && (config == nil || !config.Partial)
		all = append(all, content{doc: doc, root: doc.Root, whole: whole, itemsWhole: absenceIsSure(doc)})
	}
	return all
}

func configurationOf(d *model.Deployment, kind model.DocumentKind) *model.Configuration {
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

// absenceIsSure says that what a document does not have, nothing adds to it.
func absenceIsSure(doc *model.Document) bool {
	return !doc.Excerpt && (!doc.Template || doc.Whole) && !declaresExcerpt(doc.Root)
}

// imageOf returns the image that reads the document. It is not known if nothing is seen to read it.
func imageOf(d *model.Deployment, doc *model.Document) model.Image {
	for _, config := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if config != nil && config.Service != nil && slices.Contains(config.Documents, doc) {
			return config.Service.Image
		}
	}
	for _, s := range d.Services {
		if s.Product != "" && s.Product == readerOf(doc.Kind) && mountsDocument(s, doc) {
			return s.Image
		}
	}
	return model.Image{}
}

// readerOf returns the product that reads documents of the kind, or "".
func readerOf(kind model.DocumentKind) string {
	switch kind {
	case model.KindMAS:
		return "mas"
	case model.KindSynapse, model.KindSynapseWorker:
		return "synapse"
	case model.KindElement:
		return "element"
	case model.KindLiveKit:
		return "livekit"
	case model.KindCoturn:
		return "coturn"
	}
	return ""
}

// productName returns what operators call the product that reads documents of the kind.
func productName(kind model.DocumentKind) string {
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
	}
	return string(kind)
}
