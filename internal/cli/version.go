package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
)

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of matrixgen and the images that it pins by default",
		Example: "  matrixgen version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			compiler, err := compile.New()
			if err != nil {
				return &exitError{code: exitFailed, message: err.Error()}
			}
			images, err := compiler.DefaultImages()
			if err != nil {
				return &exitError{code: exitFailed, message: err.Error()}
			}
			fmt.Fprintf(a.Out, "matrixgen %s\n", ownVersion())
			for _, image := range images {
				fmt.Fprintf(a.Out, "%s\n", image)
			}
			return nil
		},
	}
}

// ownVersion returns the version of the module that was built, "devel" for a work tree.
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
