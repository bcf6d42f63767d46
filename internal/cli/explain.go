package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/lint/rules"
)

func newExplainCmd(a *app) *cobra.Command {
	var format, list string
	cmd := &cobra.Command{
		Use:   "explain [RULE|FIELD|SECRET|KEY|FILE:LINE|WORDS]",
		Short: "Explain a rule, a field, a secret, a key of upstream, a line of a log or of a generated file",
		Long: `explain prints what is known of a name, offline: a lint rule, a field of a stack, a
secret, or a key of Synapse, MAS, Element Web, Pocket ID or Compose, whole
(matrix.secret) or by its end (max_upload_size): what it takes, what upstream takes
without it, since which version, what another value costs, what a stack writes for it,
and which rules look at it. Without a name it lists the rules; --list has the others,
and words behind it search them.

Words, or a line of a log as it is, lead to the rules whose pages quote it.

Of a line of a file below out/ it says which fields of the stack it comes from, the
operator's own and those by default, by way of which lines of matrixgen's schema, why
it is so, and how to change it. The line is that of the file as a build would write it
now; if the file on disk has something else there, it says so.`,
		Example: `  matrixgen explain
  matrixgen explain mas-provider-id-not-ulid
  matrixgen explain hosts.synapse
  matrixgen explain max_upload_size
  matrixgen explain --list keys retention
  matrixgen explain "503 Unable to introspect the access token"
  matrixgen explain out/home/mas-config.yaml:7`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "json"}, format) {
				return usageError("", "--format is %q, want text or json", format)
			}
			name := strings.Join(args, " ")
			if file, line, ok := a.placeOf(name); ok && list == "" {
				return a.explainLine(file, line, format)
			}
			switch {
			case format != "text":
				return usageError("write the line behind the file: FILE:LINE", "--format %s is for the lines of generated files", format)
			case cmd.Flags().Changed("list"):
				return a.explainList(list, args)
			case name == "":
				return a.explainList("rules", nil)
			}
			return a.explainName(name)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			if files := a.generatedFiles(begun); len(files) > 0 {
				return files, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
			}
			return a.explained(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "print where a line comes from as `FORMAT`: text or json")
	cmd.Flags().StringVar(&list, "list", "", "list what there is of a `KIND`: rules, fields, secrets or keys")
	completeFlags(cmd, map[string]func() []string{"format": oneOf("text", "json"), "list": oneOf("rules", "fields", "secrets", "keys")})
	return cmd
}

// placeOf takes FILE:LINE apart. A line of a log may end in a port.
func (a *app) placeOf(arg string) (file string, line int, ok bool) {
	if file, line, ok = splitPlace(arg); ok && strings.ContainsAny(file, " \t") {
		_, err := os.Stat(filepath.Join(a.dir, file))
		ok = err == nil
	}
	return file, line, ok
}

func ruleNames() []string {
	var names []string
	for _, rule := range rules.All() {
		names = append(names, rule.Name)
	}
	return names
}
