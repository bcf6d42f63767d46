package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/suggest"
	"github.com/matrixgen/matrixgen/lint"
)

func newExplainCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Explain a lint rule, offline; without a name list them all",
		Example: `  matrixgen explain
  matrixgen explain mas-provider-id-not-ulid`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, rule := range lint.All() {
					fmt.Fprintf(a.Out, "%-36s %-8s %s\n", rule.Name, rule.Severity, rule.Title)
				}
				return nil
			}
			rule, ok := lint.ByName(args[0])
			if !ok {
				return usageError(nearestRule(args[0]), "there is no rule %q", args[0])
			}
			fmt.Fprint(a.Out, rule.Page())
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func nearestRule(name string) string {
	if nearest := suggest.Nearest(name, ruleNames()); nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "matrixgen explain lists the rules"
}

func ruleNames() []string {
	var names []string
	for _, rule := range lint.All() {
		names = append(names, rule.Name)
	}
	return names
}
