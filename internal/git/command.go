package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

var errNoGit = errors.New("git is not installed, or not in PATH")

// failure is a git that ended with an exit code.
type failure struct {
	code   int
	stderr string
}

func (f *failure) Error() string {
	line, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(f.stderr), "fatal: "), "\n")
	if line == "" {
		return fmt.Sprintf("git ended with exit code %d", f.code)
	}
	return "git: " + line
}

// run runs git in the folder and returns what it printed.
func (r *Repository) run(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := r.command(ctx, args...)
	var out, talk bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &talk
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		return "", &failure{exit.ExitCode(), talk.String()}
	case errors.Is(err, exec.ErrNotFound):
		return "", errNoGit
	case err != nil:
		return "", fmt.Errorf("run git: %w", err)
	}
	return out.String(), nil
}

// command returns a git that runs nothing a repository's configuration names. An embedded bare repository is one that a stranger may have
// committed as plain files, with a configuration of his own.
func (r *Repository) command(ctx context.Context, args ...string) *exec.Cmd {
	safe := []string{"--no-pager", "-C", r.dir, "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	cmd.Env = r.env
	return cmd
}

// environment returns the variables for a git that reads the repository of a folder.
//
// Git tells its hooks by variables which repository is meant, and which index: git commit FILE prepares one of its own. They hold for the
// repository of the process; a folder of another one is read without them. And since a GIT_DIR alone makes git take whatever folder it is
// started in for the top of the work tree, it is dropped where git finds the same repository from the folder itself.
func environment(ctx context.Context, dir string) []string {
	env := append(slices.DeleteFunc(os.Environ(), ofSOPS),
		"LC_ALL=C",                   // what git says is read
		"GIT_OPTIONAL_LOCKS=0",       // a look must not stop a commit
		"GIT_NO_REPLACE_OBJECTS=1",   // what is pushed counts, not what stands in for it here
		"GIT_NO_LAZY_FETCH=1",        // a partial clone fetches with a program that its configuration names
		"GIT_ALLOW_PROTOCOL=nothing", // the same, for a git before 2.45
		"GIT_TERMINAL_PROMPT=0",
	)
	if os.Getenv("GIT_DIR") == "" && os.Getenv("GIT_INDEX_FILE") == "" {
		return env
	}
	here, err := os.Getwd()
	if err != nil {
		here = "."
	}
	ask := func(dir string, env []string, question string) string {
		answer, _ := (&Repository{dir: dir, env: env}).run(ctx, "", "rev-parse", question)
		return strings.TrimSuffix(answer, "\n")
	}
	plain := slices.DeleteFunc(slices.Clone(env), ofRepository)
	meant, top := ask(here, env, "--absolute-git-dir"), ask(here, env, "--show-toplevel")
	found := ask(dir, plain, "--absolute-git-dir")
	switch {
	case found == meant && meant != "":
		env, top = plain, ask(dir, plain, "--show-toplevel")
	case found != "" || meant == "" || !within(top, dir):
		return plain
	default: // the repository lies elsewhere
		env = append(plain, "GIT_DIR="+meant, "GIT_WORK_TREE="+top)
	}
	if file := os.Getenv("GIT_INDEX_FILE"); filepath.IsAbs(file) {
		env = append(env, "GIT_INDEX_FILE="+file)
	} else if file != "" {
		env = append(env, "GIT_INDEX_FILE="+filepath.Join(top, file))
	}
	return env
}

// ofSOPS reports whether a variable may hold a private key, which git does not need.
func ofSOPS(variable string) bool { return strings.HasPrefix(variable, "SOPS_") }

// ofRepository reports whether a variable says which repository is meant. The names are those of git rev-parse --local-env-vars,
// but for the configuration on the command line and for where a push that is being received keeps its objects.
func ofRepository(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	names := []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"}
	return slices.Contains(names, name)
}

// within reports whether a folder is the other one or lies in it.
func within(outer, inner string) bool {
	paths := [2]string{outer, inner}
	for i, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return false
		}
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			abs = real
		}
		paths[i] = abs
	}
	rel, err := filepath.Rel(paths[0], paths[1])
	return err == nil && filepath.IsLocal(rel)
}

// refusal returns why git does not open a repository, in an operator's words.
func refusal(dir string, err error) error {
	var failed *failure
	if !errors.As(err, &failed) {
		return err
	}
	said := failed.stderr
	switch {
	case strings.Contains(said, "dubious ownership"), strings.Contains(said, "unsafe repository"):
		where := dir
		if _, rest, found := strings.Cut(said, "'"); found {
			where, _, _ = strings.Cut(rest, "'")
		}
		return &Refusal{
			Message: fmt.Sprintf("git does not read %s: another user owns it", where),
			Hint:    fmt.Sprintf("if you trust it: git config --global --add safe.directory %s", where),
		}
	case strings.Contains(said, "safe.bareRepository"):
		return &Refusal{Message: fmt.Sprintf("%s lies in a bare repository, which has no work tree", dir)}
	case strings.Contains(said, "not a git repository"), strings.Contains(said, "outside repository"):
		return &Refusal{Message: fmt.Sprintf("%s is in no Git repository", dir), Hint: "git init makes one", none: true}
	}
	return fmt.Errorf("open repository: %w", err)
}
