package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNginxWords has nginx take an upload with the configuration of an example, and holds the page against its log.
func TestNginxWords(t *testing.T) {
	nginx := installed(t, "nginx", "/usr/sbin")
	page := readRulePage(t, "proxy-body-limit")
	port, folder := freePort(t), t.TempDir()
	server := regexp.MustCompile(`(?m)^\s*ssl_certificate.*\n`).ReplaceAll([]byte(page.file(t, "nginx.conf")), nil)
	write(t, mapped(t, server, "listen 443 ssl;", fmt.Sprintf("listen 127.0.0.1:%d;", port), "http://synapse:8008", "http://127.0.0.1:9"), folder, "default.conf")
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	configuration := write(t, fmt.Appendf(nil, nginxMain, user, folder), folder, "nginx.conf")
	running := start(t, exec.Command(nginx, "-e", "stderr", "-c", configuration))
	running.until(t, "listened", 10*time.Second, answers(port))
	response, err := http.Post(fmt.Sprintf("http://127.0.0.1:%d/_matrix/media/v3/upload", port), "image/png", bytes.NewReader(make([]byte, 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	page.prints(t, "nginx", response.Status, "413 Request Entity Too Large")
	running.until(t, "written its log", 10*time.Second, func() error {
		if !bytes.Contains([]byte(running.log.String()), []byte("too large")) {
			return fmt.Errorf("nothing is said of the upload")
		}
		return nil
	})
	page.prints(t, "nginx", running.log.String(), "client intended to send too large body")
}

// TestPostgresWords runs the script of an example after what the image makes by itself, and asks for what is not there.
func TestPostgresWords(t *testing.T) {
	psql := scratchPostgres(t, "synapse")
	page := readRulePage(t, "init-script-repeats-image")
	if output, err := psql("postgres", "-c", "CREATE DATABASE synapse").CombinedOutput(); err != nil {
		t.Fatalf("what the image makes: %v\n%s", err, output)
	}
	script := psql("synapse", "-v", "ON_ERROR_STOP=1", "--no-psqlrc")
	script.Stdin = bytes.NewBufferString(page.file(t, "init/10.sql"))
	said, err := script.CombinedOutput()
	if err == nil {
		t.Error("the script of the example runs to its end")
	}
	page.prints(t, "PostgreSQL", string(said), `ERROR:  database "synapse" already exists`)
	said, _ = psql("mas", "-c", "SELECT 1").CombinedOutput()
	page.prints(t, "PostgreSQL", string(said), `database "mas" does not exist`)

	// What every client of libpq prints, Synapse among them.
	settings := readRulePage(t, "database-settings-mismatch")
	settings.prints(t, "PostgreSQL", strings.ReplaceAll(string(said), "mas", "…"), `database "…" does not exist`)
	wrong := psql("synapse", "-c", "SELECT 1")
	wrong.Env = append(wrong.Env, "PGPASSWORD=another")
	said, _ = wrong.CombinedOutput()
	settings.prints(t, "PostgreSQL", string(said), "password authentication failed")
	none := psql("synapse", "--no-password", "-c", "SELECT 1")
	none.Env = append(none.Env, "PGPASSWORD=")
	said, _ = none.CombinedOutput()
	settings.prints(t, "PostgreSQL", string(said), "fe_sendauth: no password supplied")
	tls := readRulePage(t, "database-tls-mismatch")
	encrypted := psql("synapse", "-c", "SELECT 1")
	encrypted.Env = append(encrypted.Env, "PGSSLMODE=require")
	said, _ = encrypted.CombinedOutput()
	tls.prints(t, "PostgreSQL", string(said), "server does not support SSL, but SSL was required")
}

// scratchPostgres starts a server with one superuser, and returns what makes a psql for a database of it.
func scratchPostgres(t *testing.T, owner string) func(database string, arguments ...string) *exec.Cmd {
	t.Helper()
	command, data := scratchCluster(t, owner)
	port := freePort(t)
	psql := func(database string, arguments ...string) *exec.Cmd {
		return command("psql", append([]string{fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=%s dbname=%s", port, owner, database)}, arguments...)...)
	}
	server := start(t, command("postgres", "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"))
	server.until(t, "taken connections", 30*time.Second, func() error { return psql("postgres", "-c", "SELECT 1").Run() })
	return psql
}

// scratchCluster makes the files of a server with one superuser, and returns their folder and what makes a command of Postgres.
func scratchCluster(t *testing.T, owner string) (command func(name string, arguments ...string) *exec.Cmd, data string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "matrixgen-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	as := unprivileged(t)
	password := write(t, []byte("of-the-test"), folder, "password")
	for _, path := range []string{folder, password} {
		if err := os.Chown(path, int(as.Uid), int(as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	command = func(name string, arguments ...string) *exec.Cmd {
		cmd := exec.Command(installed(t, name, "/usr/lib/postgresql/*/bin"), arguments...)
		cmd.Dir = folder
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=of-the-test", "HOME=" + folder, "LC_ALL=C"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		return cmd
	}
	data = filepath.Join(folder, "data")
	if output, err := command("initdb", "-D", data, "--username="+owner, "--pwfile="+password, "--auth=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, output)
	}
	return command, data
}

// TestLiveKitWords starts LiveKit with a key that it does not know.
func TestLiveKitWords(t *testing.T) {
	page := readRulePage(t, "unknown-key")
	configuration := write(t, []byte("port: 7880\nkeys: {key: "+strings.Repeat("s", 32)+"}\nbind_adresses: [127.0.0.1]\n"), t.TempDir(), "livekit.yaml")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	said, _ := exec.CommandContext(ctx, installed(t, "livekit-server", cacheFolder(t)), "--config", configuration).CombinedOutput()
	if ctx.Err() != nil {
		t.Error("LiveKit starts with a key that it does not know")
	}
	page.prints(t, "LiveKit", string(said), "not found in type config.Config")
}

// TestLocaleWords has Synapse look at databases that the image of Postgres would make, and at one that is right.
func TestLocaleWords(t *testing.T) {
	psql := scratchPostgres(t, "synapse")
	page := readRulePage(t, "postgres-locale-or-encoding")
	for name, how := range map[string]string{"other": "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'", "fine": "LC_COLLATE 'C' LC_CTYPE 'C'"} {
		if output, err := psql("postgres", "-c", "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' "+how).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		database := psql(name).Args[1]
		code := fmt.Sprintf(`import logging, psycopg2
logging.basicConfig()
from synapse.storage.engines import create_engine
create_engine({"name": "psycopg2", "args": {}}).check_database(psycopg2.connect(%q, password="of-the-test"))
`, strings.TrimPrefix(database, "--dbname="))
		said, err := exec.Command(python(t, "default"), "-c", code).CombinedOutput()
		if name == "fine" && err != nil {
			t.Errorf("Synapse refuses a database that is right:\n%s", said)
		}
		if name == "other" {
			page.prints(t, "Synapse", string(said), "Database has incorrect collation of")
			page.prints(t, "Synapse", string(said), "Should be 'C'")
		}
	}
}
