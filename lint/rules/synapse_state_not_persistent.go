package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseStateNotPersistent: Synapse makes a signing key and a folder for media wherever it is told to, also where they vanish with the
// container. It says nothing of it.
func synapseStateNotPersistent() lint.Rule {
	return lint.Rule{
		Name:      "synapse-state-not-persistent",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "synapse, compose",
		Title:     "the signing key or the media vanish with the container",
		Why: "Synapse makes a new signing key in silence when it finds none, and other servers refuse what it signs with that. Media that " +
			"lie on no volume are gone with the container.",
		Sees: "Generating signing key file, and at other servers: 401: Invalid signature for server",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Generating signing key file", "Invalid signature for server"},
		},
		Before: persistenceExample("/data/media_store", "/var/lib/synapse/signing.key"),
		After:  persistenceExample("/data/media_store", "/data/signing.key"),
		Source: []string{
			"element-hq/synapse synapse/config/key.py",
			"element-hq/synapse synapse/config/repository.py",
			"https://github.com/matrix-org/synapse/issues/2034",
		},
		Check: checkSynapseStateNotPersistent,
	}
}

func persistenceExample(media, key string) string {
	return example.Synapse("media_store_path: "+media+"\nsigning_key_path: "+key+`
database:
  name: psycopg2
  args: {host: postgres.example.net, user: synapse, dbname: synapse, passfile: /data/pgpass}
`) + `-- compose.yaml --
services:
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    restart: unless-stopped
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - data:/data
volumes:
  data: {}
`
}

func checkSynapseStateNotPersistent(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.Synapse)
	if d.Synapse == nil || d.Synapse.Service == nil || d.Synapse.Service.Product != "synapse" || !container.MountsKnown(d, d.Synapse.Service) {
		return
	}
	if key, known := signingKeyPath(d.Synapse); known && !persists(d.Synapse.Service, key) {
		hint := "mount the key as a secret"
		if folder := path.Dir(key); folder != "/" { // no volume goes there
			hint += ", or a volume at " + folder
		}
		report(diag.Finding{
			Position: d.Synapse.Nearest("signing_key_path"),
			Message: fmt.Sprintf("a new container gets a new signing key, and other servers refuse what it signs: %s lies on no volume of service %s",
				key, d.Synapse.Service.Name),
			Hint:    hint,
			Related: []diag.Related{{Position: d.Synapse.Service.Position, Message: "what is mounted stands here"}},
		})
	}
	if media, known := mediaPath(d.Synapse); known && !persists(d.Synapse.Service, media) {
		hint := "write a media_store_path that lies on a volume"
		if folder := path.Dir(media); folder != "/" { // no volume goes there
			hint = "mount a volume at " + folder + ", or write a media_store_path on one"
		}
		report(diag.Finding{
			Position: d.Synapse.Nearest("media_store_path"),
			Message:  fmt.Sprintf("all media are lost with the container: %s lies on no volume of service %s", media, d.Synapse.Service.Name),
			Hint:     hint,
			Related:  []diag.Related{{Position: d.Synapse.Service.Position, Message: "what is mounted stands here"}},
		})
	}
}

// persists reports whether a path of the container outlives it.
func persists(s *model.Service, name string) bool {
	mount := s.MountAt(name)
	return mount != nil && mount.Type != "tmpfs" && mount.Type != "copy"
}

// signingKeyPath returns where Synapse looks for its key: beside its last file, if nothing says otherwise.
func signingKeyPath(synapse *model.Configuration) (string, bool) {
	if synapse.At("signing_key").IsSet() {
		return "", false
	}
	if node := synapse.At("signing_key_path"); node.IsSet() {
		return synapsePath(synapse, node)
	}
	name, known := synapse.At("server_name").Literal()
	if !known || synapse.Partial || len(synapse.Documents) == 0 || strings.Contains(name, "/") || placeholder.In(name) {
		return "", false
	}
	last := synapse.Documents[len(synapse.Documents)-1]
	for _, m := range synapse.Service.Mounts {
		if m.Document == last {
			return path.Join(path.Dir(m.Target), name+".signing.key"), true
		}
	}
	return "", false
}

// mediaPath returns where Synapse keeps media, if it keeps them in files.
func mediaPath(synapse *model.Configuration) (string, bool) {
	providers := synapse.At("media_storage_providers")
	if providers.IsSet() && (providers.Unknown || len(providers.Items) > 0) {
		return "", false
	}
	if repo := synapse.At("enable_media_repo"); repo.IsSet() && !repo.True() {
		return "", false
	}
	node := synapse.At("media_store_path")
	switch {
	case node.IsSet():
		return synapsePath(synapse, node)
	case synapse.Partial || synapse.At("report_stats") == nil: // without what it needs to start, the file is an excerpt
		return "", false
	}
	return synapsePath(synapse, &model.Node{Kind: model.String, Text: "media_store"})
}

// synapsePath returns the path of the container that a value names.
func synapsePath(synapse *model.Configuration, node *model.Node) (string, bool) {
	name, known := node.Literal()
	if dir := synapse.Service.Node.Get("working_dir"); dir.IsSet() && dir.Unknown {
		known = false
	}
	return container.InContainer(synapse.Service, name), known && name != "" && !placeholder.In(name)
}
