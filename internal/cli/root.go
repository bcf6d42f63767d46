// Package cli is the command line: one file per verb, which is flags, one call of the workspace, and printing.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/release"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// Streams are where a command writes: results to Out, talk to Err.
type Streams struct {
	Out, Err io.Writer
}

// app is what every verb shares.
type app struct {
	Streams
	dir       string // -C
	color     string // --color
	compilers *compile.Pool
}

// directory is the folder that a command works in. As in git, each -C is relative to the one before.
type directory string

func (d *directory) String() string { return string(*d) }

func (d *directory) Type() string { return "DIR" }

// Set is called for each -C in order. An empty one changes nothing.
func (d *directory) Set(name string) error {
	if filepath.IsAbs(name) {
		*d = directory(name)
	} else {
		*d = directory(filepath.Join(string(*d), name))
	}
	return nil
}

// path returns where a file that the command line names is.
func (a *app) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.dir, name)
}

// Run executes the command line and returns the exit code.
func Run(ctx context.Context, args []string, streams Streams) int {
	return RunWith(ctx, &compile.Pool{}, args, streams)
}

// RunWith is [Run] with compilers that other commands of the process use, too: many a command takes less time than to make one.
func RunWith(ctx context.Context, compilers *compile.Pool, args []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	a := &app{Streams: streams, dir: ".", compilers: compilers}
	root := newRootCmd(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitClean
	}
	// What cobra itself refuses (an unknown verb or flag) is wrong usage; verbs say their own code.
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{code: exitUsage, message: err.Error(), hint: "matrixgen --help lists the commands"}
	}
	a.say(exit)
	return exit.code
}

// endAtOnce lets a signal end the process. Verbs that write nothing call it: they have nothing to bring to an end.
func endAtOnce() { signal.Reset(os.Interrupt, syscall.SIGTERM) }

// say prints why a command ended; nil is no reason.
func (a *app) say(exit *exitError) {
	if exit != nil && exit.message != "" {
		tell(a.Err, "matrixgen: %s\n", exit.message)
	}
	if exit != nil && exit.hint != "" {
		tell(a.Err, "hint: %s\n", exit.hint)
	}
}

func newRootCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "matrixgen",
		Short: "Compile one CUE description of a self-hosted Matrix server into the files its services read",
		Long: `matrixgen compiles a stack, one CUE description of a self-hosted Matrix server
(Synapse, Matrix Authentication Service, Element Web, Postgres, Traefik, Pocket ID),
into out/<stack>/: docker-compose.yml, mas-config.yaml, synapse-config.yaml, the
Element configuration and what goes with them, to be committed and reviewed.

It works from any directory inside the repository: the nearest folder above that
holds stacks/ is its root.`,
		Example: `  matrixgen build            # compile every stack, lint it, write out/
  matrixgen explain smtp     # what a stack may say about mail`,
		Version:       release.Built().Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if info, err := os.Stat(a.dir); err != nil || !info.IsDir() {
				return usageError("", "%s is not a directory", a.dir)
			}
			_, err := a.colored(a.Err)
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetVersionTemplate("matrixgen {{.Version}}\n")
	cmd.SetOut(a.Out)
	cmd.SetErr(a.Err)
	flags := cmd.PersistentFlags()
	flags.VarP((*directory)(&a.dir), "directory", "C", "run as if started in `DIR`; repeatable, each relative to the one before")
	flags.StringVar(&a.color, "color", "auto", "colour the output: auto, always or never")
	cmd.AddCommand(newInitCmd(a), newBuildCmd(a), newDiffCmd(a), newAdoptCmd(a), newUpgradeCmd(a), newLintCmd(a), newGraphCmd(a), newVerifyCmd(a), newIDPCmd(a), newExplainCmd(a), newSecretsCmd(a), newVersionCmd(a), newManCmd(a))
	addCompletionCmd(cmd)
	completeFlags(cmd, map[string]func() []string{"color": oneOf("auto", "always", "never")})
	if err := cmd.MarkPersistentFlagDirname("directory"); err != nil {
		panic(err) // a flag that is not there: our mistake
	}
	return cmd
}

// repository returns the nearest folder, from -C upwards, that holds stacks/.
func (a *app) repository() (string, error) {
	root, err := workspace.Root(a.dir)
	return root, failed(err)
}

// colored says whether the stream gets colours: NO_COLOR (https://no-color.org) and --color decide, else whether it is a terminal.
func (a *app) colored(w io.Writer) (bool, error) {
	switch a.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return os.Getenv("NO_COLOR") == "" && isTerminal(w), nil
	}
	return false, usageError("", "--color is %q, want auto, always or never", a.color)
}

func plural(n int, one string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	if strings.HasSuffix(one, "y") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(one, "y"))
	}
	return fmt.Sprintf("%d %ss", n, one)
}
