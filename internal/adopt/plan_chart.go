package adopt

import (
	"fmt"
	"slices"
)

// chart returns the parts of the switch where Element's chart runs both before and after: the release stays, and is told other values.
func (p *planner) chart() []Part {
	parts := []Part{p.fetchChart(), p.reviewChart(), p.startChart()}
	return slices.DeleteFunc(parts, func(part Part) bool { return len(part.Commands) == 0 })
}

// fetchChart gets the secrets that only the cluster has.
func (p *planner) fetchChart() Part {
	part := Part{Title: "While the old release runs: get the secrets that no file here shows. The chart made those in the Secret whose name ends in -generated"}
	for _, slot := range p.missing {
		part.Commands = append(part.Commands, fmt.Sprintf("matrixgen secrets set %s %s   # %s", p.stack, slot.Name, slot.What))
	}
	if len(p.missing) > 0 {
		part.Commands = append([]string{"kubectl --namespace NAMESPACE get secrets"}, part.Commands...)
		part.After = "Without them nothing is built: a new signing key, or a new encryption key, would make another server of it."
	}
	return part
}

func (p *planner) reviewChart() Part {
	return Part{Title: "Read what was made, and commit it. The old folder stays as it is, for the way back", Commands: []string{
		"matrixgen build " + p.stack,
		fmt.Sprintf("matrixgen diff %s %s", word(p.answers.Shown), p.stack),
		fmt.Sprintf("git add stacks/%s out/%s && git commit", p.stack, p.stack),
	}, After: "Up to here the old release runs as before. It keeps its volumes only under its own name and in its own namespace: say name and kubernetes.namespace in the stack as helm list --all-namespaces shows them."}
}

func (p *planner) startChart() Part {
	return Part{Title: "Deploy as README.md says: another configuration is another pod", Commands: []string{
		fmt.Sprintf("less out/%s/README.md", p.stack),
		"matrixgen verify " + p.stack,
	}}
}
