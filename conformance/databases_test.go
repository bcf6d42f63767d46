package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// access is how a product is told to reach its database.
type access struct {
	host, user, name string
	port             int
}

// access returns what the configuration of the product, synapse or mas, says.
func (d deployment) access(t *testing.T, product string) access {
	t.Helper()
	var config struct {
		Database struct {
			Host, Username, Database string
			Port                     int
			Args                     struct {
				Host, User, DBName string
				Port               int
			}
		}
	}
	if err := yaml.Unmarshal(d.read(t, product+"-config.yaml"), &config); err != nil {
		t.Fatal(err)
	}
	if in := config.Database; product == "mas" {
		return access{in.Host, in.Username, in.Database, in.Port}
	}
	in := config.Database.Args
	return access{in.Host, in.User, in.DBName, in.Port}
}

// databaseServer returns the service of the stack that a product has its database on; "" for a server elsewhere.
func (d deployment) databaseServer(t *testing.T, product string) string {
	t.Helper()
	service, ok := strings.CutSuffix(d.access(t, product).host, "."+d.project(t).Name+".internal")
	if !ok {
		return ""
	}
	return service
}

// TestDatabaseJob starts servers that hold two databases, and logs in as the products do.
func TestDatabaseJob(t *testing.T) {
	for _, name := range []string{"databases-shared", "databases-one-role"} {
		t.Run(name, func(t *testing.T) {
			d := deploymentOf(t, name)
			server := d.databaseServer(t, "synapse")
			if mas := d.databaseServer(t, "mas"); mas != server {
				t.Fatalf("MAS is on the server %s, Synapse on %s", mas, server)
			}
			port := d.postgres(t, server)
			synapse, mas := d.access(t, "synapse"), d.access(t, "mas")
			password, err := os.ReadFile(filepath.Join(d.secrets(t), "mas_database_password"))
			if err != nil {
				t.Fatal(err)
			}
			ask := func(database, query string) (string, error) {
				cmd := exec.Command(installed(t, "psql", "/usr/lib/postgresql/*/bin"), "-X", "-A", "-t", "-c", query,
					fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=%s dbname=%s", port, mas.user, database))
				cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=" + string(password)}
				output, err := cmd.CombinedOutput()
				return strings.TrimSpace(string(output)), err
			}
			const about = "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = current_database()"
			if got, err := ask(mas.name, about); err != nil || got != mas.name+"|"+mas.user+"|UTF8|C|C" {
				t.Errorf("MAS finds the database %s (%v)", got, err)
			}
			if _, err := ask(mas.name, "CREATE TABLE users (id int)"); err != nil {
				t.Errorf("MAS makes no tables: %v", err)
			}
			if got, err := ask(synapse.name, "SELECT 1"); (err == nil) != (synapse.user == mas.user) {
				t.Errorf("MAS asks Synapse's database, and is answered %q (%v)", got, err)
			}
			if synapse.user == mas.user {
				return
			}
			if got, err := ask(mas.name, fmt.Sprintf(`ALTER ROLE "%s" PASSWORD 'another'`, mas.user)); err != nil {
				t.Fatalf("%s (%v)", got, err)
			}
			d.makeDatabases(t, server, port)
			if got, err := ask(mas.name, "SELECT count(*) FROM users"); err != nil || got != "0" {
				t.Errorf("after another password, and the job: %s (%v)", got, err)
			}
		})
	}
}
