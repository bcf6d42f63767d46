package cli

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/verify"
	"github.com/matrixgen/matrixgen/internal/workspace"
	"github.com/matrixgen/matrixgen/lint"
)

// verifyFlags say what is asked, and how.
type verifyFlags struct {
	format  string
	resolve []string
	ca      string
	timeout time.Duration
	only    []string
	host    bool
}

// verifyFormats are the formats of verify.
var verifyFormats = []string{"text", "json", "github"}

func newVerifyCmd(a *app) *cobra.Command {
	f := &verifyFlags{}
	cmd := &cobra.Command{
		Use:   "verify [STACK… | DIR]",
		Short: "Ask what runs whether it is what the files say, and whether people can sign in",
		Long: `verify asks a running server what clients, browsers and other servers ask: names and
certificates, how clients find Synapse and MAS, the way to the identity provider up to its
form, what must not be public, federation, calls. What is good follows from the stack, or
from the files of a directory, whoever wrote them. Each finding says what people notice,
and which line decides it.

It needs no credentials and changes nothing: what it sends, a stranger may send. A sign-in is
begun and left. It asks the hosts that the files name, and no others, each question within
a deadline. A question that could not be asked is not a pass: the exit code is 1.

Groups for --only: names, discovery, sign-in, older, trust, closed, federation, qr, calls,
turn, push, versions, host. What a group needs to be asked at all is asked with it.

--host looks at this machine, too, by docker: containers against the files, databases, and
the files of secrets, which it does not read. The proxies of the environment are used, as
by curl.`,
		Example: `  matrixgen verify home
  matrixgen verify /srv/matrix
  matrixgen verify home --only sign-in,older   # after a move to MAS
  matrixgen verify home --resolve matrix.example.org:443:203.0.113.7   # before DNS is changed
  sudo matrixgen verify home --host   # on the machine that it runs on`,
		RunE: func(cmd *cobra.Command, names []string) error {
			options, groups, err := a.verifyOptions(f)
			if err != nil {
				return err
			}
			servers, err := a.servers(cmd.Context(), names)
			if err != nil {
				return err
			}
			return a.verify(cmd.Context(), servers, options, groups, f)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.stacks(), cobra.ShellCompDirectiveDefault // paths, too
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "print findings as text, json or github")
	flags.StringArrayVar(&f.resolve, "resolve", nil, "ask `HOST:PORT:ADDRESS` in place of what DNS says; the address may have a port of its own; repeatable")
	flags.StringVar(&f.ca, "ca", "", "believe certificates of the authorities in `FILE`, too")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Second, "how long one question may take")
	flags.StringSliceVar(&f.only, "only", nil, "ask the questions of these `GROUPS` alone")
	flags.BoolVar(&f.host, "host", false, "look at the containers and files of this machine, too")
	completeFlags(cmd, map[string]func() []string{"format": oneOf(verifyFormats...), "only": groupNames})
	return cmd
}

func groupNames() []string {
	var names []string
	for _, g := range verify.Groups() {
		names = append(names, string(g))
	}
	return names
}

// verifyOptions returns what the flags say.
func (a *app) verifyOptions(f *verifyFlags) (verify.Options, []verify.Group, error) {
	o := verify.Options{Timeout: f.timeout, Proxy: http.ProxyFromEnvironment, Now: time.Now, Page: lint.URL}
	if !slices.Contains(verifyFormats, f.format) {
		return o, nil, usageError("", "--format is %q, want text, json or github", f.format)
	}
	if f.timeout <= 0 {
		return o, nil, usageError("such as --timeout 20s", "--timeout is %s: nobody answers in that time", f.timeout)
	}
	var groups []verify.Group
	for _, name := range f.only {
		if !slices.Contains(groupNames(), name) {
			return o, nil, usageError("the groups are: "+strings.Join(groupNames(), ", "), "there is no group %q", name)
		}
		groups = append(groups, verify.Group(name))
	}
	var err error
	if o.Resolve, err = verify.ParseResolve(f.resolve); err != nil {
		return o, nil, usageError("as in --resolve matrix.example.org:443:203.0.113.7", "%v", err)
	}
	if f.ca != "" {
		text, err := os.ReadFile(a.path(f.ca))
		if err != nil {
			return o, nil, usageError("", "--ca: %v", err)
		}
		if o.Roots, err = verify.Roots(text); err != nil {
			return o, nil, usageError("give a file of certificates in PEM", "--ca %s: %v", f.ca, err)
		}
	}
	return o, groups, nil
}

// servers returns the servers that the arguments name, all stacks without one.
func (a *app) servers(ctx context.Context, names []string) ([]workspace.Server, error) {
	var servers []workspace.Server
	var stacks []string
	known := a.stacks()
	for _, name := range names {
		_, err := os.Stat(a.path(name))
		switch isStack := slices.Contains(known, workspace.StackName(name)); {
		case err != nil && !isStack && strings.ContainsRune(name, filepath.Separator):
			return nil, usageError("give a folder, or the name of a stack", "there is no folder %s", name)
		case err != nil || isStack:
			stacks = append(stacks, name)
			continue
		}
		found, findings, err := workspace.ServersIn(ctx, a.dir, name)
		if err != nil {
			if len(findings) > 0 {
				if err := a.writeText(a.Err, os.DirFS(a.path(name)), findings); err != nil {
					return nil, err
				}
			}
			return nil, failed(err)
		}
		servers = append(servers, found...)
	}
	if len(stacks) == 0 && len(servers) > 0 {
		return servers, nil
	}
	root, err := a.repository()
	if err != nil {
		return nil, err
	}
	if stacks, err = workspace.Stacks(os.DirFS(root), stacks); err != nil {
		return nil, failed(err)
	}
	compiler, err := a.compilers.Take()
	if err != nil {
		return nil, failed(err)
	}
	defer a.compilers.Give(compiler)
	for _, stack := range stacks {
		s, findings, err := workspace.ServerOfStack(compiler, root, stack)
		if err != nil {
			return nil, failed(err)
		}
		if s.Deployment == nil {
			if err := a.writeText(a.Err, os.DirFS(root), diag.Sort(findings)); err != nil {
				return nil, err
			}
			return nil, &exitError{code: exitUsage, message: "stack " + stack + " does not compile"}
		}
		servers = append(servers, s)
	}
	return servers, nil
}

// verify asks all servers and prints what there is to say of all of them.
func (a *app) verify(ctx context.Context, servers []workspace.Server, o verify.Options, groups []verify.Group, f *verifyFlags) error {
	var reports []verifyReport
	good := true
	for _, s := range servers {
		probes := verify.Plan(s.Deployment)
		asksHost := f.host || slices.Contains(groups, verify.Host)
		if asksHost && s.Deployment.InCluster() {
			return usageError("without it, verify asks the public hosts, and kubectl get pods says what runs", "the stack %s runs in a cluster, and --host looks at containers of Docker", s.Name)
		}
		if asksHost {
			machine, err := s.Machine()
			if err != nil {
				return failed(err)
			}
			probes = append(probes, verify.PlanHost(s.Deployment, machine)...)
		}
		probes = verify.Only(probes, groups)
		if len(probes) == 0 {
			return usageError("the groups that it has are those of what its files have", "there is nothing to ask of %s", s.Name)
		}
		results := verify.Run(ctx, probes, o, a.asking(s.Name))
		if ctx.Err() != nil {
			return &exitError{code: exitFailed, message: "interrupted"}
		}
		r := verifyReport{server: s, results: results, findings: s.Place(verify.Findings(results))}
		good = good && !slices.ContainsFunc(results, func(r verify.Result) bool { return r.Status != verify.Passed })
		reports = append(reports, r)
	}
	if err := a.writeVerified(ctx, reports, f.format); err != nil {
		return failed(err)
	}
	if !good {
		return &exitError{code: exitFindings}
	}
	return nil
}
