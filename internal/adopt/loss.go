package adopt

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Losses adds a note for all data that the new services do not find where the old ones have it.
func (r *Result) Losses(after *model.Deployment) {
	if r.Old.Generated || r.Old.isCharted() { // the volumes are those of the release
		return
	}
	for _, product := range []struct {
		name     string
		old, new *matrix.DatabaseAccess
		loses    string
	}{
		{"Synapse", matrix.SynapseDatabase(r.Old.Given), matrix.SynapseDatabase(after), "it starts as a new server, without users and rooms"},
		{"MAS", matrix.MASDatabase(r.Old.Given), matrix.MASDatabase(after), "nobody has an account or a session there"},
		{"Pocket ID", r.Old.pocketIDDatabase(), matrix.PocketIDDatabase(after), "nobody has a passkey there"},
	} {
		if r.asks("postgres") {
			continue // in which folder its cluster is depends on the version
		}
		r.databaseLoss(product.name, product.loses, product.old, product.new, after)
	}
	r.mediaLoss(after)
	for _, s := range r.Old.Given.Services {
		if role := r.Old.roleOf(s); r.Old.Roles[role] == s {
			r.mountLosses(role, s, after)
		}
	}
}

// asks reports whether it is open which version of a product runs.
func (r *Result) asks(product string) bool {
	return slices.ContainsFunc(r.Questions, func(q Question) bool { return q.Product == product })
}

// databaseLoss compares where a product has its tables.
func (r *Result) databaseLoss(product, loses string, old, new *matrix.DatabaseAccess, after *model.Deployment) {
	if old == nil && r.Old.hasDatabase(product) {
		r.Notes = append(r.Notes, Note{Weight: Data, Subject: "database of " + product, Message: "where its tables are cannot be seen in the files",
			Hint: "compare it with what the stack has, by hand"})
	}
	if old == nil || new == nil {
		return
	}
	was, is := r.Old.database(old), databaseIn(after, new)
	if was == is || strings.Contains(was.where, "$") { // of variables that are open it is said once
		return
	}
	r.Notes = append(r.Notes, Note{Weight: Data, Subject: "database of " + product, Position: old.At,
		Message: fmt.Sprintf("its tables are in %s, and the stack has them in %s: %s", was, is, loses),
		Hint:    "the language has no way to say where they are: move them first, by a dump, and acknowledge it then"})
}

// mediaLoss compares where Synapse has its media.
func (r *Result) mediaLoss(after *model.Deployment) {
	was, is := literal(r.Old.synapse("media_store_path")), literal(after.Synapse.At("media_store_path"))
	old, new := r.Old.Roles["synapse"], after.Service("synapse")
	if was == "" || !path.IsAbs(was) || old == nil || new == nil {
		return
	}
	before, now := old.MountAt(was), new.MountAt(is)
	if before == nil || now == nil {
		return
	}
	from := path.Join(r.Old.whereIs(before), strings.TrimPrefix(was, before.Target))
	to := path.Join(whereIn(after, *now), strings.TrimPrefix(is, now.Target))
	if from != to && !strings.Contains(from, "$") {
		r.Notes = append(r.Notes, Note{Weight: Data, Subject: "media of Synapse", Position: r.Old.synapse("media_store_path").Position,
			Message: fmt.Sprintf("they are in %s, and the stack looks for them in %s: pictures and files are not found", from, to), Hint: "move them there first, and acknowledge it then"})
	}
}

// hasDatabase reports whether a product of the old deployment has a database at all.
func (o *Old) hasDatabase(product string) bool {
	return product == "MAS" && o.Given.MAS != nil || product == "Synapse" && o.Given.Synapse != nil
}

// String says where tables are.
func (d database) String() string { return fmt.Sprintf("the database %q on %s", d.name, d.where) }

// database returns where the old deployment has tables.
func (o *Old) database(a *matrix.DatabaseAccess) database {
	where := "the server " + orElse(literal(a.Host), "that the files do not name")
	if s := serverAt(o.Given, a); s != nil {
		where = "a server without a volume"
		if m := o.dataMount(o.roleOf(s)); m != nil {
			where = o.whereIs(m) + below(s, m.Target)
		}
	}
	return database{where, literal(a.Name)}
}

// below returns in which folder of a mount Postgres has its cluster: what PGDATA says, or else where the image has it. Since version 18 that is a folder of
// the major version. https://github.com/docker-library/docs/blob/master/postgres/README.md#pgdata
func below(s *model.Service, target string) string {
	data := literal(s.Env("PGDATA"))
	if data == "" && s.Image.Version().Known() {
		data = "/var/lib/postgresql/data"
		if major := s.Image.Version().Major(); major >= 18 {
			data = fmt.Sprintf("/var/lib/postgresql/%d/docker", major)
		}
	}
	folder, inside := strings.CutPrefix(data, target)
	if !inside || folder == "" {
		return ""
	}
	return ", in its folder " + strings.TrimPrefix(folder, "/")
}

// databaseIn returns where a stack has tables.
func databaseIn(d *model.Deployment, a *matrix.DatabaseAccess) database {
	where := "the server " + literal(a.Host)
	if s := serverAt(d, a); s != nil {
		for _, m := range container.DataMounts(d, s) {
			where = whereIn(d, m.Mount) + below(s, m.Target)
		}
	}
	return database{where, literal(a.Name)}
}

// whereIs returns where a mount of the old deployment lies on the machine.
func (o *Old) whereIs(m *model.Mount) string {
	if m.Type != "volume" {
		return "the folder " + o.hostPath(m.Source)
	}
	return "the volume " + orElse(literal(o.compose.At("volumes", o.volumeName(m.Source), "name")), m.Source)
}

// whereIn returns where a mount of a stack lies on the machine.
func whereIn(d *model.Deployment, m model.Mount) string {
	if m.Type != "volume" {
		return "the folder " + path.Clean(m.Source)
	}
	name := container.VolumeName(d, m)
	if project := container.ComposeName(d); name == m.Source && project != nil {
		name = project.Text + "_" + name
	}
	return "the volume " + name
}

// mountLosses notes what an old service mounts and the new one does not.
func (r *Result) mountLosses(role string, old *model.Service, after *model.Deployment) {
	data := r.Old.dataMount(role)
	for i := range old.Mounts {
		m := &old.Mounts[i]
		if m.Type != "volume" && m.Type != "bind" || m.Document != nil || r.Old.isOpen(m) || r.Old.holdsConfiguration(m) && m != data || r.Old.isFrontMount(role, m) && m != data {
			continue
		}
		target := m.Target
		if f := r.Old.front; f != nil && m == f.store {
			target = f.inside
		}
		if where := r.Old.whereIs(m); !mountsAt(after, where, target) {
			r.noteMount(role, where, m, m == data)
		}
	}
}

// holdsConfiguration reports whether a folder that is mounted has the configuration that is generated now.
func (o *Old) holdsConfiguration(m *model.Mount) bool {
	return m.Type == "bind" && slices.ContainsFunc(o.Given.Documents, func(doc *model.Document) bool {
		return o.nameOf(doc) != "" && strings.HasPrefix(doc.Name, strings.TrimSuffix(m.Source, "/")+"/")
	})
}

// mountsAt reports whether a service of the stack has a place of the machine at a target; that of Postgres moved with version 18.
func mountsAt(d *model.Deployment, where, target string) bool {
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			if (m.Type == "volume" || m.Type == "bind") && whereIn(d, m) == where && (m.Target == target || strings.HasPrefix(target, "/var/lib/postgresql") && strings.HasPrefix(m.Target, "/var/lib/postgresql")) {
				return true
			}
		}
	}
	return false
}

func (r *Result) noteMount(role, where string, m *model.Mount, isData bool) {
	n := Note{Weight: Step, Subject: role + " " + m.Target, Position: m.Position, Message: fmt.Sprintf("%s is mounted there, and the stack does not mount it", where),
		Hint: "see whether the service needs it"}
	switch {
	case isData:
		n.Weight, n.Message, n.Hint = Data, fmt.Sprintf("its data is in %s, and the stack has it elsewhere: it begins anew without", where), "move the data first, and acknowledge it then"
	case strings.HasPrefix(m.Target, "/docker-entrypoint-initdb.d"):
		n.Weight, n.Message, n.Hint = Cosmetic, "what is in it runs only when a cluster is made, and yours exists", ""
	case m.Type == "volume":
		n.Weight = Data
	}
	r.Notes = append(r.Notes, n)
}
