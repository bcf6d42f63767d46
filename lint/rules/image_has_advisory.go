package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
	"github.com/matrixgen/matrixgen/lint"
)

// imageHasAdvisory: a pin keeps a hole, too.
func imageHasAdvisory() lint.Rule {
	const compose = "-- compose.yaml --\nservices:\n  element:\n    image: ghcr.io/element-hq/element-web:%s\n"
	return lint.Rule{
		Name:      "image-has-advisory",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "compose",
		Title:     "the image has a hole that a newer one closes",
		Why: "A pinned image does not change, and keeps its holes. The ones that upstream has published of Synapse, MAS, Element Web, Hookshot, coturn, Prometheus, Alertmanager " +
			"and Grafana are known here, with the release that closes each.",
		Sees:   "nothing, until somebody uses it",
		Before: fmt.Sprintf(compose, "v1.11.100"),
		After:  fmt.Sprintf(compose, "v1.12.26"),
		Source: []string{
			"https://github.com/element-hq/synapse/security/advisories",
			"https://github.com/element-hq/matrix-authentication-service/security/advisories",
			"https://github.com/element-hq/element-web/security/advisories",
			"https://github.com/matrix-org/matrix-hookshot/security/advisories",
			"https://github.com/coturn/coturn/security/advisories",
			"https://github.com/prometheus/prometheus/security/advisories",
			"https://grafana.com/security/security-advisories/",
		},
		Check: checkImageHasAdvisory,
	}
}

func checkImageHasAdvisory(d *model.Deployment, report func(diag.Finding)) {
	var found []diag.Finding // one for each release in a file: workers run that of the main process
	note := func(f diag.Finding) {
		same := slices.IndexFunc(found, func(other diag.Finding) bool {
			return other.Message == f.Message && other.Position.File == f.Position.File
		})
		if same < 0 || isMeantAdvisory(d, f.Position) {
			found = append(found, f)
			return
		}
		found[same].Related = append(found[same].Related, diag.Related{Position: f.Position, Message: "so has this one"})
	}
	for _, s := range d.Services {
		product, err := upstream.Of(upstream.ProductOf(s))
		frozen := strings.Contains(s.Image.Repository, "matrix-org/") // what closes the hole is not there: another rule says where it is
		if err == nil && product != nil && !frozen {                  // that the facts can be read is tested where they are
			checkAdvisories(s, product, note)
		}
	}
	for _, f := range found {
		report(f)
	}
}

// isMeantAdvisory says that a suppression of the rule speaks of the line: whoever meant that one need not mean the others.
func isMeantAdvisory(d *model.Deployment, at diag.Position) bool {
	return slices.ContainsFunc(model.Suppressions(d), func(ignore model.Ignore) bool { return ignore.Rule == "image-has-advisory" && ignore.Covers(at) })
}

// packaged matches what coturn itself appends to the release of an image: 4.17.0-r0-alpine.
var packaged = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^r[0-9]+(-(alpine|debian))?$`) })

// checkAdvisories reports the holes of an image, all in one finding: one upgrade closes them.
func checkAdvisories(s *model.Service, product *upstream.Product, report func(diag.Finding)) {
	if _, kind, some := strings.Cut(s.Image.Release(), "-"); some && kind != "debug" && !strings.HasPrefix(kind, "rc") && !packaged().MatchString(kind) {
		return // somebody built it on his own, and may have mended it
	}
	var open []upstream.Advisory
	for _, a := range product.Advisories {
		if a.Affects(s.Image.Version()) {
			open = append(open, a)
		}
	}
	if len(open) == 0 {
		return
	}
	worst := slices.MaxFunc(open, func(a, b upstream.Advisory) int { return a.Rank() - b.Rank() })
	named := worst.ID
	if worst.Severity != "" {
		named += " (" + worst.Severity + ")"
	}
	message := fmt.Sprintf("%s %s has a known hole: %s", s.Image.Base(), s.Image.Release(), named)
	if len(open) > 1 {
		message = fmt.Sprintf("%s %s has %d known holes, the worst of which is %s", s.Image.Base(), s.Image.Release(), len(open), named)
	}
	report(diag.Finding{
		Position: s.Image.Position,
		Message:  message,
		Hint:     fmt.Sprintf("take %s or newer; see %s", open[len(open)-1].Fixed, worst.Source),
	})
}
