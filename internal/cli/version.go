package cli

import (
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/language"
)

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of matrixgen and the images that it pins by default",
		Example: "  matrixgen version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			reference, err := language.Load()
			if err != nil {
				return failed(err)
			}
			images, err := reference.Images()
			if err != nil {
				return failed(err)
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

var pseudoVersion = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`-(?:0\.)?[0-9]{14}-([0-9a-f]{12})$`) })

// sourceURL returns where the source of this program can be read: the version that was built, the newest one for a work tree.
func sourceURL() string {
	revision := "main"
	version, _, dirty := strings.Cut(ownVersion(), "+")
	if parts := pseudoVersion().FindStringSubmatch(version); parts != nil && !dirty {
		revision = parts[1]
	} else if parts == nil && strings.HasPrefix(version, "v") {
		revision = version
	}
	return "https://github.com/matrixgen/matrixgen/blob/" + revision + "/"
}
