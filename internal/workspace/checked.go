package workspace

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkedOf returns what was looked at: so many files, and of the documents in them each file once.
func checkedOf(files int, deployments []*model.Deployment) diag.Checked {
	c := diag.Checked{Files: files}
	seen, counts := map[string]bool{}, map[model.DocumentKind]int{}
	for _, d := range deployments {
		c.Deployments = append(c.Deployments, d.Name)
		folder := d.Name
		if ext := path.Ext(folder); ext == ".yml" || ext == ".yaml" { // of one further compose file
			folder = path.Dir(folder)
		}
		for _, doc := range d.Documents {
			if doc.Inside != nil || doc.Root == nil {
				continue
			}
			name := path.Join(folder, doc.Name)
			if !seen[name] {
				seen[name] = true
				counts[doc.Kind]++
			}
		}
	}
	for _, k := range kindNames() {
		n := 0
		for _, kind := range k.kinds {
			n += counts[kind]
		}
		if n > 0 {
			c.Note(k.name, n)
		}
	}
	slices.Sort(c.Deployments)
	return c
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
