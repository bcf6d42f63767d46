package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/lint"
)

func newExplainCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE|FIELD]",
		Short: "Explain a lint rule or a field of a stack, offline; without a name list the rules",
		Example: `  matrixgen explain
  matrixgen explain mas-provider-id-not-ulid
  matrixgen explain identityProvider.claims`,
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
				return a.explainField(args[0])
			}
			fmt.Fprint(a.Out, rule.Page())
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explained(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func ruleNames() []string {
	var names []string
	for _, rule := range lint.All() {
		names = append(names, rule.Name)
	}
	return names
}
