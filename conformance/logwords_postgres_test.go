package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSharedDatabaseWords makes a table twice, as MAS and Synapse do in one database.
func TestSharedDatabaseWords(t *testing.T) {
	psql := scratchPostgres(t, "synapse")
	page := readRulePage(t, "database-shared")
	if output, err := psql("postgres", "-c", "CREATE TABLE users (name text)").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	said, _ := psql("postgres", "-c", "CREATE TABLE users (user_id uuid)").CombinedOutput()
	page.prints(t, "PostgreSQL", string(said), `relation "users" already exists`)

	// A user, a password and a database that the file has since the data was made.
	changed := readRulePage(t, "postgres-settings-changed")
	said, _ = psql("matrix", "-c", "SELECT 1").CombinedOutput()
	changed.prints(t, "PostgreSQL", strings.ReplaceAll(string(said), "matrix", "…"), `database "…" does not exist`)
	wrong := psql("postgres", "-c", "SELECT 1")
	wrong.Env = append(wrong.Env, "PGPASSWORD=another")
	said, _ = wrong.CombinedOutput()
	changed.prints(t, "PostgreSQL", string(said), "password authentication failed for user")
}

// TestMajorJumpWords starts Postgres on the files of another major version.
func TestMajorJumpWords(t *testing.T) {
	page := readRulePage(t, "postgres-major-jump")
	command, data := scratchCluster(t, "synapse")
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := command("postgres", "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories=").CombinedOutput()
	if err == nil {
		t.Error("Postgres starts on the files of another major version")
	}
	page.prints(t, "PostgreSQL", string(said), "database files are incompatible with server")
}
