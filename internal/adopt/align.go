package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// inside are the settings by which services find each other, their files and their secrets within the project. That they differ means nothing by itself:
// what they lead to is compared instead, the database, the key, the service.
func inside() map[string][]string {
	return map[string][]string{
		synapseName: {"database.args.host", "database.args.port", "database.args.password", "database.args.passfile", "database.args.database", "database.args.dbname", "database.args.user",
			"log_config", "pid_file", "signing_key", "signing_key_path", "macaroon_secret_key", "macaroon_secret_key_path", "turn_shared_secret", "turn_shared_secret_path",
			"matrix_authentication_service", "experimental_features.msc3861", "email", "suppress_key_server_warning"},
		masName: {"database.uri", "database.host", "database.port", "database.username", "database.password", "database.password_file", "database.database",
			"secrets.encryption", "secrets.encryption_file", "secrets.keys", "matrix.secret", "matrix.secret_file", "matrix.endpoint", "email.password", "email.password_file"},
	}
}

// Before returns the old documents for a comparison with what the stack compiles to: what is the same inside the project is written the same way, and
// what upstream takes where nothing is said stands there.
func (r *Result) Before() *model.Files {
	if r.Old.isCharted() && r.Old.Generated {
		return r.Compiled
	}
	files := *r.Old.Files
	files.Documents = nil
	for _, doc := range r.Old.Files.Documents {
		c, now := *doc, r.Compiled.Document(doc.Name)
		if r.Old.isCharted() {
			if told := r.Old.inCluster(doc); told.Root != nil && r.Compiled.Document(told.Name) != nil {
				files.Documents = append(files.Documents, told)
			}
			continue
		}
		if now != nil && !r.Old.Generated {
			c.Root = r.Old.withUsual(doc.Name, doc.Upstream, r.aligned(doc.Name, clone(doc.Root, nil), now.Root), now.Root)
		}
		files.Documents = append(files.Documents, &c)
	}
	return &files
}

func (r *Result) aligned(name string, old, now *model.Node) *model.Node {
	for _, dotted := range inside()[name] {
		old = replaced(old, now, at(dotted)...)
	}
	switch name {
	case synapseName:
		r.alignSignIn(old, now)
	case masName:
		if issuer := old.At("http", "issuer"); now.At("http", "issuer") == nil && model.SameURL(issuer, now.At("http", "public_base")) == model.Yes {
			old = without(old, "http", "issuer") // it is that anyway
		}
		providers, made := old.At("upstream_oauth2").ItemsAt("providers"), now.At("upstream_oauth2").ItemsAt("providers")
		for i := range providers {
			for _, key := range []string{"client_secret", "client_secret_file"} {
				if i < len(made) {
					providers[i] = replaced(providers[i], made[i], key)
				}
			}
		}
	case composeName:
		r.alignServices(old, now)
	}
	return old
}

// alignSignIn leaves out of the comparison what nobody reads any more, or what is a secret of its own.
func (r *Result) alignSignIn(old, now *model.Node) {
	keys := []string{"registration_shared_secret", "registration_shared_secret_path"}
	if r.Old.delegates() {
		keys = append(underMAS(), "allow_guest_access")
	}
	for _, key := range keys {
		*old = *replaced(old, now, key)
	}
	made := now.ItemsAt("oidc_providers")
	for i, p := range old.ItemsAt("oidc_providers") {
		if i >= len(made) {
			continue
		}
		if p.Get("client_secret") != nil || p.Get("client_secret_path") != nil {
			if method := made[i].Get("client_auth_method"); p.Get("client_auth_method") == nil && method.Is("client_secret_basic") {
				set(p, "client_auth_method", method) // what it takes with a secret
			}
		}
		for _, key := range []string{"client_secret", "client_secret_path"} {
			*p = *replaced(p, made[i], key)
		}
	}
}

// replaced returns a tree in which a path has what another tree has there, or nothing.
func replaced(old, now *model.Node, path ...string) *model.Node {
	value := now.At(path...)
	if value == nil {
		return without(old, path...)
	}
	put(old, value, path...)
	return old
}

// alignServices writes what services of the stack read in one way: files of secrets, and the places of their configuration.
func (r *Result) alignServices(old, now *model.Node) {
	services := old.Get("services")
	for i, f := range services.Entries() {
		made := now.At("services", f.Key)
		if made == nil || !r.Old.isRole(f.Key) {
			continue
		}
		n := replaced(f.Value, made, "secrets")
		for _, name := range []string{"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS", "ENCRYPTION_KEY", "ENCRYPTION_KEY_FILE", "SYNAPSE_CONFIG_PATH", "SYNAPSE_CONFIG_DIR", "MAS_CONFIG"} {
			if n.Get("environment") != nil {
				n = replaced(n, made, "environment", name)
			}
		}
		if f.Key == "pocket-id" && n.Get("environment") != nil {
			// What its image takes for granted. pocket-id/pocket-id v2.14.0, scripts/docker/entrypoint.sh
			for _, name := range []string{"PUID", "PGID"} {
				if n.At("environment", name) == nil && made.At("environment", name).Is("1000") {
					n = replaced(n, made, "environment", name)
				}
			}
		}
		services.Fields[i].Value = r.alignFront(f.Key, r.alignMounts(f.Key, alignOwner(f.Key, n, made), made), made)
	}
	for _, f := range old.Get("volumes").Entries() {
		// By the same name it is the same volume, whoever makes it.
		if name := f.Value.Get("name"); name != nil && model.Compare(name, now.At("volumes", f.Key, "name")) == model.Yes {
			put(old, replaced(f.Value, now.At("volumes", f.Key), "external"), "volumes", f.Key)
		}
	}
	set(old, "secrets", now.Get("secrets"))
	if now.Get("secrets") == nil {
		*old = *without(old, "secrets")
	}
}

// mountOf returns what the old service of a role has mounted at a path, or nil.
func (r *Result) mountOf(role, target string) *model.Mount {
	s := r.Old.Roles[role]
	for i := 0; s != nil && i < len(s.Mounts); i++ {
		if s.Mounts[i].Target == target {
			return &s.Mounts[i]
		}
	}
	return nil
}

// alignOwner writes as whom a service runs as the stack does, by the variables of its image, if it is the same user.
func alignOwner(role string, n, made *model.Node) *model.Node {
	variables := map[string][]string{"synapse": {"UID", "GID"}, "pocket-id": {"PUID", "PGID"}}[role]
	uid, _, _ := strings.Cut(literal(n.Get("user")), ":")
	if variables == nil || uid == "" || uid != literal(made.At("environment", variables[0])) {
		return n
	}
	n = without(n, "user")
	for _, name := range variables {
		n = replaced(n, made, "environment", name)
	}
	return n
}

// alignMounts lets a service have the generated files where it has them now: that the same document is mounted elsewhere is nothing.
func (r *Result) alignMounts(role string, n, made *model.Node) *model.Node {
	mounts := list()
	for _, m := range n.ItemsAt("volumes") {
		if old := r.mountOf(role, literal(m.Get("target"))); old != nil && role != "synapse" && r.Old.holdsConfiguration(old) {
			continue // a folder with what is generated now: only Synapse has data beside it
		}
		if r.Compiled.Document(strings.TrimPrefix(literal(m.Get("source")), "./")) == nil {
			mounts.Items = append(mounts.Items, m)
		}
	}
	for _, m := range made.ItemsAt("volumes") {
		name := strings.TrimPrefix(literal(m.Get("source")), "./")
		if r.Compiled.Document(name) != nil && r.Old.document(name) != nil {
			mounts.Items = append(mounts.Items, m)
		}
	}
	c := *n
	c.Fields = slices.Clone(n.Fields)
	set(&c, "volumes", mounts)
	return without(&c, "command")
}

// database is where the tables of a product are.
type database struct{ where, name string }

// IsInside reports whether a setting of a document says nothing but how services find each other, their files and their secrets within the project.
func IsInside(document, setting string) bool {
	for _, inside := range inside()[document] {
		if setting == inside || strings.HasPrefix(setting, inside+".") {
			return true
		}
	}
	return document == synapseName && slices.Contains(append(underMAS(), "allow_guest_access"), cutAt(setting))
}

func cutAt(setting string) string {
	first, _, _ := strings.Cut(setting, ".")
	return first
}

// alignFront lets the proxy that the stack has from now on have its configuration and its certificates where it has them now.
func (r *Result) alignFront(role string, n, made *model.Node) *model.Node {
	if r.Old.front == nil || role != r.Old.front.kind {
		return n
	}
	mounts := list()
	for _, m := range n.ItemsAt("volumes") {
		if old := r.mountOf(role, literal(m.Get("target"))); old == nil || !r.Old.isFrontMount(role, old) {
			mounts.Items = append(mounts.Items, m)
		}
	}
	for _, m := range made.ItemsAt("volumes") {
		if !slices.ContainsFunc(mounts.Items, func(other *model.Node) bool { return other.Get("target").Is(literal(m.Get("target"))) }) {
			mounts.Items = append(mounts.Items, m)
		}
	}
	c := *n
	c.Fields = slices.Clone(n.Fields)
	set(&c, "volumes", mounts)
	return &c
}
