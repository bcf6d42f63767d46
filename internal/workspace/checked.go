package workspace

import (
	"iter"
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// counts counts documents, each file once.
type counts struct {
	seen        map[string]bool
	kinds       map[model.DocumentKind]int
	deployments []string
}

func newCounts() *counts {
	return &counts{seen: map[string]bool{}, kinds: map[model.DocumentKind]int{}}
}

// countsOf returns what there is in one deployment. It does not hold on to the names: of ten thousand deployments that is much.
func countsOf(d *model.Deployment) *counts {
	c := newCounts()
	c.add(d)
	c.seen = nil
	return c
}

// counting counts the documents of deployments as they are taken.
func (c *counts) counting(deployments iter.Seq[*model.Deployment]) iter.Seq[*model.Deployment] {
	return func(yield func(*model.Deployment) bool) {
		for d := range deployments {
			c.add(d)
			if !yield(d) {
				return
			}
		}
	}
}

func (c *counts) add(d *model.Deployment) {
	c.deployments = append(c.deployments, d.Name)
	folder := d.Name
	if ext := path.Ext(folder); ext == ".yml" || ext == ".yaml" { // of one further compose file
		folder = path.Dir(folder)
	}
	for _, doc := range d.Documents {
		if doc.Inside != nil || doc.Root == nil || doc.Format == model.Unit && doc.Kind == model.KindCompose { // what units come to is no file
			continue
		}
		if name := path.Join(folder, doc.Name); !c.seen[name] {
			c.seen[name] = true
			c.kinds[doc.Kind]++
		}
	}
}

// merge adds what was counted of other deployments.
func (c *counts) merge(other *counts) {
	c.deployments = append(c.deployments, other.deployments...)
	for kind, n := range other.kinds {
		c.kinds[kind] += n
	}
}

// checked returns what was looked at: so many files, and the documents that were counted in them.
func (c *counts) checked(files int) diag.Checked {
	checked := diag.Checked{Files: files, Deployments: slices.Sorted(slices.Values(c.deployments))}
	for _, k := range kindNames() {
		n := 0
		for _, kind := range k.kinds {
			n += c.kinds[kind]
		}
		if n > 0 {
			checked.Note(k.name, n)
		}
	}
	return checked
}

// kindName is what people call documents of some kinds.
type kindName struct {
	name  string
	kinds []model.DocumentKind
}

// kindNames are the names of what is counted, in the order in which they are told. Scripts and variables only explain the rest.
func kindNames() []kindName {
	return []kindName{
		{"compose", []model.DocumentKind{model.KindCompose}},
		{"quadlet", []model.DocumentKind{model.KindQuadlet}},
		{"Helm values", []model.DocumentKind{model.KindESS}},
		{"Synapse", []model.DocumentKind{model.KindSynapse}},
		{"Synapse worker", []model.DocumentKind{model.KindSynapseWorker}},
		{"MAS", []model.DocumentKind{model.KindMAS}},
		{"Element Web", []model.DocumentKind{model.KindElement}},
		{"Element Call", []model.DocumentKind{model.KindElementCall}},
		{"Traefik", []model.DocumentKind{model.KindTraefikStatic, model.KindTraefikDynamic}},
		{"nginx", []model.DocumentKind{model.KindNginx}},
		{"Caddy", []model.DocumentKind{model.KindCaddy}},
		{"LiveKit", []model.DocumentKind{model.KindLiveKit}},
		{"coturn", []model.DocumentKind{model.KindCoturn}},
		{"bridge", []model.DocumentKind{model.KindBridge}},
		{"registration", []model.DocumentKind{model.KindAppService}},
		{"Pocket ID", []model.DocumentKind{model.KindPocketIDClient}},
		{"Authelia", []model.DocumentKind{model.KindAuthelia}},
		{"Authentik", []model.DocumentKind{model.KindAuthentik}},
		{"Keycloak", []model.DocumentKind{model.KindKeycloak}},
		{"well-known", []model.DocumentKind{model.KindWellKnownClient, model.KindWellKnownServer, model.KindWellKnownSupport}},
		{"SOPS", []model.DocumentKind{model.KindSOPS, model.KindSOPSRules}},
		{"variables", []model.DocumentKind{model.KindEnv}},
		{"script", []model.DocumentKind{model.KindScript, model.KindShell}},
	}
}
