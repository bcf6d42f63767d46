package cli

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// newManCmd returns the verb for those who package matrixgen; it is not in the list of commands.
func newManCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a folder",
		Long: `man writes a page for each command into the folder, which is created. Pages carry the date
SOURCE_DATE_EPOCH, in seconds since 1970, if that is set.`,
		Example: "  matrixgen man /usr/local/share/man/man1",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := a.path(args[0])
			err := os.MkdirAll(dir, 0o755)
			if err == nil {
				asMarkdown(cmd.Root())
				err = doc.GenManTree(cmd.Root(), &doc.GenManHeader{Source: "matrixgen", Manual: "matrixgen manual"}, dir)
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
}

// asMarkdown makes what a command and those below it say Markdown, which manual pages are made of: <stack> is no HTML there, # no heading.
func asMarkdown(cmd *cobra.Command) {
	cmd.Short, cmd.Long = markdown(cmd.Short), markdown(cmd.Long)
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) { flag.Usage = markdown(flag.Usage) })
	cmd.DisableAutoGenTag = true // no date of the day in the page
	for _, below := range cmd.Commands() {
		asMarkdown(below)
	}
}

// markdown returns a text as Markdown. What is indented is code there already.
func markdown(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "    ") {
			lines[i] = strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`, "#", `\#`).Replace(line)
		}
	}
	return strings.Join(lines, "\n")
}
