package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/lint/rules"
)

func newExplainCmd(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "explain [RULE|FIELD|FILE:LINE]",
		Short: "Explain a lint rule, a field of a stack, or where a line of a generated file comes from",
		Long: `explain prints the page of a lint rule or of a field of a stack, offline; without a
name it lists the rules. A setting of upstream is named as a stack writes it, below
override: what it takes, what upstream takes without it, and since which version.

Of a line of a file below out/ it says which fields of the stack it comes from, the
operator's own and those by default, by way of which lines of matrixgen's schema, why
it is so, and how to change it. The line is that of the file as a build would write it
now; if the file on disk has something else there, it says so.`,
		Example: `  matrixgen explain
  matrixgen explain mas-provider-id-not-ulid
  matrixgen explain identityProvider.claims
  matrixgen explain override.synapse.max_upload_size
  matrixgen explain out/home/mas-config.yaml:7`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "json"}, format) {
				return usageError("", "--format is %q, want text or json", format)
			}
			if len(args) == 1 {
				if file, line, ok := splitPlace(args[0]); ok {
					return a.explainLine(file, line, format)
				}
			}
			if format != "text" {
				return usageError("write the line behind the file: FILE:LINE", "--format %s is for the lines of generated files", format)
			}
			return a.explainName(args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			if files := a.generatedFiles(begun); len(files) > 0 {
				return files, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
			}
			return explained(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "print where a line comes from as `FORMAT`: text or json")
	completeFlags(cmd, map[string]func() []string{"format": oneOf("text", "json")})
	return cmd
}

// explainName prints the page of a rule or of a field, or the list of all rules.
func (a *app) explainName(args []string) error {
	if len(args) == 0 {
		for _, rule := range rules.All() {
			tell(a.Out, "%-36s %-8s %s\n", rule.Name, rule.Severity, rule.Title)
		}
		return nil
	}
	rule, ok := rules.ByName(args[0])
	switch {
	case ok:
		tellPage(a.Out, rule.Page())
		return nil
	case strings.ContainsAny(args[0], `/\`):
		return usageError("write the line behind the file: "+args[0]+":1", "%s says no line", args[0])
	}
	return a.explainField(args[0])
}

func ruleNames() []string {
	var names []string
	for _, rule := range rules.All() {
		names = append(names, rule.Name)
	}
	return names
}
