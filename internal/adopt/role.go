package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// rolesOf finds out what the services of a deployment are in a stack.
func rolesOf(d *model.Deployment) map[string]*model.Service {
	roles := map[string]*model.Service{}
	give := func(role string, s *model.Service) {
		for _, other := range roles {
			if other == s {
				return
			}
		}
		if s != nil && roles[role] == nil {
			roles[role] = s
		}
	}
	if d.Synapse != nil {
		give("synapse", d.Synapse.Service)
	}
	give("synapse", matrix.OnlyService(d, "synapse"))
	give("syn2mas", migrator(d))
	if d.MAS != nil {
		give("mas", d.MAS.Service)
	}
	give("mas", onlyRunning(d, "mas"))
	if d.Element != nil {
		give("element", d.Element.Service)
	}
	give("element", matrix.OnlyService(d, "element"))
	if isGenerated(d) { // whatever its image is called
		give("pocket-id", d.Service("pocket-id"))
	} else if s := matrix.OnlyService(d, "pocket-id"); s != nil && signsIn(d, s) {
		give("pocket-id", s)
	}
	if s := serverAt(d, matrix.SynapseDatabase(d)); s != nil {
		give(postgresName(d, s, "synapse-postgres"), s)
	}
	if s := serverAt(d, matrix.MASDatabase(d)); s != nil {
		give(postgresName(d, s, "mas-postgres"), s)
	}
	if a := matrix.PocketIDDatabase(d); a != nil && roles["pocket-id"] == a.Service {
		if s := serverAt(d, a); s != nil {
			give(postgresName(d, s, "pocket-id-postgres"), s)
		}
	}
	giveCallServer(d, give)
	giveTURN(d, give)
	if isGenerated(d) {
		give("sygnal", d.Service("sygnal"))
		give("element-call", d.Service("element-call"))
	}
	give("well-known", wellKnownServer(d))
	give("synapse-volume", volumeOwner(d))
	if isGenerated(d) {
		give("synapse-media-job", d.Service("synapse-media-job"))
	}
	if redis := d.Service("synapse-redis"); redis != nil && isGenerated(d) {
		give("synapse-redis", redis)
	}
	return roles
}

// signsIn reports whether people sign in by the Pocket ID that a service is: one for other programs alone is none of the server's.
func signsIn(d *model.Deployment, pocketID *model.Service) bool {
	providers := append(matrix.EnabledProviders(d), d.Synapse.At("oidc_providers").Entered()...)
	return slices.ContainsFunc(append(providers, d.Synapse.At("oidc_config")), func(p *model.Node) bool {
		return model.SameURL(pocketIDAddress(pocketID), p.Get("issuer")) == model.Yes
	})
}

// pocketIDAddress returns what a Pocket ID is told of its own address, by the variable of today, or of before version 1; nil if it is not.
func pocketIDAddress(s *model.Service) *model.Node {
	if s == nil {
		return nil
	}
	if n := s.Env("APP_URL"); n != nil {
		return n
	}
	return s.Env("PUBLIC_APP_URL")
}

// giveCallServer gives the roles of calls: only to both services together, and if what LiveKit reads is to be seen.
func giveCallServer(d *model.Deployment, give func(role string, s *model.Service)) {
	rooms, tokens := matrix.OnlyService(d, "livekit"), matrix.OnlyService(d, "lk-jwt")
	if isGenerated(d) { // whatever their images are called
		rooms, tokens = d.Service("livekit"), d.Service("lk-jwt")
	}
	if rooms != nil && tokens != nil && callDocument(d, rooms) != nil {
		give("livekit", rooms)
		give("lk-jwt", tokens)
	}
}

// giveTURN gives coturn its role, if what it reads is to be seen, and Docker publishes its ports.
func giveTURN(d *model.Deployment, give func(role string, s *model.Service)) {
	s := matrix.OnlyService(d, "coturn")
	if isGenerated(d) {
		s = d.Service("coturn")
	}
	if s != nil && turnDocument(d, s) != nil && !s.Node.Get("network_mode").IsSet() {
		give("coturn", s)
	}
}

// onlyRunning returns the one service that runs a product, besides what makes its configuration and ends.
func onlyRunning(d *model.Deployment, product string) *model.Service {
	running := slices.DeleteFunc(slices.Clone(d.Of(product)), func(s *model.Service) bool { return !container.RunsImage(s) || s.Inactive })
	if len(running) != 1 {
		return nil
	}
	return running[0]
}

// migrator returns the service that moves users to MAS, when somebody calls it.
func migrator(d *model.Deployment) *model.Service {
	for _, s := range d.Of("mas") {
		if s.Inactive && slices.Contains(textsOf(s.Node.Get("entrypoint")), "syn2mas") {
			return s
		}
	}
	return nil
}

// wellKnownServer returns the web server that does nothing but serve the well-known documents, as a build makes it.
func wellKnownServer(d *model.Deployment) *model.Service {
	for _, s := range d.Services {
		if slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
			return m.Target == "/srv/well-known/client" || m.Target == "/srv/well-known/support"
		}) {
			return s
		}
	}
	return nil
}

// volumeOwner returns the service that changes the owner of Synapse's data and ends.
func volumeOwner(d *model.Deployment) *model.Service {
	for _, s := range d.Of("synapse") {
		if words := s.Node.Get("entrypoint").Entered(); len(words) > 0 && strings.HasSuffix(words[0].Text, "chown") {
			return s
		}
	}
	return nil
}

// roleOf returns what a service is in a stack; its own name if it is none of the stack's.
func (o *Old) roleOf(s *model.Service) string {
	for role, other := range o.Roles {
		if other == s {
			return role
		}
	}
	return s.Name
}

// workers returns the services that are further processes of Synapse.
func (o *Old) workers() []*model.Service {
	var workers []*model.Service
	for _, s := range o.Given.Of("synapse") {
		reads := slices.ContainsFunc(s.Mounts, func(m model.Mount) bool { return m.Document != nil && m.Document.Kind == model.KindSynapseWorker })
		words, _ := container.ShellWords(s.Node.Get("command"))
		words = append(words, textsOf(s.Node.Get("entrypoint"))...)
		named := slices.ContainsFunc(words, func(word string) bool {
			return strings.Contains(word, "generic_worker") || strings.Contains(word, "federation_sender")
		})
		if s != o.Roles["synapse"] && s != o.Roles["synapse-volume"] && (reads || named || s.Env("SYNAPSE_WORKER") != nil) {
			workers = append(workers, s)
		}
	}
	return workers
}

func textsOf(n *model.Node) []string {
	var texts []string
	for _, item := range n.Entered() {
		texts = append(texts, item.Text)
	}
	return texts
}

// isRole reports whether a service of the new compose file is one of the stack's.
func (o *Old) isRole(name string) bool { return o.Roles[name] != nil }
