package rules

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// healthAsked matches a command that asks for /health.
var healthAsked = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:curl|wget)\b.*?(https?://[^\s"'|;)]+/health)(?:["'\s|;)]|$)`)
})

// reportHealthCommands reports commands that ask MAS for /health, where no listener serves it.
func reportHealthCommands(d *model.Deployment, report func(diag.Finding)) {
	for _, line := range container.ShellLinesWith(d, "/health") {
		match := healthAsked().FindStringSubmatchIndex(line.Text)
		if match == nil {
			continue
		}
		u, err := url.Parse(line.Text[match[2]:match[3]])
		if err != nil || !isHostOfMAS(d, u.Hostname()) {
			continue
		}
		report(diag.Finding{
			Severity: diag.Warning,
			Position: line.Position(match[2]),
			Message:  "MAS answers 404: none of its listeners serves health",
			Hint:     resourceHint("health") + " that is not public, and ask that one",
			Related:  []diag.Related{{Position: d.MAS.At("http").KeyPosition("listeners"), Message: "MAS's listeners"}},
		})
	}
}

// isHostOfMAS reports whether a host is the one of MAS's public address, or one of its services.
func isHostOfMAS(d *model.Deployment, host string) bool {
	if base, known := matrix.PublicBase(d); known && strings.EqualFold(base.Hostname(), host) {
		return true
	}
	s := d.Service(host)
	return s != nil && s.Product == "mas"
}
