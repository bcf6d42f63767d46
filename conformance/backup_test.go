package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackup runs the very commands of README.md that save a server, and those that make one of it on an empty machine, with the real programs of
// Postgres. In place of Docker stands a script that knows where the servers and the volumes are.
func TestBackup(t *testing.T) {
	for _, name := range []string{"bowline-prepare", "home", "databases-shared", "databases-one-role"} {
		t.Run(name, func(t *testing.T) {
			d := deploymentOf(t, name)
			backups := t.TempDir()
			old := d.machine(t, backups)
			for product, at := range old.servers {
				old.sql(t, at, product, "CREATE TABLE kept (what text); INSERT INTO kept VALUES ('"+product+" of before')")
			}
			old.keep(t, "synapse", "/data/media_store/local/an image", "a picture")
			if d.project(t).Services["pocket-id"].Name != "" {
				old.keep(t, "pocket-id", "/app/data/pocket-id.db", "passkeys")
			}
			old.run(t, "## Back up")

			new := d.machine(t, backups)
			new.run(t, "## Restore")
			for product, at := range new.servers {
				if got := new.sql(t, at, product, "SELECT what FROM kept"); got != product+" of before" {
					t.Errorf("the database of %s has %q", product, got)
				}
			}
			new.holds(t, "synapse", "/data/media_store/local/an image", "a picture")
			if d.project(t).Services["pocket-id"].Name != "" {
				new.holds(t, "pocket-id", "/app/data/pocket-id.db", "passkeys")
			}
		})
	}
}

// machine is one on which a deployment runs, without its containers.
type machine struct {
	deployment
	backups string // stands for /var/backups
	folder  string // has the programs, and the volumes
	servers map[string]access
}

func (d deployment) machine(t *testing.T, backups string) machine {
	t.Helper()
	m := machine{d, backups, t.TempDir(), map[string]access{}}
	ports, passwords := map[string]int{}, ""
	for _, product := range []string{"synapse", "mas"} {
		if !d.has(product + "-config.yaml") {
			continue
		}
		service := d.databaseServer(t, product)
		if ports[service] == 0 {
			ports[service] = d.postgres(t, service)
		}
		at := d.access(t, product)
		at.host, at.port = service, ports[service]
		m.servers[product] = at
		password, err := os.ReadFile(filepath.Join(d.secrets(t), "synapse_postgres_password"))
		if _, own := d.project(t).Secrets["mas_postgres_password"]; product == "mas" && own {
			password, err = os.ReadFile(filepath.Join(d.secrets(t), "mas_postgres_password"))
		}
		if err != nil {
			t.Fatal(err)
		}
		passwords += fmt.Sprintf("127.0.0.1:%d:*:%s:%s\n", at.port, at.user, strings.TrimSpace(string(password)))
	}
	write(t, []byte(passwords), m.folder, "pgpass")
	var where strings.Builder
	for service, port := range ports {
		fmt.Fprintf(&where, "%s) port=%d;;\n", service, port)
	}
	docker := fmt.Sprintf(dockerScript, where.String(), filepath.Dir(installed(t, "initdb", "/usr/lib/postgresql/*/bin")), m.folder)
	if err := os.WriteFile(filepath.Join(m.folder, "docker"), []byte(docker), 0o755); err != nil {
		t.Fatal(err)
	}
	return m
}

// dockerScript does of Docker what the commands ask for: a program of Postgres in the container of a server, and files in and out of a volume.
const dockerScript = `#!/bin/sh
set -eu
server() { case $1 in
%s*) echo "no server $1" >&2; exit 9;;
esac; }
PATH=%s:$PATH
folder=%s
case "$*" in
"compose exec -T "*)
	server "$4"; shift 4
	program=$1; shift
	PGPASSFILE=$folder/pgpass exec "$program" -h 127.0.0.1 -p "$port" "$@";;
"compose cp -a - "*)
	to=$folder/volumes/$(echo "$5" | tr : /)
	mkdir -p "$to"; exec tar -x -C "$to";;
"compose cp "*" -")
	from=$folder/volumes/$(echo "$3" | tr : /)
	exec tar -c -C "$(dirname "$from")" "$(basename "$from")";;
"compose up "*|"compose stop "*|"compose start "*|"compose run --rm "*-databases|"network inspect "*|"compose exec mas mas-cli "*) ;;
*) echo "what is: docker $*" >&2; exit 9;;
esac
`

// run runs the first block of commands below a heading, line by line as the operator does; what reaches for the old machine is left out.
func (m machine) run(t *testing.T, heading string) {
	t.Helper()
	_, section, found := strings.Cut(string(m.read(t, "README.md")), heading+"\n")
	if !found {
		t.Fatalf("README.md has no %s", heading)
	}
	commands := strings.ReplaceAll(fenced(section, "sh")[0], "/var/backups/", m.backups+"/")
	var kept []string
	for line := range strings.Lines(commands) {
		if strings.HasPrefix(line, "install ") || strings.HasPrefix(line, "git clone ") {
			continue
		}
		kept = append(kept, line)
	}
	cmd := exec.Command("sh", "-eu", "-c", strings.Join(kept, ""))
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "PATH="+m.folder+":"+filepath.Dir(tool)+":"+os.Getenv("PATH"), "HOME="+home, "XDG_CONFIG_HOME="+home)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", heading, err, output)
	}
}

// sql runs statements in the database of a product, as its role.
func (m machine) sql(t *testing.T, at access, product, statements string) string {
	t.Helper()
	cmd := exec.Command(installed(t, "psql", "/usr/lib/postgresql/*/bin"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statements,
		fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=%s dbname=%s", at.port, at.user, at.name))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSFILE=" + filepath.Join(m.folder, "pgpass")}
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("psql, for %s: %v\n%s", product, err, output)
	}
	return strings.TrimSpace(string(output))
}

// keep writes a file of a volume.
func (m machine) keep(t *testing.T, service, file, content string) {
	t.Helper()
	path := filepath.Join(m.folder, "volumes", service, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, []byte(content), path)
}

// holds fails unless the file is in its volume.
func (m machine) holds(t *testing.T, service, file, content string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(m.folder, "volumes", service, file))
	if err != nil || string(got) != content {
		t.Errorf("%s of %s holds %q (%v)", file, service, got, err)
	}
}
