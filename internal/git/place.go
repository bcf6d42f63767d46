package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Place says where a folder is in a repository, or would be: neither need be there yet.
type Place struct {
	// Top is the folder of the work tree, and Prefix the path from there to the folder, with slashes; "" for the top.
	Top, Prefix string
	// Branch is the branch that the repository is on, also before its first commit; "main" if that cannot be said.
	Branch string
	// New says that there is no repository: the folder would be the top of one.
	New bool
}

// Locate returns the place of a folder. The error is a [*Refusal] if it lies in a repository that cannot be used.
func Locate(ctx context.Context, dir string) (Place, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return Place{}, errNoGit
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Place{}, err
	}
	there := existing(dir)
	below, err := filepath.Rel(there, dir)
	if err != nil {
		return Place{}, err
	}
	r, err := Open(ctx, there)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal) && refusal.none:
		r = &Repository{dir: there, env: environment(ctx, there)}
		return Place{Top: dir, Branch: r.branch(ctx, "var", "GIT_DEFAULT_BRANCH"), New: true}, nil
	case err != nil:
		return Place{}, err
	}
	top, err := r.run(ctx, "", "rev-parse", "--show-toplevel")
	if err != nil {
		return Place{}, fmt.Errorf("look for the top of the repository: %w", err)
	}
	prefix := filepath.ToSlash(filepath.Join(Prefix(ctx, there), below))
	if prefix == "." {
		prefix = ""
	}
	return Place{Top: strings.TrimSuffix(top, "\n"), Prefix: prefix, Branch: r.branch(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")}, nil
}

// branch returns the branch that git says. A git before 2.35 cannot say what it calls the first one.
func (r *Repository) branch(ctx context.Context, question ...string) string {
	if branch, err := r.run(ctx, "", question...); err == nil && strings.TrimSpace(branch) != "" {
		return strings.TrimSpace(branch)
	}
	return "main"
}

// existing returns the nearest folder above that is there.
func existing(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// initPrefix begins the name of the folder in which a repository is made.
const initPrefix = ".matrixgen-git-"

// Init makes a folder that is there a repository. Git makes it in a folder beside its place: where git is stopped halfway, it leaves a lock
// that no later one gets past.
func Init(ctx context.Context, dir string) error {
	removeAborted(dir)
	made, err := os.MkdirTemp(dir, initPrefix+"*")
	if err != nil {
		return fmt.Errorf("make a repository: %w", err)
	}
	defer os.RemoveAll(made)
	r := &Repository{dir: made, env: environment(ctx, dir)}
	if _, err := r.run(ctx, "", "init", "--quiet"); err != nil {
		return fmt.Errorf("make a repository: %w", err)
	}
	if err := os.Rename(filepath.Join(made, ".git"), filepath.Join(dir, ".git")); err != nil {
		return fmt.Errorf("make a repository: %w", err)
	}
	return nil
}

// removeAborted removes what runs left that were killed while git made a repository. What cannot be removed is in nobody's way.
func removeAborted(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if entry.IsDir() && strings.HasPrefix(entry.Name(), initPrefix) {
			_ = os.RemoveAll(filepath.Join(dir, entry.Name()))
		}
	}
}
