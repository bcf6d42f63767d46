package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// verbs calls judge for every verb of the tree, whoever added it, with the home of the command a repository that holds the stack home.
func verbs(t *testing.T, judge func(t *testing.T, root, verb *cobra.Command)) {
	t.Helper()
	repository := t.TempDir()
	if err := os.MkdirAll(filepath.Join(repository, "stacks", "home"), 0o755); err != nil {
		t.Fatal(err)
	}
	a := &app{dir: repository, color: "auto", compilers: &compile.Pool{}}
	root := newRootCmd(a)
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		t.Run(cmd.CommandPath(), func(t *testing.T) { judge(t, root, cmd) })
		for _, below := range cmd.Commands() {
			if below.Name() != "help" {
				visit(below)
			}
		}
	}
	visit(root)
}

// called finds a call of matrixgen in a line of an example, with its arguments, up to a pipe or a comment.
var called = regexp.MustCompile(`(?m)(?:^|[ (])matrixgen((?: +[^ |>)#;&]+)+)`)

// TestExamples: the help of every verb has an example, in which the verb and its flags are spelt as they are.
func TestExamples(t *testing.T) {
	verbs(t, func(t *testing.T, root, verb *cobra.Command) {
		calls := called.FindAllStringSubmatch(verb.Example, -1)
		if len(calls) == 0 {
			t.Fatal("it has no example")
		}
		for _, call := range calls {
			found, args, err := root.Find(strings.Fields(call[1]))
			if err == nil {
				err = found.ParseFlags(args)
			}
			if err != nil {
				t.Errorf("%s: %v", call[0], err)
			}
			if found != verb && !strings.HasPrefix(found.CommandPath(), verb.CommandPath()) {
				t.Errorf("%s is an example of %s", call[0], found.CommandPath())
			}
		}
	})
}

// listed finds the values that the usage of a flag lists: "colour the output: auto, always or never".
var listed = regexp.MustCompile(`(?:: | as )((?:[a-z0-9-]+, )*[a-z0-9-]+) or ([a-z0-9-]+)`)

// TestFlagsComplete: a flag that lists the values it may have completes them.
func TestFlagsComplete(t *testing.T) {
	lists := 0
	verbs(t, func(t *testing.T, _, verb *cobra.Command) {
		verb.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			list := listed.FindStringSubmatch(flag.Usage)
			if list == nil || flag.Value.Type() == "bool" {
				return
			}
			lists++
			want := append(strings.Split(list[1], ", "), list[2])
			complete, ok := verb.GetFlagCompletionFunc(flag.Name)
			if !ok {
				t.Errorf("--%s does not complete %q", flag.Name, want)
				return
			}
			got, _ := complete(verb, nil, "")
			if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
				t.Errorf("--%s completes %q, and lists %q", flag.Name, got, want)
			}
		})
	})
	if lists < 3 {
		t.Errorf("%d flags list their values: the pattern of this test is out of date", lists)
	}
}

// TestArgumentsComplete: a verb that takes stacks completes those of the repository, one that takes rules the rules.
func TestArgumentsComplete(t *testing.T) {
	verbs(t, func(t *testing.T, _, verb *cobra.Command) {
		for placeholder, want := range map[string]string{"STACK": "home", "RULE": "redirect-uri-mismatch", "FIELD": "hosts.synapse"} {
			if !strings.Contains(verb.Use, placeholder) {
				continue
			}
			if verb.ValidArgsFunction == nil {
				t.Errorf("%s: nothing completes %s", verb.Use, placeholder)
				continue
			}
			if got, _ := verb.ValidArgsFunction(verb, nil, ""); !slices.Contains(got, want) {
				t.Errorf("%s: %s completes %q, want %s among them", verb.Use, placeholder, got, want)
			}
		}
	})
}

// TestManualPages: each verb that help lists has a page, and none of its words is lost on the way into roff.
func TestManualPages(t *testing.T) {
	dir := t.TempDir()
	if exit := Run(t.Context(), []string{"man", dir}, Streams{Out: os.Stdout, Err: os.Stderr}); exit != 0 {
		t.Fatalf("exit code %d", exit)
	}
	words := regexp.MustCompile(`[A-Za-z<>#@/._]+`)
	verbs(t, func(t *testing.T, _, verb *cobra.Command) {
		if verb.Hidden {
			return
		}
		page, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(verb.CommandPath(), " ", "-")+".1"))
		if err != nil {
			t.Fatal(err)
		}
		page = bytes.ReplaceAll(page, []byte(`\`), nil)
		verb.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			for _, word := range words.FindAllString(verb.Short+" "+verb.Long+" "+flag.Usage, -1) {
				if !bytes.Contains(page, []byte(word)) {
					t.Errorf("the page of --%s lacks %q", flag.Name, word)
				}
			}
		})
	})
}
