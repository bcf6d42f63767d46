package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Machine is what there is to know of the machine on which a deployment runs.
type Machine struct {
	// Project is the name that Compose gives the containers.
	Project string
	// Hashes are what the containers of services have that mount generated files.
	Hashes map[string]string
	// Docker runs the docker command.
	Docker func(ctx context.Context, args ...string) ([]byte, error)
	// Secrets are the files that the containers read, and Held says what is wrong with one; "" if nothing is.
	Secrets []model.SecretFile
	Held    func(model.SecretFile) (string, error)
}

// hashLabel is the label with the hash of the generated files that a container was made of; projectLabel and serviceLabel are Compose's own.
const (
	hashLabel    = "matrixgen.config-hash"
	projectLabel = "com.docker.compose.project"
	serviceLabel = "com.docker.compose.service"
)

const dockerAnswers = "docker-answers"

// running is what docker inspect says of one.
type running struct {
	ID     string `json:"Id"`
	Name   string
	Config struct {
		Image  string
		Labels map[string]string
	}
	State struct {
		Status    string
		ExitCode  int
		OOMKilled bool
		Health    struct{ Status string }
	}
	RestartCount int
}

// PlanHost returns the probes of the machine itself.
func PlanHost(d *model.Deployment, m Machine) []Probe {
	if len(d.Services) == 0 {
		return nil
	}
	h := &host{d: d, m: m, about: "project " + m.Project}
	first := key(dockerAnswers, h.about)
	probe := func(name, about string, at diag.Position, ask func(ctx context.Context) outcome) Probe {
		return Probe{Name: name, Group: Host, About: about, At: at, After: []string{first}, ask: func(ctx context.Context, _ *session) outcome { return ask(ctx) }}
	}
	probes := []Probe{probe(dockerAnswers, h.about, d.Services[0].Position, h.list)}
	probes[0].After = nil
	for _, s := range d.Services {
		probes = append(probes, probe("container", s.Name, s.Position, func(context.Context) outcome { return h.container(s) }))
	}
	probes = append(probes, probe("strays", h.about, d.Services[0].Position, func(context.Context) outcome { return h.strays() }))
	for _, a := range []*matrix.DatabaseAccess{matrix.SynapseDatabase(d), matrix.MASDatabase(d), matrix.PocketIDDatabase(d)} {
		if s := h.databaseOf(a); s != nil {
			for _, p := range []Probe{
				probe("database", a.Reader+" at "+s.Name, s.Position, func(ctx context.Context) outcome { return h.database(ctx, a, s) }),
				probe("disk", a.Reader+" at "+s.Name, s.Position, func(ctx context.Context) outcome { return h.disk(ctx, s) }),
			} {
				p.After = append(p.After, key("container", s.Name))
				probes = append(probes, p)
			}
		}
	}
	if len(m.Secrets) > 0 {
		p := probe("secret-files", h.about, d.Services[0].Position, func(context.Context) outcome { return h.secrets() })
		p.After = nil
		probes = append(probes, p)
	}
	return probes
}

// host asks the machine. What docker said first is for all.
type host struct {
	d          *model.Deployment
	m          Machine
	about      string
	containers []running
}

// list asks docker for the containers of the project.
func (h *host) list(ctx context.Context) outcome {
	ids, err := h.m.Docker(ctx, "ps", "--all", "--no-trunc", "--quiet", "--filter", "label="+projectLabel+"="+h.m.Project)
	if err != nil {
		return unasked("%v", err)
	}
	if len(strings.Fields(string(ids))) == 0 {
		return wrong(problem{message: fmt.Sprintf("nothing of the project %s runs on this machine", h.m.Project), hint: "run verify --host where it is deployed, or deploy it"})
	}
	said, err := h.m.Docker(ctx, append([]string{"inspect", "--type", "container"}, strings.Fields(string(ids))...)...)
	if err != nil {
		return unasked("%v", err)
	}
	if err := json.Unmarshal(said, &h.containers); err != nil {
		return unasked("docker inspect answers something else than expected")
	}
	return pass()
}

// of returns the containers of a service.
func (h *host) of(service string) []running {
	return slices.DeleteFunc(slices.Clone(h.containers), func(c running) bool { return c.Config.Labels[serviceLabel] != service })
}

// container looks at the container of a service: whether it is there, lives, and was made of what the files say.
func (h *host) container(s *model.Service) outcome {
	found := h.of(s.Name)
	switch {
	case len(found) == 0 && s.Inactive:
		return pass()
	case len(found) == 0:
		return wrong(problem{message: fmt.Sprintf("%s is in the files, and has no container", s.Name), hint: "docker compose up -d --wait makes it"})
	}
	var problems []problem
	for _, c := range found {
		problems = append(problems, h.alive(s, c)...)
		problems = append(problems, h.made(s, c)...)
	}
	return outcome{problems: problems}
}

// alive returns what is wrong with how a container lives.
func (h *host) alive(s *model.Service, c running) []problem {
	logs := "look at docker compose logs --since 10m " + s.Name
	switch {
	case c.State.Status == "exited" && c.State.ExitCode == 0 && h.isOnce(s):
		return nil
	case c.State.OOMKilled:
		return []problem{{message: s.Name + " was killed, since the machine or its limit had no memory left", hint: "give it more"}}
	case c.State.Status == "restarting":
		return []problem{{message: fmt.Sprintf("%s does not stay up: it was started %d times", s.Name, c.RestartCount), hint: logs}}
	case c.State.Status == "created":
		return []problem{{message: s.Name + " was made, and never started", hint: "docker compose up -d --wait starts it, or says what it waits for"}}
	case c.State.Status == "paused":
		return []problem{{message: s.Name + " is paused, and answers nobody", hint: "docker compose unpause " + s.Name}}
	case c.State.Status != "running":
		return []problem{{message: fmt.Sprintf("%s does not run: it is %s, with exit code %d", s.Name, c.State.Status, c.State.ExitCode), hint: logs}}
	case c.State.Health.Status == "unhealthy":
		felt := "a proxy may leave it out"
		if s.Product == "postgres" {
			felt = "what waits for it does not start"
		}
		return []problem{{message: fmt.Sprintf("%s runs, and its health check fails: %s", s.Name, felt), hint: logs}}
	case c.State.Health.Status == "starting":
		return []problem{{severity: diag.Warning, message: s.Name + " has just been started, and is not healthy yet", hint: "ask again in a minute"}}
	case c.RestartCount > 0:
		return []problem{{severity: diag.Warning, message: fmt.Sprintf("%s ended by itself and was started again, %d times", s.Name, c.RestartCount), hint: logs}}
	}
	return nil
}

// isOnce reports whether a service is to end by itself.
func (h *host) isOnce(s *model.Service) bool {
	if s.Node.Get("restart").Is("no") {
		return true
	}
	return slices.ContainsFunc(h.d.Services, func(other *model.Service) bool {
		return other.Node.At("depends_on", s.Name, "condition").Is("service_completed_successfully")
	})
}

// made returns in what a container is another one than the files say.
func (h *host) made(s *model.Service, c running) []problem {
	var problems []problem
	again := "docker compose up -d --wait, in the folder of the compose file, makes it anew"
	if image, known := s.Node.Get("image").Literal(); known && c.Config.Image != image {
		problems = append(problems, problem{message: fmt.Sprintf("%s runs %s, and the files have %s", s.Name, quoted(c.Config.Image), image), hint: again, at: imageAt(s)})
	}
	want, known := h.m.Hashes[s.Name], h.m.Hashes != nil
	if label, literal := s.Label(hashLabel).Literal(); !known && literal {
		want = label
	}
	if has := c.Config.Labels[hashLabel]; want != "" && has != want {
		problems = append(problems, problem{message: fmt.Sprintf("%s runs with older files than are in Git", s.Name), hint: again})
	}
	return problems
}

// strays looks for containers of the project that the files do not have.
func (h *host) strays() outcome {
	var problems []problem
	for _, c := range h.containers {
		service := c.Config.Labels[serviceLabel]
		if h.d.Service(service) == nil {
			problems = append(problems, problem{severity: diag.Warning, message: fmt.Sprintf("the container %s belongs to the project, and is not in the files", quoted(strings.TrimPrefix(c.Name, "/"))), hint: "docker compose up -d --remove-orphans takes it away, if nobody needs it"})
		}
	}
	return outcome{problems: problems}
}

// secrets looks at the files of the secrets, and reads none.
func (h *host) secrets() outcome {
	var reasons []string
	files := map[string][]string{}
	for _, file := range h.m.Secrets {
		reason, err := h.m.Held(file)
		if err != nil {
			return unasked("the files of the secrets cannot be looked at: %v", err)
		}
		if reason != "" && files[reason] == nil {
			reasons = append(reasons, reason)
		}
		files[reason] = append(files[reason], "secrets/"+file.Name)
	}
	var problems []problem
	for _, reason := range reasons {
		problems = append(problems, problem{message: fmt.Sprintf("what containers read as a secret %s: %s", reason, strings.Join(files[reason], ", ")), hint: "matrixgen secrets unseal, as root, writes it as the container needs it", rule: "referenced-file-unavailable"})
	}
	return outcome{problems: problems}
}

// databaseOf returns the Postgres of the deployment that somebody uses, or nil.
func (h *host) databaseOf(a *matrix.DatabaseAccess) *model.Service {
	if a == nil {
		return nil
	}
	name, known := a.Host.Literal()
	if !known {
		return nil
	}
	if s := h.d.ServiceAt(name); s != nil && s.Product == "postgres" {
		return s
	}
	return nil
}

// exec runs a command in the one container of a service.
func (h *host) exec(ctx context.Context, s *model.Service, args ...string) (string, error) {
	found := h.of(s.Name)
	if len(found) != 1 || found[0].State.Status != "running" {
		return "", fmt.Errorf("%s does not run", s.Name)
	}
	said, err := h.m.Docker(ctx, append([]string{"exec", found[0].ID}, args...)...)
	return strings.TrimSpace(string(said)), err
}

// database looks at what Postgres decided when it made the database.
func (h *host) database(ctx context.Context, a *matrix.DatabaseAccess, s *model.Service) outcome {
	user, isUser := a.User.Literal()
	name, isName := a.Name.Literal()
	if !isUser || !isName {
		return unasked("the files do not say which database %s has", a.Reader)
	}
	said, err := h.exec(ctx, s, "psql", "-U", user, "-d", name, "-AtX", "-c",
		"SELECT datcollate, datctype, pg_encoding_to_char(encoding), current_setting('server_version_num') FROM pg_database WHERE datname = current_database()")
	if err != nil {
		return unasked("%s: %v", s.Name, err)
	}
	parts := strings.Split(said, "|")
	if len(parts) != 4 {
		return unasked("%s: psql answers something else than expected", s.Name)
	}
	var problems []problem
	unsafe := h.d.Synapse.At("database", "allow_unsafe_locale").True()
	if a.Reader == "Synapse" && !unsafe && (parts[0] != "C" || parts[1] != "C" || parts[2] != "UTF8") {
		problems = append(problems, problem{message: fmt.Sprintf("the database of Synapse has the locale %s, %s and the encoding %s: it needs C and UTF8", quoted(parts[0]), quoted(parts[1]), quoted(parts[2])),
			hint: "it counts only when a database is made: dump it, and make it anew", rule: "postgres-locale-or-encoding"})
	}
	number, _ := strconv.Atoi(parts[3])
	if pinned := s.Image.Version(); pinned.Known() && number/10000 != pinned.Major() {
		problems = append(problems, problem{message: fmt.Sprintf("%s is Postgres %d, and %s is pinned", s.Name, number/10000, s.Image.Tag), hint: "a container of the other image does not read its files", rule: "postgres-major-jump", at: imageAt(s)})
	}
	return outcome{problems: problems}
}

// disk looks at how much room Postgres has left.
func (h *host) disk(ctx context.Context, s *model.Service) outcome {
	said, err := h.exec(ctx, s, "df", "-Pk", "/var/lib/postgresql/")
	if err != nil {
		return unasked("%s: %v", s.Name, err)
	}
	lines := strings.Split(said, "\n")
	fields := strings.Fields(lines[len(lines)-1])
	if len(lines) < 2 || len(fields) < 6 {
		return unasked("%s: df answers something else than expected", s.Name)
	}
	total, _ := strconv.ParseInt(fields[1], 10, 64)
	left, err := strconv.ParseInt(fields[3], 10, 64)
	if err != nil || total == 0 {
		return unasked("%s: df answers something else than expected", s.Name)
	}
	message := fmt.Sprintf("the disk of %s has %d MB left of %d", s.Name, left>>10, total>>10)
	switch {
	case left < 1<<20 || left*50 < total:
		return wrong(problem{message: message + ": when it is full, Postgres stops", hint: "make room, or give it a larger disk"})
	case left*10 < total:
		return wrong(problem{severity: diag.Warning, message: message, hint: "make room before it is full: Postgres then stops"})
	}
	return pass()
}
