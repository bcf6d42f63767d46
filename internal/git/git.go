// Package git reads what a repository holds, without a checkout: the files of a revision, and those that are staged in the index, each as a
// file system. It drives the operator's own git, and but for [Init] it only reads. It knows nothing of stacks.
//
// The repository may be a stranger's, for a pull request is: nothing that its configuration names is run, no hook, filter, pager or transport.
package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Refusal says why a repository or a revision cannot be read, and what the operator can do about it.
type Refusal struct {
	Message, Hint string
	none          bool // there is no repository at all
}

func (r *Refusal) Error() string { return r.Message }

// Repository is the repository that holds a folder. What is read of it are the files below that folder, by names relative to it.
type Repository struct {
	dir     string
	env     []string
	shallow bool
}

// Open returns the repository that the folder is part of. The error is a
// [*Refusal] if there is none, or if git does not trust its owner.
func Open(ctx context.Context, dir string) (*Repository, error) {
	r := &Repository{dir: dir, env: environment(ctx, dir)}
	answer, err := r.run(ctx, "", "rev-parse", "--is-inside-work-tree", "--is-shallow-repository")
	if err != nil {
		return nil, refusal(dir, err)
	}
	inside, shallow, _ := strings.Cut(strings.TrimSpace(answer), "\n")
	if inside != "true" {
		return nil, &Refusal{Message: fmt.Sprintf("%s lies in no work tree of Git", dir)}
	}
	r.shallow = shallow == "true"
	return r, nil
}

// Commit returns the full id of the commit that a revision names, in any way that git knows: main, HEAD~2, a tag, an id.
func (r *Repository) Commit(ctx context.Context, revision string) (string, error) {
	unknown := &Refusal{Message: fmt.Sprintf("there is no revision %q in this repository", revision), Hint: r.shallowHint()}
	if revision == "" || strings.HasPrefix(revision, "-") {
		return "", unknown
	}
	id, err := r.run(ctx, "", "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	var failed *failure
	switch {
	case errors.As(err, &failed):
		return "", unknown
	case err != nil:
		return "", err
	}
	return strings.TrimSpace(id), nil
}

// MergeBase returns the commit from which two revisions parted, the newest that both have.
func (r *Repository) MergeBase(ctx context.Context, a, b string) (string, error) {
	ids := [2]string{}
	for i, revision := range []string{a, b} {
		id, err := r.Commit(ctx, revision)
		if err != nil {
			return "", err
		}
		ids[i] = id
	}
	base, err := r.run(ctx, "", "merge-base", ids[0], ids[1])
	var failed *failure
	switch {
	case errors.As(err, &failed) && failed.code == 1:
		return "", &Refusal{Message: fmt.Sprintf("%s and %s have no common ancestor in this repository", a, b), Hint: r.shallowHint()}
	case err != nil:
		return "", fmt.Errorf("find where %s and %s parted: %w", a, b, err)
	}
	return strings.TrimSpace(base), nil
}

func (r *Repository) shallowHint() string {
	if r.shallow {
		return "the clone is shallow and lacks older commits: run git fetch --unshallow, or set fetch-depth: 0 where CI checks out"
	}
	return "fetch it first: git fetch; git branch --all and git tag list the names"
}

// Revision returns the files of a revision. Close it after use.
func (r *Repository) Revision(ctx context.Context, revision string) (*Tree, error) {
	commit, err := r.Commit(ctx, revision)
	if err != nil {
		return nil, err
	}
	list, err := r.run(ctx, "", "ls-tree", "-r", "-z", commit)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", revision, err)
	}
	t := newTree(ctx, r, commit)
	for line := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		if line == "" {
			continue
		}
		facts, name, _ := strings.Cut(line, "\t")
		parts := strings.Fields(facts) // 100644 blob <id>
		if len(parts) != 3 {
			return nil, fmt.Errorf("list the files of %s: git says %q", revision, line)
		}
		if err := t.add(name, parts[0], parts[2]); err != nil {
			return nil, fmt.Errorf("list the files of %s: %w", revision, err)
		}
	}
	return t, nil
}

// Index returns the files of the index: what git commit would record. Close it after use. The error is a [*Refusal] while a merge is unsettled.
func (r *Repository) Index(ctx context.Context) (*Tree, error) {
	empty, err := r.run(ctx, "", "hash-object", "-t", "tree", "--stdin")
	if err != nil {
		return nil, fmt.Errorf("list the index: %w", err)
	}
	// git ls-files would do, but it lists what was only announced with git add -N like an empty file.
	list, err := r.run(ctx, "", "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index", "--relative",
		strings.TrimSpace(empty))
	if err != nil {
		return nil, fmt.Errorf("list the index: %w", err)
	}
	t := newTree(ctx, r, "")
	fields := strings.Split(strings.TrimSuffix(list, "\x00"), "\x00")
	for ; len(fields) > 1; fields = fields[2:] {
		name, parts := fields[1], strings.Fields(fields[0]) // :000000 100644 <zeros> <id> A
		if len(parts) != 5 {
			return nil, fmt.Errorf("list the index: git says %q", fields[0])
		}
		if parts[4] != "A" {
			return nil, &Refusal{Message: fmt.Sprintf("%s is not merged", name), Hint: "resolve the conflict and git add the file"}
		}
		if err := t.add(name, parts[1], parts[3]); err != nil {
			return nil, fmt.Errorf("list the index: %w", err)
		}
	}
	return t, nil
}

// Ignored reports whether Git would never commit a file at that path: because a rule ignores it, or because it lies outside of the work tree.
func Ignored(ctx context.Context, file string) (bool, error) {
	r, err := whole(ctx, filepath.Dir(file))
	if r == nil || err != nil {
		return err == nil, err
	}
	_, err = r.run(ctx, "", "check-ignore", "--quiet", "--", file)
	var failed *failure
	if errors.As(err, &failed) && failed.code == 1 {
		return false, nil
	}
	return err == nil, err
}

// Tracked reports whether the index has a file below the folder: what is tracked is committed, though a rule ignores it.
func Tracked(ctx context.Context, folder string) (bool, error) {
	r, err := whole(ctx, folder)
	if r == nil || err != nil {
		return false, err
	}
	names, err := r.run(ctx, "", "ls-files", "--cached", "-z", "--", folder)
	return names != "", err
}

// whole opens the repository of a folder that may not be there yet, nil if there is none. It is looked for above every ceiling, too: whoever
// sets one does not mean that what lies below is committed unseen.
func whole(ctx context.Context, folder string) (*Repository, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	dir := existing(folder)
	r := &Repository{dir: dir, env: environment(ctx, dir)}
	r.env = slices.DeleteFunc(r.env, func(v string) bool { return strings.HasPrefix(v, "GIT_CEILING_DIRECTORIES=") })
	answer, err := r.run(ctx, "", "rev-parse", "--is-inside-work-tree")
	if err != nil {
		err = refusal(dir, err)
		var refused *Refusal
		if errors.As(err, &refused) && refused.none {
			return nil, nil
		}
		return nil, err
	}
	if strings.TrimSpace(answer) != "true" {
		return nil, &Refusal{Message: fmt.Sprintf("%s lies in no work tree of Git", dir)}
	}
	return r, nil
}

// Prefix returns the path of a folder from the top of its repository, with slashes; "" for the top, and where there is no repository.
func Prefix(ctx context.Context, dir string) string {
	prefix, err := (&Repository{dir: dir, env: environment(ctx, dir)}).run(ctx, "", "rev-parse", "--show-prefix")
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(prefix, "\n"), "/")
}
