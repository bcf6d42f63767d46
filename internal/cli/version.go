package cli

import (
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/release"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

func newVersionCmd(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of matrixgen, the images that it pins by default, and what it knows of upstream",
		Long: `version prints the version of matrixgen, "devel" for one that was built of no tag, the
images that a stack pins by default, and up to which version of each product it knows every
setting, or what its releases bring. matrixgen --version prints the first line alone.`,
		Example: `  matrixgen version
  matrixgen version --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{"text", "json"}, format) {
				return usageError("", "--format is %q, want text or json", format)
			}
			return a.printVersion(format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "print as `FORMAT`: text or json")
	completeFlags(cmd, map[string]func() []string{"format": oneOf("text", "json")})
	return cmd
}

// versionReport is what version prints as JSON, of the stable form matrixgen/version/v1.
type versionReport struct {
	Schema  string `json:"schema"`
	Version string `json:"version"`
	// Commit is absent if Go built without Git, and Home if nobody has said where this matrixgen is published.
	Commit  string   `json:"commit,omitempty"`
	Changed bool     `json:"changed"`
	Home    string   `json:"home,omitempty"`
	Go      string   `json:"go"`
	System  string   `json:"system"`
	Images  []string `json:"images"`
	// Knows is by product the newest version of which every setting is known.
	Knows []knownVersion `json:"knows"`
	// Releases are by product the newest of which it is known what they break, ask and close.
	Releases []knownVersion `json:"releases"`
}

type knownVersion struct {
	Product string `json:"product"`
	UpTo    string `json:"upTo"`
}

func (a *app) printVersion(format string) error {
	images, err := language.Images()
	if err != nil {
		return failed(err)
	}
	known, err := knownVersions()
	if err != nil {
		return failed(err)
	}
	releases, err := knownReleases()
	if err != nil {
		return failed(err)
	}
	built := release.Built()
	if format == "json" {
		encoder := json.NewEncoder(a.Out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(versionReport{"matrixgen/version/v1", built.Version, built.Commit, built.Changed, release.Home, built.Go, built.System + "/" + built.Machine, images, known, releases})
	} else {
		lines := append([]string{"matrixgen " + built.Version}, images...)
		for _, k := range known {
			lines = append(lines, "knows "+k.Product+" up to "+k.UpTo)
		}
		for _, r := range releases {
			if !slices.ContainsFunc(known, func(k knownVersion) bool { return k.Product == r.Product }) {
				lines = append(lines, "knows the releases of "+r.Product+" up to "+r.UpTo)
			}
		}
		for _, line := range lines {
			if err = put(a.Out, "%s\n", line); err != nil {
				break
			}
		}
	}
	return failed(err)
}

// knownVersions says up to which version the tables of upstream's settings hold.
func knownVersions() ([]knownVersion, error) {
	var known []knownVersion
	for _, product := range []struct{ name, folder string }{{"Synapse", "synapse"}, {"MAS", "mas"}, {"Element Web", "element"}, {"Pocket ID", "pocketid"},
		{"LiveKit", "livekit"}, {"lk-jwt-service", "lkjwt"}, {"Traefik", "traefik"}} {
		version, err := format.Knows(product.folder)
		if err != nil {
			return nil, err
		}
		known = append(known, knownVersion{product.name, version})
	}
	return known, nil
}

// knownReleases says up to which release of a product it is known what they bring.
func knownReleases() ([]knownVersion, error) {
	products, err := upstream.Newests()
	var known []knownVersion
	for _, p := range products {
		known = append(known, knownVersion{p.Title, p.Version})
	}
	return known, err
}
