package adopt

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// data takes where the data lies, whose it is, and what else the services find.
func (v *inverse) data() {
	if folder := v.commonFolder(); folder != "" {
		v.say("volumes.hostPath", text(folder), v.service("synapse", "volumes"))
	}
	targets := v.dataTargets()
	for _, role := range slices.Sorted(maps.Keys(targets)) {
		if m := v.dataMount(role); m != nil {
			v.place(targets[role][1], m)
		}
	}
	v.media()
	v.trusted()
	if on := v.compose.At("networks", "internal", "enable_ipv6"); on.True() {
		v.say("ipv6", boolean(true), on)
	}
	if v.Generated {
		for _, own := range []string{"traefik-acme", "caddy-data"} {
			if volume := v.compose.At("volumes", own); volume.Get("name").IsSet() {
				v.volume(own, volume)
			}
		}
	}
	for _, role := range slices.Sorted(maps.Keys(v.Roles)) {
		v.owner(role)
		v.further(role)
	}
}

// place takes where a set of data lies.
func (v *inverse) place(name string, m *model.Mount) {
	if v.isOpen(m) {
		return
	}
	if m.Type != "volume" {
		source := v.hostPath(m.Source)
		if v.Generated {
			source = v.asWritten(m)
		}
		put(v.stack, valued(text(source), &model.Node{Position: m.Position}), "volumes", name, "path")
		return
	}
	v.volume(name, v.compose.At("volumes", v.volumeName(m.Source)))
}

// isOpen reports whether nothing says where a mount lies: its path has a variable that no file sets.
func (o *Old) isOpen(m *model.Mount) bool {
	return !o.Generated && m.Type != "volume" && strings.Contains(m.Source, "$")
}

// noteOpen notes the variables that no file sets, and that say where things lie.
func (v *inverse) noteOpen() {
	mounts := map[string][]*model.Mount{}
	for _, role := range slices.Sorted(maps.Keys(v.Roles)) {
		for i := range v.Roles[role].Mounts {
			if m := &v.Roles[role].Mounts[i]; v.isOpen(m) && m.Type == "bind" {
				name := regexp.MustCompile(`\$\{?\w+\}?`).FindString(m.Source)
				mounts[name] = append(mounts[name], m)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mounts)) {
		v.note(Note{Weight: Data, Subject: name, Position: mounts[name][0].Position,
			Message: fmt.Sprintf("no file sets this variable, and it says where %s: the stack would find nothing of that", plural(len(mounts[name]), "mounted thing")+" of the server "+map[bool]string{true: "lies", false: "lie"}[len(mounts[name]) == 1]),
			Hint:    "set it in the file .env beside the compose file, as Compose has it on the server, and adopt again"})
	}
}

// asWritten returns the source of a mount as the compose file has it.
func (v *inverse) asWritten(m *model.Mount) string {
	for _, f := range v.compose.Get("services").Entries() {
		for _, item := range f.Value.ItemsAt("volumes") {
			if source := literal(item.Get("source")); item.Get("target").Is(m.Target) && path.Clean(source) == m.Source {
				return source
			}
		}
	}
	return m.Source
}

// volume takes the real name of a volume. One that the old project made is none of the new project's. Otherwise Compose asks at every start whether to make
// one anew whose definition is another one than when it was made, which deletes it, and does so unasked with --yes; and makes an empty one where it is not.
// https://github.com/docker/compose/blob/main/pkg/compose/create.go (ensureVolume)
func (v *inverse) volume(name string, n *model.Node) {
	real := n.Get("name")
	if real == nil {
		return
	}
	put(v.stack, real, "volumes", name, "name")
	if !v.Generated || n.Get("external").True() {
		put(v.stack, boolean(true), "volumes", name, "external")
	}
}

// media takes where media lie, if that is not with the rest of Synapse's data.
func (v *inverse) media() {
	stored, s := v.synapse("media_store_path"), v.Roles["synapse"]
	at := literal(stored)
	if s == nil || !path.IsAbs(at) {
		return
	}
	m := s.MountAt(at)
	if m == nil || m == v.dataMount("synapse") || m.Target == "/data" {
		v.take("synapse.mediaPath", stored)
		return
	}
	v.place("synapse-media", m)
	v.say("synapse.mediaPath", text(path.Join("/media", strings.TrimPrefix(at, m.Target))), stored)
}

// trustedFile is where a build mounts the certificates that containers trust which ask others.
const trustedFile = "/etc/ssl/trusted.pem"

// trusted takes these certificates. Those of another deployment stay variables and mounts of its services.
func (v *inverse) trusted() {
	s := v.Roles["synapse"]
	if s == nil || !v.Generated || !v.service("synapse", "environment", "SSL_CERT_FILE").Is(trustedFile) {
		return
	}
	if m := s.MountAt(trustedFile); m != nil && m.Target == trustedFile {
		v.say("trustedCertificates", text(v.asWritten(m)), v.service("synapse", "volumes"))
	}
}

// owner takes as whom a service runs.
func (v *inverse) owner(role string) {
	user := v.service(role, "user")
	ids := strings.Split(literal(user), ":")
	switch {
	case role == "synapse" && v.service(role, "environment", "UID") != nil:
		ids = []string{literal(v.service(role, "environment", "UID")), literal(v.service(role, "environment", "GID"))}
	case role == "pocket-id" && v.service(role, "environment", "PUID") != nil:
		ids = []string{literal(v.service(role, "environment", "PUID")), literal(v.service(role, "environment", "PGID"))}
	case role == "synapse-volume":
		return
	}
	for i, id := range ids {
		if _, err := strconv.Atoi(id); err == nil && i < 2 {
			put(v.stack, &model.Node{Kind: model.Int, Text: id}, "owners", role, [...]string{"uid", "gid"}[i])
		}
	}
}

// further takes what a service finds besides its data and its configuration.
func (v *inverse) further(role string) {
	s := v.Roles[role]
	media := (*model.Mount)(nil)
	if role == "synapse" && v.stack.At("volumes", "synapse-media") != nil {
		media = s.MountAt(literal(v.synapse("media_store_path")))
	}
	for i := range s.Mounts {
		m := &s.Mounts[i]
		isData := m == v.dataMount(role) || m == media || role == "synapse-volume"
		if m.Type != "volume" && m.Type != "bind" || isData || v.isFrontMount(role, m) || v.isOwnFile(m) || strings.HasPrefix(m.Target, "/docker-entrypoint-initdb.d") || v.holdsConfiguration(m) {
			continue
		}
		v.mount(role, s, m)
	}
}

// isOwnFile reports whether a mount is a file that a build writes.
func (v *inverse) isOwnFile(m *model.Mount) bool {
	if !v.Generated {
		return m.Document != nil && v.nameOf(m.Document) != ""
	}
	known := regexp.MustCompile(`^(\./)?(synapse-config\.yaml|synapse-log\.yaml|mas-config\.yaml|element-config\.json|element-call\.json|livekit\.yaml|turnserver\.conf|sygnal\.yaml|well-known/.+|traefik\.yaml|traefik-routes\.yaml|Caddyfile|nginx\.conf|workers/.+\.yaml|bridges/.+\.yaml|metrics/.+|databases/.+\.sql)$`)
	return m.Type == "bind" && known.MatchString(m.Source) || m.Target == "/etc/ssl/database.pem" || m.Target == trustedFile && v.stack.Get("trustedCertificates") != nil || strings.HasPrefix(m.Target, "/etc/livekit/") || strings.HasPrefix(m.Target, "/etc/coturn/") || m.Source == "traefik-acme" || m.Source == "caddy-data" ||
		literal(v.stack.At("proxy", "kind")) == "nginx" && path.IsAbs(m.Source) && m.Source == m.Target
}

// mount takes a mount of the operator's own.
func (v *inverse) mount(role string, s *model.Service, m *model.Mount) {
	if v.isOpen(m) {
		return
	}
	at := []string{"mounts", role, m.Target}
	if name, found := strings.CutPrefix(m.Target, "/appservices/"); found && v.Generated {
		put(v.stack, text(v.asWritten(m)), "synapse", "appservices", strings.TrimSuffix(name, ".yaml"), "file")
		return
	}
	switch {
	case m.Type == "volume" && m.Source == "":
		return // made anew with each container
	case m.Type == "volume":
		name := v.volumeName(m.Source)
		put(v.stack, text(name), append(at, "volume")...)
		v.volume(name, v.compose.At("volumes", name))
	case v.Generated:
		put(v.stack, text(v.asWritten(m)), append(at, "path")...)
	default:
		put(v.stack, valued(text(v.hostPath(m.Source)), &model.Node{Position: m.Position}), append(at, "path")...)
	}
	put(v.stack, boolean(isReadOnly(s.Node, m.Target)), append(at, "readOnly")...)
}

// isReadOnly reports whether a service cannot write to what is mounted at a target.
func isReadOnly(service *model.Node, target string) bool {
	for _, item := range service.ItemsAt("volumes") {
		if item.Kind == model.Map && path.Clean(literal(item.Get("target"))) == target {
			return item.Get("read_only").True()
		}
		parts := strings.Split(item.Text, ":")
		if len(parts) > 2 && path.Clean(parts[1]) == target {
			return slices.Contains(strings.Split(parts[2], ","), "ro")
		}
	}
	return false
}
