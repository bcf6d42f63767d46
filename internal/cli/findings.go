package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/release"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// findingFlags choose which findings count and how they are printed.
type findingFlags struct {
	formats             []string
	failOn, severity    string
	onlyRules, ignoring []string
	// checked is what the findings are about; nil if that is not said.
	checked *diag.Checked
	// changed says whether the command line names a flag.
	changed func(flag string) bool
}

var (
	severities     = []string{"error", "warning", "info"}
	findingFormats = []string{"text", "json", "sarif", "github", "gitlab"}
)

func addFindingFlags(cmd *cobra.Command) *findingFlags {
	flags := cmd.Flags()
	f := &findingFlags{changed: flags.Changed}
	flags.StringArrayVar(&f.formats, "format", []string{"text"}, "print findings as text, json, sarif, github or gitlab; `FORMAT=FILE` writes to a file; repeatable")
	flags.StringVar(&f.failOn, "fail-on", "error", "exit 1 on findings of this `SEVERITY` or worse: error, warning or info")
	flags.StringVar(&f.severity, "severity", "info", "show only findings of this `SEVERITY` or worse")
	flags.StringSliceVar(&f.onlyRules, "rule", nil, "check these rules alone")
	flags.StringSliceVar(&f.ignoring, "ignore", nil, "leave these rules out")
	completeFlags(cmd, map[string]func() []string{
		"format": oneOf(findingFormats...), "fail-on": oneOf(severities...), "severity": oneOf(severities...),
		"rule": ruleNames, "ignore": ruleNames,
	})
	return f
}

// wants reports whether a rule is to be checked.
func (f *findingFlags) wants(rule string) bool {
	return !slices.Contains(f.ignoring, rule) && (len(f.onlyRules) == 0 || slices.Contains(f.onlyRules, rule))
}

// rules returns the rules to check, or a usage error for a name that does not exist.
func (f *findingFlags) rules() ([]lint.Rule, error) {
	all := rules.All()
	for _, name := range slices.Concat(f.onlyRules, f.ignoring) {
		if _, ok := rules.ByName(name); !ok {
			return nil, usageError("matrixgen explain lists the rules", "there is no rule %q", name)
		}
	}
	return slices.DeleteFunc(all, func(rule lint.Rule) bool { return !f.wants(rule.Name) }), nil
}

// check returns a usage error for a flag with a value that it cannot have.
func (f *findingFlags) check() error {
	for _, flag := range []struct{ name, value string }{{"fail-on", f.failOn}, {"severity", f.severity}} {
		if !slices.Contains(severities, flag.value) {
			return usageError("", "--%s is %q, want error, warning or info", flag.name, flag.value)
		}
	}
	for _, format := range f.formats {
		name, _, _ := strings.Cut(format, "=")
		if !slices.Contains(findingFormats, name) {
			return usageError("", "--format is %q, want text, json, sarif, github or gitlab", name)
		}
	}
	return nil
}

func severity(name string) diag.Severity {
	return map[string]diag.Severity{"info": diag.Info, "warning": diag.Warning, "error": diag.Error}[name]
}

// shown returns the findings that are severe enough, sorted.
func (f *findingFlags) shown(findings []diag.Finding) []diag.Finding {
	return slices.DeleteFunc(diag.Sort(findings), func(finding diag.Finding) bool { return finding.Severity < severity(f.severity) })
}

// write prints the findings in every format that was asked for; to files alone if something else is printed. The files that they name are in the folder.
func (f *findingFlags) write(ctx context.Context, a *app, folder string, files fs.FS, shown []diag.Finding, filesOnly bool) error {
	var names []string
	if len(shown) > 0 {
		names = ruleNames()
	}
	for i, finding := range shown {
		if slices.Contains(names, finding.Rule) {
			shown[i].URL = lint.URL(finding.Rule)
		}
	}
	for _, format := range f.formats {
		if filesOnly && !strings.Contains(format, "=") {
			continue
		}
		findings := shown
		if name, _, _ := strings.Cut(format, "="); slices.Contains([]string{"sarif", "github", "gitlab"}, name) {
			// Who shows these beside the lines of a file looks for it from the top of the repository.
			findings = below(git.Prefix(ctx, folder), shown)
		}
		if err := f.writeFormat(a, files, format, findings); err != nil {
			return failed(err)
		}
	}
	return nil
}

func (f *findingFlags) writeFormat(a *app, files fs.FS, format string, findings []diag.Finding) (err error) {
	name, path, toFile := strings.Cut(format, "=")
	w := a.Out
	if toFile {
		file, err := os.Create(a.path(path))
		if err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
		defer func() {
			if closed := file.Close(); err == nil {
				err = closed
			}
		}()
		w = file
	}
	switch name {
	case "json":
		return diag.WriteJSON(w, findings, f.checked)
	case "github":
		return diag.WriteGitHub(w, findings)
	case "gitlab":
		return diag.WriteGitLab(w, findings)
	case "sarif":
		return diag.SARIF{Version: release.Built().Version, Home: release.Home, Help: ruleHelp(), Checked: f.checked}.Write(w, findings)
	}
	for _, g := range f.groups(rules.ByHarm(findings)) {
		if g.deployment != "" {
			if err := a.writeHeading(w, "deployment "+g.deployment); err != nil {
				return err
			}
		}
		if err := a.writeText(w, files, g.findings); err != nil {
			return err
		}
	}
	return nil
}

// talks reports whether people read what is printed beside the findings: not if a program reads these.
func (f *findingFlags) talks() bool {
	return !slices.ContainsFunc(f.formats, func(format string) bool { return slices.Contains([]string{"json", "sarif", "gitlab"}, format) })
}

func ruleHelp() []diag.Help {
	var help []diag.Help
	for _, rule := range rules.All() {
		help = append(help, diag.Help{Name: rule.Name, Title: rule.Title, Markdown: rule.Page(), URL: lint.URL(rule.Name), Severity: rule.Severity})
	}
	return help
}

// writeText prints findings for people; on a terminal with colours and the lines of the files that they are in.
func (a *app) writeText(w io.Writer, files fs.FS, findings []diag.Finding) error {
	colored, err := a.colored(w)
	if err != nil {
		return err
	}
	diag.Text{Color: colored, Excerpt: isTerminal(w), Columns: columnsOf(w), Hide: sensitive.MayHoldSecret, Source: func(file string) ([]byte, error) {
		return lookedAt(files, file)
	}}.Write(w, findings)
	return nil
}

// maxLookedAt is how large a file is at most that a finding shows a line of. What is larger is not checked.
const maxLookedAt = 4 << 20

// lookedAt returns the content of a file that a finding is in, and nothing of one that is larger than what is checked.
func lookedAt(files fs.FS, name string) ([]byte, error) {
	if info, err := fs.Stat(files, name); err != nil || info.Size() > maxLookedAt {
		return nil, err
	}
	return fs.ReadFile(files, name)
}
