package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
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
			date, err := dateOfPages()
			if err != nil {
				return failed(err)
			}
			dir := a.path(args[0])
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return failed(err)
			}
			return failed(writePages(cmd.Root(), dir, date))
		},
	}
}

func dateOfPages() (time.Time, error) {
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0), nil
}

// writePages writes the page of a command, and those of the commands below it.
func writePages(cmd *cobra.Command, dir string, date time.Time) error {
	for _, below := range subcommands(cmd) {
		if err := writePages(below, dir, date); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, pageName(cmd)+".1"), []byte(manPage(cmd, date)), 0o644)
}

// subcommands returns the commands below one that help lists.
func subcommands(cmd *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(cmd.Commands()), func(c *cobra.Command) bool { return !c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() })
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage returns the page of a command in the macros of man(7). They are as short as the Markdown that a library would make them of, and without that
// library no verb starts its parser.
func manPage(cmd *cobra.Command, date time.Time) string {
	cmd.InitDefaultHelpFlag()
	var page strings.Builder
	page.WriteString(fmt.Sprintf(".nh\n.TH %q \"1\" %q \"matrixgen\" \"matrixgen manual\"\n", strings.ToUpper(pageName(cmd)), date.Format("Jan 2006")))
	section := func(title, text string) {
		if text != "" {
			page.WriteString("\n.SH " + title + "\n" + text + "\n")
		}
	}
	section("NAME", pageName(cmd)+" - "+roff(cmd.Short)+"\n")
	section("SYNOPSIS", `\fB`+roff(cmd.UseLine())+`\fP`+"\n")
	section("DESCRIPTION", paragraphs(cmd.Long))
	section("OPTIONS", manFlags(cmd.NonInheritedFlags()))
	section("OPTIONS INHERITED FROM PARENT COMMANDS", manFlags(cmd.InheritedFlags()))
	section("EXAMPLE", ".EX\n"+roff(cmd.Example)+"\n.EE\n")
	var also []string
	if cmd.HasParent() {
		also = append(also, `\fB`+pageName(cmd.Parent())+`(1)\fP`)
	}
	for _, below := range subcommands(cmd) {
		also = append(also, `\fB`+pageName(below)+`(1)\fP`)
	}
	section("SEE ALSO", strings.Join(also, ", "))
	return page.String()
}

// paragraphs sets a text. What is indented in it is code.
func paragraphs(text string) string {
	var set []string
	for i, part := range strings.Split(strings.TrimSpace(text), "\n\n") {
		switch code, indented := strings.CutPrefix(part, "\t"); {
		case indented:
			set = append(set, ".EX\n"+roff(strings.ReplaceAll(code, "\n\t", "\n"))+"\n.EE\n")
		case i == 0:
			set = append(set, roff(part)+"\n")
		default:
			set = append(set, ".PP\n"+roff(part)+"\n")
		}
	}
	return strings.Join(set, "\n")
}

func manFlags(flags *pflag.FlagSet) string {
	var set []string
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden || flag.Deprecated != "" {
			return
		}
		name := `\fB--` + flag.Name + `\fP`
		if flag.Shorthand != "" {
			name = `\fB-` + flag.Shorthand + `\fP, ` + name
		}
		value := "=" + flag.DefValue
		if flag.Value.Type() == "string" {
			value = fmt.Sprintf("=%q", flag.DefValue)
		}
		if flag.NoOptDefVal != "" {
			value = "[" + value + "]"
		}
		set = append(set, name+roff(value)+"\n\t"+roff(flag.Usage)+"\n")
	})
	return strings.Join(set, "\n.PP\n")
}

var inBackticks = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("`([^`]*)`") })

// roff returns a text in which nothing is a request of roff. What stands between backticks is bold.
func roff(text string) string {
	text = inBackticks().ReplaceAllString(strings.ReplaceAll(text, `\`, `\\`), `\fB$1\fR`)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
