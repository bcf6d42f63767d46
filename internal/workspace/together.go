package workspace

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/lint"
)

// claims returns what a stack alone may have, in words that are the same for who claims the same: its server name, its compose project, its hosts,
// its data, its databases, and its ports of machines that are known by their address.
func (s *Stack) claims() []string {
	name, _ := s.Deployment.Synapse.At("server_name").Literal()
	project, _ := s.Compiled.Root("docker-compose.yml").Get("name").Literal()
	all := []string{"server " + name, "project " + project}
	for _, route := range s.Deployment.Routes {
		if route.Matcher == nil {
			continue
		}
		for _, host := range route.Matcher.Hosts() {
			all = append(all, "host "+strings.ToLower(host))
		}
	}
	for _, service := range s.Deployment.Services {
		for _, m := range container.DataMounts(s.Deployment, service) {
			all = append(all, "data "+container.OnMachine(s.Deployment, m))
		}
	}
	mas, synapse := s.Deployment.MAS.At("database"), s.Deployment.Synapse.At("database", "args")
	for _, database := range [][2]*model.Node{{mas.Get("host"), mas.Get("database")}, {synapse.Get("host"), synapse.Get("dbname")}} {
		host, _ := database[0].Literal()
		name, _ := database[1].Literal()
		all = append(all, "database "+strings.ToLower(host)+" "+name)
	}
	for _, port := range matrix.MachinePorts(s.Deployment) {
		all = append(all, "port "+port.String())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lintTogether returns what is wrong with how stacks stand to each other, for each stack, where the operator can act on it. To tell the place, the
// stack is loaded again: most have nothing of the kind, and all of them together are more than there is memory for.
func lintTogether(compilers *compile.Pool, files fs.FS, claimants []lint.Claimant) (map[string][]diag.Finding, error) {
	findings := map[string][]diag.Finding{}
	for i, found := range lint.RunTogether(claimants) {
		if len(found) == 0 {
			continue
		}
		s, err := loadAgain(compilers, files, claimants[i].Name)
		if err != nil {
			return nil, err
		}
		written, err := s.compiler.Written(s.files, s.Name)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			// Every route of a stack is derived at one place of the schema: the one that is meant has the host in it.
			names := func(document string, path []string) bool {
				text, known := follow(s.Compiled.Document(document).Root, path).Literal()
				return known && strings.Contains(text, f.Subject)
			}
			// Of several fields that one is meant that says it.
			said := func(path []string) bool {
				text, known := follow(written, path).Literal()
				return known && f.Subject != "" && strings.Contains(text, f.Subject)
			}
			findings[s.Name] = append(findings[s.Name], s.place([]diag.Finding{f}, provenance.Sieve{Value: names, Field: said})...)
		}
	}
	return findings, nil
}

// loadAgain returns a stack that compiles.
func loadAgain(compilers *compile.Pool, files fs.FS, name string) (*Stack, error) {
	compiler, err := compilers.Take()
	if err != nil {
		return nil, err
	}
	defer compilers.Give(compiler)
	s, findings, err := Load(compiler, files, name)
	if err == nil && s == nil {
		err = fmt.Errorf("stack %s was changed meanwhile: %s", name, findings[0].Message)
	}
	return s, err
}

// alone returns the rules that look at one stack. What is suppressed of the others is known when all stacks are.
func alone(rules []lint.Rule) []lint.Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r lint.Rule) bool { return r.Claims != nil })
}

// addClashes adds to the outcomes of a build what is wrong between stacks. Most builds have nothing of the kind, and know that by the claims alone.
func (b *Builder) addClashes(outcomes []Outcome[Built]) error {
	owners := map[string][]string{}
	for _, o := range outcomes {
		for _, claim := range o.Value.claims {
			owners[claim] = append(owners[claim], o.Stack)
		}
	}
	clashing := map[string]bool{}
	for _, names := range owners {
		if len(names) > 1 {
			for _, name := range names {
				clashing[name] = true
			}
		}
	}
	if len(clashing) == 0 {
		return nil
	}
	var claimants []lint.Claimant
	ignores := map[string][]model.Ignore{}
	for _, o := range outcomes {
		if !clashing[o.Stack] {
			continue
		}
		s, err := loadAgain(b.compilers, b.Source, o.Stack)
		if err != nil {
			return err
		}
		claimants = append(claimants, lint.ClaimsOf(b.Rules, s.Deployment))
		ignores[o.Stack] = model.Suppressions(s.Deployment)
	}
	found, err := lintTogether(b.compilers, b.Source, claimants)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if len(found[o.Stack]) == 0 {
			continue
		}
		here := lint.Suppress(b.Rules, nil, found[o.Stack], append(ignores[o.Stack], b.Ignores...))
		outcomes[i].Value.Findings = append(outcomes[i].Value.Findings, here...)
		if o.Value.Wrong || diag.Count(here, diag.Error) > 0 {
			outcomes[i].Value.Wrong, outcomes[i].Value.Changes = true, nil // nothing of it is written
		}
	}
	return nil
}
