package rules

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// imageReferenceWrong: images that nobody builds any more, and tags that nobody pushes.
func imageReferenceWrong() lint.Rule {
	return lint.Rule{
		Name:      "image-reference-wrong",
		Severity:  diag.Error,
		Documents: "compose",
		Title:     "the image is dead, frozen, or has no such tag",
		Why: "Synapse and MAS moved from matrix-org to element-hq in 2024; the old registry still serves what was there then, without a " +
			"security fix since. A tag that is written wrong cannot be pulled.",
		Sees: "a server from 2024; or manifest unknown",
		Before: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/matrix-org/matrix-authentication-service:0.10.0
    volumes:
      - ./mas:/config:ro
    environment:
      MAS_CONFIG: /config/config.yaml
`,
		After: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas:/config:ro
    environment:
      MAS_CONFIG: /config/config.yaml
`,
		Source: []string{
			"element-hq/matrix-authentication-service .github/workflows/build.yaml",
			"element-hq/synapse .github/workflows/docker.yml",
		},
		Check: checkImageReference,
	}
}

func checkImageReference(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		if !s.Image.Known || s.Node.Get("build").IsSet() {
			continue
		}
		if problem, hint := imageProblem(s.Image); problem != "" {
			report(diag.Finding{Position: s.Image.Position, Message: problem, Hint: hint})
		}
	}
}

// Tags of versions that are written in a way that a product does not have.
var (
	tagWithV    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^v\d+(\.\d+)*(-|$)`) })
	tagWithoutV = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d+\.\d+(\.\d+)?(rc\d+)?$`) })
	shortTag    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^v\d+(\.\d+)?$`) })
)

// imageProblem returns what is wrong with a reference, and what to write instead.
func imageProblem(image model.Image) (problem, hint string) {
	switch repository := strings.TrimPrefix(image.Repository, "docker.io/"); repository {
	case "ghcr.io/matrix-org/synapse", "ghcr.io/matrix-org/matrix-authentication-service":
		return fmt.Sprintf("%s is frozen since 2024: this pulls a server without the security fixes since", image.Repository),
			"write " + strings.Replace(repository, "matrix-org", "element-hq", 1) + " with a current tag"
	case "ghcr.io/element-hq/matrix-authentication-service":
		if image.Digest == "" && tagWithV().MatchString(image.Tag) {
			return fmt.Sprintf("there is no image with the tag %s: those of MAS have no v", image.Tag), "write " + image.Tag[1:]
		}
	case "ghcr.io/element-hq/synapse", "matrixdotorg/synapse":
		switch {
		case image.Digest != "":
		case tagWithoutV().MatchString(image.Tag):
			return fmt.Sprintf("there is no image with the tag %s: those of Synapse begin with a v", image.Tag), "write the whole version, as in v1.157.1"
		case shortTag().MatchString(image.Tag):
			return fmt.Sprintf("there is no image with the tag %s: those of Synapse have all three numbers", image.Tag), "write the whole version, as in v1.157.1"
		}
	}
	if image.Base() == "sliding-sync" || image.Base() == "sliding-sync-proxy" {
		return "the sliding sync proxy is dead: Synapse does it itself since 1.114, and clients no longer ask for the proxy",
			"remove the service, its database, and org.matrix.msc3575.proxy from the well-known document"
	}
	return "", ""
}
