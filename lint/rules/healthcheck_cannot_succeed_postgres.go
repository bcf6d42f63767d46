package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// bareVariable matches an option of pg_isready whose value is a variable without quotes, which the container's shell fills in.
var bareVariable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\s(-[dU]|--dbname|--username) +\$\$?(?:\{(\w+)\}|(\w+))`)
})

// reportReadyTest reports a test of Postgres that asks with a variable that its container does not have: pg_isready takes the next option for the value, and
// what follows is one argument too many. The variables that the image sets by itself are those of its entrypoint alone.
func reportReadyTest(d *model.Deployment, s *model.Service, test *model.Node, command string, report func(diag.Finding)) {
	command, _, _ = strings.Cut(command, "|")
	if s.Product != "postgres" || !container.RunsRelease(s) || !strings.HasPrefix(strings.TrimSpace(command), "pg_isready ") ||
		strings.Contains(command, " -q") || strings.Contains(command, " --quiet") { // which needs no value, and would be one
		return
	}
	for _, match := range bareVariable().FindAllStringSubmatch(command, -1) {
		name := match[2] + match[3]
		if container.LacksVariable(d, s, name) != model.Yes {
			continue
		}
		f := diag.Finding{
			Position: test.Position,
			Message:  fmt.Sprintf("%s never becomes healthy: its container has no %s, and pg_isready takes what follows %s for the value", s.Name, name, match[1]),
			Hint:     fmt.Sprintf("set %s in its environment, or write the name itself", name),
		}
		if !slices.ContainsFunc(d.Services, func(other *model.Service) bool {
			return other.Node.At("depends_on", s.Name, "condition").Is("service_healthy")
		}) {
			f.Severity = diag.Warning
		}
		report(f)
		return
	}
}
