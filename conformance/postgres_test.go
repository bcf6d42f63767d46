package conformance

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postgres starts the database service of the deployment as its image does, from the environment that compose gives it, and returns the port.
// It answers on this machine only.
func (d deployment) postgres(t *testing.T, service string) int {
	t.Helper()
	environment := map[string]string{}
	for key, value := range d.project(t).Services[service].Environment {
		if value != nil {
			environment[key] = *value
		}
	}
	password, err := os.ReadFile(filepath.Join(d.secrets(t), filepath.Base(environment["POSTGRES_PASSWORD_FILE"])))
	if err != nil {
		t.Fatal(err)
	}
	// Postgres refuses to run as root. Its folder is not below the test's, which only root may enter.
	folder, err := os.MkdirTemp("", "matrixgen-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	as := unprivileged(t)
	passwordFile := write(t, password, folder, "password")
	if err := os.Chown(folder, int(as.Uid), int(as.Gid)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(passwordFile, int(as.Uid), int(as.Gid)); err != nil {
		t.Fatal(err)
	}
	command := func(name string, arguments ...string) *exec.Cmd {
		cmd := exec.Command(installed(t, name, "/usr/lib/postgresql/*/bin"), arguments...)
		cmd.Dir = folder
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=" + strings.TrimSpace(string(password)), "HOME=" + folder}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		return cmd
	}
	data := filepath.Join(folder, "data")
	arguments := append([]string{"-D", data, "--username=" + environment["POSTGRES_USER"], "--pwfile=" + passwordFile, "--auth=scram-sha-256", "--no-sync"}, strings.Fields(environment["POSTGRES_INITDB_ARGS"])...)
	if output, err := command("initdb", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, output)
	}
	port := freePort(t)
	server := start(t, command("postgres", "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"))
	server.until(t, "taken connections", 30*time.Second, func() error {
		return command("psql", fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=%s dbname=postgres", port, environment["POSTGRES_USER"]), "-c", "SELECT 1").Run()
	})
	name := environment["POSTGRES_DB"]
	if name == "" {
		name = environment["POSTGRES_USER"]
	}
	if name != "postgres" {
		create := command("psql", fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=%s dbname=postgres", port, environment["POSTGRES_USER"]), "-c", fmt.Sprintf(`CREATE DATABASE "%s"`, name))
		if output, err := create.CombinedOutput(); err != nil {
			t.Fatalf("create database: %v\n%s", err, output)
		}
	}
	if _, ok := d.project(t).Services[service+"-databases"]; ok {
		for range 2 { // the second time there is nothing to do
			d.makeDatabases(t, service, port)
		}
	}
	return port
}

// makeDatabases runs the job that makes roles and databases on a server, as compose does.
func (d deployment) makeDatabases(t *testing.T, server string, port int) {
	t.Helper()
	job := d.project(t).Services[server+"-databases"]
	folder, secrets := t.TempDir(), d.secrets(t)
	statements := write(t, bytes.ReplaceAll(d.read(t, "databases/"+server+".sql"), []byte("/run/secrets/"), []byte(secrets+"/")), folder, "databases.sql")
	command := []byte(strings.ReplaceAll(job.Entrypoint[2], "$$", "$"))
	command = mapped(t, command, "/run/secrets/", secrets+"/", "/databases.sql", statements)
	cmd := exec.Command(job.Entrypoint[0], job.Entrypoint[1], string(command))
	bin := filepath.Dir(installed(t, "initdb", "/usr/lib/postgresql/*/bin"))
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), fmt.Sprintf("PGPORT=%d", port)}
	for key, value := range job.Environment {
		if key == "PGHOST" {
			continue
		}
		cmd.Env = append(cmd.Env, key+"="+*value)
	}
	cmd.Env = append(cmd.Env, "PGHOST=127.0.0.1")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s-databases: %v\n%s", server, err, output)
	}
}

// unprivileged returns a user that is not root: Debian's postgres, or whoever runs the test.
func unprivileged(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return &syscall.Credential{Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid()), NoSetGroups: true}
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
