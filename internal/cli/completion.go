package cli

import (
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// completeStacks offers the stacks of the repository that the command line does not name yet.
func (a *app) completeStacks(_ *cobra.Command, named []string, _ string) ([]string, cobra.ShellCompDirective) {
	return slices.DeleteFunc(a.stacks(), func(stack string) bool { return slices.Contains(named, stack) }), cobra.ShellCompDirectiveNoFileComp
}

// stacks returns the names of the stacks of the repository, none if there is no repository.
func (a *app) stacks() []string {
	root, err := a.repository()
	if err != nil {
		return nil
	}
	names, _ := compile.Stacks(os.DirFS(root))
	return names
}

// completeSlots offers stacks, and behind one the secrets of it; where there is only one stack, its secrets, too.
func (a *app) completeSlots(_ *cobra.Command, named []string, _ string) ([]string, cobra.ShellCompDirective) {
	stacks := a.stacks()
	switch {
	case len(named) == 0 && len(stacks) == 1:
		return append(stacks, a.slotNames(stacks[0])...), cobra.ShellCompDirectiveNoFileComp
	case len(named) == 0:
		return stacks, cobra.ShellCompDirectiveNoFileComp
	case len(named) == 1 && slices.Contains(stacks, named[0]):
		return a.slotNames(named[0]), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// slotNames returns the names of the secrets of a stack, none if it does not compile.
func (a *app) slotNames(stack string) []string {
	root, err := a.repository()
	if err != nil {
		return nil
	}
	compiler, err := a.compilers.Take()
	if err != nil {
		return nil
	}
	defer a.compilers.Give(compiler)
	deployment, _, err := compiler.Compile(os.DirFS(root), stack)
	if err != nil || deployment == nil {
		return nil
	}
	var names []string
	for _, slot := range deployment.Slots {
		names = append(names, slot.Name)
	}
	return names
}

// completeFlags says for flags which values a shell may complete.
func completeFlags(cmd *cobra.Command, flags map[string]func() []string) {
	for flag, values := range flags {
		complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values(), cobra.ShellCompDirectiveNoFileComp
		}
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // a flag that is not there: our mistake
		}
	}
}

// oneOf completes a flag with fixed values.
func oneOf(values ...string) func() []string { return func() []string { return values } }

// addCompletionCmd adds cobra's verb, which prints a script for each shell, with an example for each.
func addCompletionCmd(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	examples := map[string]string{
		"completion": "  matrixgen completion bash",
		"bash":       "  source <(matrixgen completion bash)   # in ~/.bashrc",
		"zsh":        "  source <(matrixgen completion zsh)    # in ~/.zshrc",
		"fish":       "  matrixgen completion fish > ~/.config/fish/completions/matrixgen.fish",
		"powershell": "  matrixgen completion powershell | Out-String | Invoke-Expression   # in $PROFILE",
	}
	completion, _, _ := root.Find([]string{"completion"})
	for _, cmd := range append(completion.Commands(), completion) {
		cmd.Example = examples[cmd.Name()]
	}
}
