package verify_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/verify"
)

// machine answers as docker does on a machine where testdata/machine runs, after one change of what it says.
func machine(t *testing.T, file, before, after string) verify.Machine {
	t.Helper()
	said := map[string]string{"ids": "aaaa\nbbbb\ncccc\n"}
	for _, name := range []string{"inspect.json", "psql.txt", "df.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata/machine", name))
		if err != nil {
			t.Fatal(err)
		}
		said[name] = string(text)
	}
	if before != "" {
		if strings.Count(said[file], before) != 1 {
			t.Fatalf("%s has %q not once", file, before)
		}
		said[file] = strings.Replace(said[file], before, after, 1)
	}
	docker := func(_ context.Context, args ...string) ([]byte, error) {
		switch line := strings.Join(args, " "); {
		case file == "fails":
			return nil, errors.New("docker ps fails: permission denied")
		case line == "ps --all --no-trunc --quiet --filter label=com.docker.compose.project=home":
			return []byte(said["ids"]), nil
		case line == "inspect --type container aaaa bbbb cccc":
			return []byte(said["inspect.json"]), nil
		case strings.HasPrefix(line, "exec cccc psql -U synapse -d synapse -AtX -c SELECT "):
			return []byte(said["psql.txt"]), nil
		case line == "exec cccc df -Pk /var/lib/postgresql/":
			return []byte(said["df.txt"]), nil
		default:
			t.Errorf("docker %s", line)
			return nil, errors.New("unknown command")
		}
	}
	return verify.Machine{Project: "home", Docker: docker, Secrets: []model.SecretFile{{Name: "synapse_matrix_secret", Service: "synapse"}, {Name: "synapse_pgpass", Service: "synapse"}},
		Held: func(f model.SecretFile) (string, error) {
			if file == "secrets" && f.Name == "synapse_pgpass" {
				return "has the mode 0644, and not 0600", nil
			}
			return "", nil
		}}
}

// TestHost breaks one thing of a machine at a time, and holds that it is found, and nothing else.
func TestHost(t *testing.T) {
	d := deployment(t, "testdata/machine")
	run := func(m verify.Machine) []verify.Result {
		n := network{broken: map[string]string{}}
		return verify.Run(t.Context(), verify.PlanHost(d, m), n.options(), nil)
	}
	if got := report(run(machine(t, "", "", ""))); got != "" {
		t.Errorf("on a machine that is well:\n%s", got)
	}
	files, err := filepath.Glob("testdata/host/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no faults: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range archive.Files {
				parts[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
			}
			compare(t, file, archive, report(run(machine(t, parts["file"], parts["before"], parts["after"]))))
		})
	}
}
