package cli

import (
	"errors"
	"fmt"
	"path"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// summary counts what a build found and did.
type summary struct {
	stacks, wrong, failed, interrupted int
	// Files of out/ that differ, and of these the ones that a build leaves as they are.
	different, left int
}

// report prints what became of each stack: findings and failures to Err, files that differ to Out.
func (a *app) report(source workspace.Source, outcomes []workspace.Outcome[workspace.Built], check bool) (summary, error) {
	s := summary{stacks: len(outcomes)}
	var findings []diag.Finding
	for _, o := range outcomes {
		findings = append(findings, o.Value.Findings...)
		if o.Value.Wrong && o.Err == nil {
			s.wrong++
		}
		for _, change := range o.Value.Changes {
			if change.Name == outdir.ManifestName && !check {
				continue // it goes with the files that it lists
			}
			a.printChange(path.Join(outFolder, o.Stack, change.Name), change, check, o.Err != nil)
			s.different++
			if change.Kind == outdir.Extra {
				s.left++
			}
		}
		if errors.Is(o.Err, workspace.ErrInterrupted) {
			s.interrupted++
			continue
		}
		if o.Err != nil {
			s.failed++
			tell(a.Err, "matrixgen: stack %s: %v\n", o.Stack, o.Err)
		}
	}
	return s, a.writeText(a.Err, source, diag.Sort(findings))
}

// printChange prints one line per file: with check why it differs, else what the build did with it. A build that failed did nothing.
func (a *app) printChange(file string, change outdir.Change, check, failed bool) {
	switch {
	case change.Kind == outdir.Blocked, change.Kind == outdir.Extra && !check:
		tell(a.Err, "%s: %s: %s\n", file, change.Kind, change.Why)
	case check:
		tell(a.Out, "%s: %s: %s\n", file, change.Kind, change.Why)
	case failed:
	default:
		done := map[outdir.Kind]string{
			outdir.Missing: "created", outdir.Stale: "updated", outdir.Edited: "replaced an edited file", outdir.Removed: "removed",
			outdir.Interrupted: "finished an interrupted build",
		}
		tell(a.Out, "%s: %s\n", file, done[change.Kind])
	}
}

// printOrphans deals with what lies in out/ and belongs to no stack: a build removes what an earlier build wrote there.
func (a *app) printOrphans(source workspace.Source, stacks []string, check bool, s *summary) error {
	orphans, err := source.Orphans(stacks)
	if err != nil {
		return failed(err)
	}
	for _, orphan := range orphans {
		name := path.Join(outFolder, orphan.Name)
		s.different++
		if check || !orphan.Generated {
			s.left++
			w := a.Out
			if !check {
				w = a.Err
			}
			tell(w, "%s: %s: %s\n", name, outdir.Extra, orphan.Why)
			continue
		}
		left, err := outdir.RemoveOrphan(source.Root, outFolder, orphan.Name)
		if err != nil {
			return failed(err)
		}
		tell(a.Out, "%s: removed: its stack is gone\n", name)
		put(a.Err, "if its containers still run, this ends them: git show HEAD:./%s/docker-compose.yml | docker compose -f - down\n", name)
		for _, file := range left {
			s.left++
			tell(a.Err, "%s: extra: nothing generates it; delete it, or move it out of %s/\n", path.Join(name, file), outFolder)
		}
	}
	return nil
}

// exit says how the build ended, in a line for people and an exit code.
func (a *app) exit(s summary, check bool) error {
	switch {
	case s.interrupted > 0:
		return &exitError{code: exitFailed, message: fmt.Sprintf("interrupted: %s of %d not built, their files are the old ones", plural(s.interrupted, "stack"), s.stacks)}
	case s.failed > 0:
		return &exitError{code: exitFailed, message: fmt.Sprintf("%s of %d failed, %d wrong", plural(s.failed, "stack"), s.stacks, s.wrong)}
	case s.wrong > 0:
		return &exitError{code: exitUsage, message: fmt.Sprintf("%s of %d wrong, nothing of it was written", plural(s.wrong, "stack"), s.stacks)}
	case check && s.different > 0:
		hint := "run matrixgen build and commit " + outFolder + "/"
		if s.different == s.left {
			hint = "move or delete what nothing generates"
		}
		return &exitError{code: exitFindings, message: fmt.Sprintf("%s/ is not what the stacks give: %s", outFolder, plural(s.different, "difference")), hint: hint}
	}
	done := outFolder + "/ is up to date"
	switch changed := s.different - s.left; {
	case changed > 0:
		done = plural(changed, "file") + " changed"
	case s.left > 0:
		done = "nothing changed"
	}
	tell(a.Err, "%s, %s\n", plural(s.stacks, "stack"), done)
	return nil
}
