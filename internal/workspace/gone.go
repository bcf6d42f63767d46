package workspace

import (
	"fmt"
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// names returns the stacks of a side, sorted.
func (s Side) names() []string {
	all := slices.Concat(s.Written, s.Built)
	slices.Sort(all)
	return slices.Compact(all)
}

// lacks returns the stacks that the side has not.
func (s Side) lacks(stacks []string) []string {
	have := s.names()
	return slices.DeleteFunc(slices.Clone(stacks), func(name string) bool { return slices.Contains(have, name) })
}

// Renamed returns for new stacks which of those that are gone each was: the one of the same server. A folder's name is that of the
// project, unless the stack says another, so that most renamings leave all data behind.
func Renamed(compiler *compile.Compiler, old, new Side) (map[string]string, error) {
	was := map[string]string{}
	gone := new.lacks(old.names())
	if len(gone) == 0 {
		return was, nil
	}
	servers := map[string]string{}
	for _, name := range gone {
		state, err := old.load(compiler, name)
		if err != nil {
			return nil, err
		}
		if server := state.serverName(); server != "" {
			servers[server] = name
		}
	}
	for _, name := range old.lacks(new.names()) {
		state, err := new.load(compiler, name)
		if err != nil {
			return nil, err
		}
		if before := servers[state.serverName()]; before != "" {
			was[name] = before
			delete(servers, state.serverName())
		}
	}
	return was, nil
}

// serverName returns the server name of a stack, or "".
func (s state) serverName() string {
	if s.deployment == nil {
		return ""
	}
	name, _ := s.deployment.Synapse.At("server_name").Literal()
	return name
}

// lintGone says of stacks that are gone, and have no other name now, that nothing mounts their data any more. The settings acknowledge it, since
// the stack can no longer.
func lintGone(compiler *compile.Compiler, rules []lint.Rule, old Side, gone []string, now []model.Acknowledgement) ([]diag.Finding, error) {
	const rule = "data-volume-changed"
	var findings []diag.Finding
	for _, name := range gone {
		state, err := old.load(compiler, name)
		if err != nil {
			return nil, err
		}
		if state.deployment == nil || !slices.ContainsFunc(rules, func(r lint.Rule) bool { return r.Name == rule }) {
			continue
		}
		f := diag.Finding{
			Rule: rule, Severity: diag.Error, Subject: name, Position: diag.Position{File: path.Join(compile.StacksFolder, name)},
			Message: fmt.Sprintf("the stack %s is gone: nothing mounts the data of %s any more, and its containers go on running", name, state.serverName()),
			Hint: fmt.Sprintf("bring it back; if another stack takes its place, keep its project there with name; if nobody needs it, back up its data, and run docker compose -f %s down before the file goes",
				path.Join(OutFolder, name, "docker-compose.yml")),
		}
		told := map[string]bool{}
		for _, s := range state.deployment.Services {
			for _, m := range container.DataMounts(state.deployment, s) {
				if told[m.Where] || !container.RunsImage(s) || compile.Derived(m.Position) {
					continue
				}
				told[m.Where] = true
				m.Position.File = path.Join(OutFolder, name, m.Position.File)
				f.Related = append(f.Related, diag.Related{Position: m.Position, Message: "the data of " + s.Name})
			}
		}
		findings = append(findings, at(old.Name, f))
	}
	before, _, err := compile.ReadSettings(old)
	if err != nil {
		return nil, err
	}
	return lint.AcknowledgeIn(compile.SettingsFile, rules, findings, before.Acknowledged, now), nil
}
