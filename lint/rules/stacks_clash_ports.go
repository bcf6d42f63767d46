package rules

import (
	"fmt"
	"net"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// claimedPorts returns the ports that a stack takes of machines that are known by their address. Where the address is one of the inside, another network
// may have it, too.
func claimedPorts(d *model.Deployment) []lint.Claim {
	var claims []lint.Claim
	for _, p := range matrix.MachinePorts(d) {
		severity := diag.Error
		if ip := net.ParseIP(p.Address); ip.IsPrivate() || ip.IsLinkLocalUnicast() {
			severity = diag.Warning
		}
		claims = append(claims, lint.Claim{Key: "port " + p.String(), Once: "port of " + p.Service.Name, Clash: func(first string) diag.Finding {
			f := diag.Finding{
				Position: p.At, Severity: severity, Subject: strconv.Itoa(p.Port),
				Message: fmt.Sprintf("%s takes the port %d/%s of %s, and so does the stack %s: one of the two does not start, or nobody reaches it", p.Service.Name, p.Port, p.Protocol, p.Address, first),
				Hint:    "give one of the stacks another port; if they run on different machines, ignore this with a reason",
			}
			if p.Item.Position != p.At {
				f.Subject = p.Address
				f.Related = []diag.Related{{Position: p.Item.Position, Message: "the port"}}
			}
			return f
		}})
	}
	return claims
}
