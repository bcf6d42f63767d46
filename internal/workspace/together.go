package workspace

import (
	"fmt"
	"hash/fnv"
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

// claim is something that a stack alone may have, by the sum of its words: there may be ten thousand stacks. Who seems to claim the same is looked at again.
type claim uint64

// claims returns what a stack alone may have: its server name, its compose project, its hosts, its data, its databases, and its ports of machines that are
// known by their address.
func (s *Stack) claims() []claim {
	name, _ := s.Deployment.Synapse.At("server_name").Literal()
	project, _ := s.Compiled.Root("docker-compose.yml").Get("name").Literal()
	all := []string{"server " + strings.ToLower(name), "project " + project}
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
	sums := make([]claim, len(all))
	for i, words := range all {
		sum := fnv.New64a()
		sum.Write([]byte(words))
		sums[i] = claim(sum.Sum64())
	}
	slices.Sort(sums)
	return slices.Clone(slices.Compact(sums))
}

// clashing returns the stacks that claim what another one claims, in the order of the stacks.
func clashing(stacks []string, claims [][]claim) []string {
	owners, clash := map[claim]int{}, make([]bool, len(stacks))
	for i := range stacks {
		for _, c := range claims[i] {
			if owner, isTaken := owners[c]; isTaken {
				clash[owner], clash[i] = true, true
				continue
			}
			owners[c] = i
		}
	}
	var found []string
	for i, stack := range stacks {
		if clash[i] {
			found = append(found, stack)
		}
	}
	return found
}

// lintTogether returns what is wrong with how stacks that clash stand to each other, for each of them, where the operator can act on it, and what is
// suppressed in each. They are loaded again: most stacks have nothing of the kind, and all of them together are more than there is memory for.
func lintTogether(compilers *compile.Pool, files fs.FS, rules []lint.Rule, stacks []string) (findings map[string][]diag.Finding, ignores map[string][]model.Ignore, err error) {
	var claimants []lint.Claimant
	findings, ignores = map[string][]diag.Finding{}, map[string][]model.Ignore{}
	for _, name := range stacks {
		s, err := loadAgain(compilers, files, name)
		if err != nil {
			return nil, nil, err
		}
		claimants = append(claimants, lint.ClaimsOf(rules, s.Deployment))
		ignores[name] = model.Suppressions(s.Deployment)
	}
	for i, found := range lint.RunTogether(claimants) {
		if len(found) == 0 {
			continue
		}
		s, err := loadAgain(compilers, files, claimants[i].Name)
		if err != nil {
			return nil, nil, err
		}
		written, err := s.compiler.Written(s.files, s.Name)
		if err != nil {
			return nil, nil, err
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
	return findings, ignores, nil
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
	stacks, claims := make([]string, len(outcomes)), make([][]claim, len(outcomes))
	for i, o := range outcomes {
		stacks[i], claims[i] = o.Stack, o.Value.claims
	}
	found, ignores, err := lintTogether(b.compilers, b.Source, b.Rules, clashing(stacks, claims))
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
