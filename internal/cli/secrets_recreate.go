package cli

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// recreateSteps returns the commands by which services get new secrets, in the order that keeps the server up: Postgres reads its password when it makes a
// database and never again, so it is told the new one before its clients use it, by hand or by the job that the stack has for it.
func (v *vault) recreateSteps(compose string, services []string) []string {
	var steps, jobs, clients []string
	for _, service := range services {
		running := v.Compiled.Root("docker-compose.yml").At("services", service)
		if running == nil {
			continue // MAS while it is prepared: what runs for a command reads the file anew
		}
		environment := running.At("environment")
		user, isServer := environment.Get("POSTGRES_USER").Literal()
		switch _, isJob := environment.Get("PGUSER").Literal(); {
		case isServer:
			file, _ := environment.Get("POSTGRES_PASSWORD_FILE").Literal()
			database, _ := environment.Get("POSTGRES_DB").Literal()
			steps = append(steps, compose+" up -d --force-recreate --wait "+service,
				fmt.Sprintf(`printf '\\set new `+"`cat %s`"+`\nALTER ROLE %s PASSWORD :'"'new'"';\n' | %s exec -T %s psql -v ON_ERROR_STOP=1 -U %s -d %s`,
					path.Clean(file), roleName(user), compose, service, user, cmp.Or(database, "postgres")))
		case isJob:
			jobs = append(jobs, compose+" up --force-recreate --no-deps "+service)
		default:
			clients = append(clients, service)
		}
	}
	steps = append(steps, jobs...)
	if len(clients) > 0 {
		steps = append(steps, compose+" up -d --force-recreate "+strings.Join(clients, " "))
	}
	return steps
}

// roleName returns the name of a role as SQL takes it.
func roleName(name string) string {
	if regexp.MustCompile(`^[a-z_][a-z0-9_]*$`).MatchString(name) {
		return name
	}
	return `"` + name + `"`
}
