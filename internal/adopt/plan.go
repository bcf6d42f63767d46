package adopt

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// planner writes down the switch from the old project to the new one.
type planner struct {
	*Old
	stack   string
	missing []model.Slot
	locked  []string // slots whose new value the database has to be told
}

// Plan returns the parts of the switch in order. missing are the secrets that no file shows, locked those that have another value from now on although
// the database knows the old one.
func (r *Result) Plan(stack string, missing []model.Slot, locked []string) []Part {
	p := &planner{r.Old, stack, missing, locked}
	if r.Old.isCharted() {
		return p.chart()
	}
	parts := []Part{p.fetch(), p.review(), p.save(), p.others(), p.passwords(), p.stop(), p.prove(), p.start(), p.look(), p.back()}
	return slices.DeleteFunc(parts, func(part Part) bool { return len(part.Commands) == 0 })
}

// old returns a command of Compose for the project that runs.
func (p *planner) old(words string) string {
	name := p.composeFolder()
	if p.answers.Folder != "" {
		name = path.Join(p.answers.Folder, name)
	}
	project := ""
	if p.answers.Project != "" {
		project = " -p " + word(p.answers.Project)
	}
	return fmt.Sprintf("(cd %s && docker compose%s %s)", word(name), project, words)
}

// word returns a text as one word of a shell.
func word(text string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`).MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// fetch gets the secrets that only the containers have.
func (p *planner) fetch() Part {
	part := Part{Title: "While the old server runs: get the secrets that no file here shows"}
	for _, slot := range p.missing {
		command := fmt.Sprintf("matrixgen secrets set %s %s   # %s", p.stack, slot.Name, slot.What)
		if slot.Name == "synapse_signing_key" {
			if file, s := literal(p.Given.Synapse.At("signing_key_path")), p.Roles["synapse"]; file != "" && s != nil {
				command = fmt.Sprintf("%s | matrixgen secrets set %s %s", p.old(fmt.Sprintf("exec -T %s cat %s", s.Name, word(file))), p.stack, slot.Name)
			}
		}
		part.Commands = append(part.Commands, command)
	}
	if len(p.missing) > 0 {
		part.After = "Without them nothing is built: a new signing key, or a new encryption key, would make another server of it."
	}
	return part
}

func (p *planner) review() Part {
	folder := ""
	if p.answers.Elsewhere {
		folder = "--folder " + word(p.answers.Folder) + " "
	}
	return Part{Title: "Read what was made, and commit it. The old folder stays as it is, for the way back", Commands: []string{
		"matrixgen build " + p.stack,
		fmt.Sprintf("matrixgen diff %s%s %s", folder, word(p.answers.Shown), p.stack),
		fmt.Sprintf("git add stacks/%s out/%s && git commit", p.stack, p.stack),
	}, After: "Up to here the old server runs as before."}
}

// servers returns the Postgres services, each once, with one product that uses it.
func (p *planner) servers() (services []*model.Service, uses map[*model.Service]*matrix.DatabaseAccess) {
	uses = map[*model.Service]*matrix.DatabaseAccess{}
	for _, a := range []*matrix.DatabaseAccess{matrix.SynapseDatabase(p.Given), matrix.MASDatabase(p.Given), p.pocketIDDatabase()} {
		if s := serverAt(p.Given, a); s != nil && uses[s] == nil {
			services, uses[s] = append(services, s), a
		}
	}
	return services, uses
}

// save makes a backup that does not depend on anything new.
func (p *planner) save() Part {
	part := Part{Title: "Save the databases", Commands: nil}
	services, uses := p.servers()
	for _, s := range services {
		user := orElse(literal(uses[s].User), "postgres")
		part.Commands = append(part.Commands, fmt.Sprintf("%s > %s.sql", p.old(fmt.Sprintf("exec -T %s pg_dumpall -U %s", s.Name, word(user))), s.Name))
	}
	if len(part.Commands) > 0 {
		part.Commands = append([]string{"umask 077   # they hold secrets"}, part.Commands...)
		if s := p.Roles["synapse"]; s != nil && len(services) > 0 {
			part.Commands = append(part.Commands, p.count(services[0], uses[services[0]])+"   # remember the number")
		}
	}
	return part
}

// count asks the old database how many users there are.
func (p *planner) count(s *model.Service, a *matrix.DatabaseAccess) string {
	return p.old(fmt.Sprintf("exec -T %s psql -U %s -d %s -Atc 'SELECT count(*) FROM users'", s.Name, word(orElse(literal(a.User), "postgres")), word(orElse(literal(a.Name), "synapse"))))
}

// passwords tells the databases the passwords that are new.
func (p *planner) passwords() Part {
	part := Part{Title: "Give the roles of the databases their new passwords: Postgres reads the file of a password only when it makes a cluster"}
	for _, slot := range p.locked {
		a, file := matrix.SynapseDatabase(p.Given), "synapse_postgres_password"
		switch slot {
		case "mas_database_password":
			a, file = matrix.MASDatabase(p.Given), "mas_postgres_password"
		case "pocket_id_database_password":
			a, file = p.pocketIDDatabase(), "pocket_id_postgres_password"
		}
		s := serverAt(p.Given, a)
		if s == nil {
			continue
		}
		user := literal(a.User)
		part.Commands = append(part.Commands, fmt.Sprintf(`printf "ALTER ROLE \"%s\" PASSWORD '%%s';" "$(sudo cat out/%s/secrets/%s)" | %s`, user, p.stack, file,
			p.old(fmt.Sprintf("exec -T %s psql -q -U %s -d %s", s.Name, word(user), word(orElse(literal(a.Name), "postgres"))))))
	}
	if len(part.Commands) > 0 {
		part.Commands = append([]string{"sudo matrixgen secrets unseal " + p.stack}, part.Commands...)
		part.After = "From here on the old containers keep their connections, and cannot make new ones: go on at once."
	}
	return part
}

// others shows that the proxy, which looked for containers itself, found none of another project.
func (p *planner) others() Part {
	part := Part{Title: "Prove that nobody else is behind the proxy: it looked for containers by itself, and that of the stack does not"}
	if p.front != nil && p.front.finds {
		part.Commands = []string{`docker ps --filter label=traefik.enable --format '{{.Label "com.docker.compose.project"}} {{.Names}}'   # names no other project`}
		part.After = "If it does, keep the old proxy: take proxy out of the stack, and write its service into extra."
	}
	return part
}

func (p *planner) stop() Part {
	return Part{Title: "Stop the old project. Its volumes stay: never add -v", Commands: []string{p.old("down")}}
}

// prove shows that nothing uses the data any more.
func (p *planner) prove() Part {
	part := Part{Title: "Prove that no container uses the data: two Postgres on one folder destroy it"}
	for _, role := range p.dataRoles() {
		m := p.dataMount(role)
		if m.Type != "volume" {
			part.Commands = append(part.Commands, fmt.Sprintf("docker ps --quiet | xargs -r docker inspect --format '{{.Name}}{{range .Mounts}} {{.Source}}{{end}}' | grep -F %s   # prints nothing", word(p.hostPath(m.Source))))
			continue
		}
		name := orElse(literal(p.compose.At("volumes", p.volumeName(m.Source), "name")), m.Source)
		part.Commands = append(part.Commands, "docker volume inspect "+word(name)+" --format '{{.Name}}'   # it is there", "docker ps --quiet --filter volume="+word(name)+"   # prints nothing")
	}
	return part
}

// dataRoles returns the services of the stack with data, sorted.
func (p *planner) dataRoles() []string {
	var roles []string
	for role := range p.Roles {
		if p.dataMount(role) != nil {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return roles
}

func (p *planner) start() Part {
	part := Part{Title: "Start the new project", Commands: []string{
		"sudo matrixgen secrets unseal " + p.stack,
		fmt.Sprintf("(cd out/%s && docker compose pull && docker compose up -d --wait)", p.stack),
	}}
	if p.lent != "" {
		part.Commands = append([]string{"docker network create " + word(p.lent) + "   # on which the old proxy finds the services"}, part.Commands...)
	}
	return part
}

// look shows that it is the same server.
func (p *planner) look() Part {
	part := Part{Title: "Look: the same users, the same keys, the same addresses"}
	if services, uses := p.servers(); len(services) > 0 {
		a := uses[services[0]]
		part.Commands = append(part.Commands, fmt.Sprintf("(cd out/%s && docker compose exec -T %s psql -U %s -d %s -Atc 'SELECT count(*) FROM users')   # the number from before", p.stack,
			p.roleOf(services[0]), word(orElse(literal(a.User), "postgres")), word(orElse(literal(a.Name), "synapse"))))
	}
	part.Commands = append(part.Commands, fmt.Sprintf("(cd out/%s && docker compose ps --all && docker compose logs --since 10m synapse)", p.stack))
	part.After = fmt.Sprintf("The commands below \"Check\" in out/%s/README.md go through the addresses one by one.", p.stack)
	return part
}

// back returns to the old project.
func (p *planner) back() Part {
	part := Part{Title: "If it fails: go back", Commands: []string{
		fmt.Sprintf("(cd out/%s && docker compose down)", p.stack),
		p.old("up -d"),
	}, After: "The data is where it was. What users did in between stays, since it is in the same databases."}
	if len(p.locked) > 0 {
		part.After += " Before that, set the old passwords of the roles again with ALTER ROLE."
	}
	return part
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
