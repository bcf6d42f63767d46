package rules

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// reportBind says what is wrong with a bind of a listener. MAS tries four shapes in turn, and what fits no other is a file descriptor:
//
//	{port: 8080, host: localhost}   {address: "127.0.0.1:8080"}   {socket: /run/mas.sock, mode: "660"}   {fd: 0, kind: tcp}
func reportBind(c *model.Configuration, bind *model.Node, report func(diag.Finding)) {
	reportForeignKeys(bind, report)
	port, address := bind.Get("port"), bind.Get("address")
	switch {
	case bind.Unknown || bind.Kind == model.Null || anyUnknown(bind):
	case bind.Kind != model.Map:
		report(diag.Finding{
			Position: bind.Position,
			Message:  "MAS does not start: a bind is written as text, and has to be a map",
			Hint:     `write {address: "0.0.0.0:8080"}`,
		})
	case matrix.IsPort(port):
		if address.IsSet() {
			report(diag.Finding{
				Severity: diag.Warning,
				Position: address.Position,
				Message:  "MAS ignores this address, because there is also a port, and listens " + everywhere(bind),
				Hint:     "keep address or port, and delete the other",
				Related:  []diag.Related{{Position: port.Position, Message: "the port that MAS takes"}},
			})
		}
	case address.IsSet():
		reportAddress(address, report)
	case bind.Get("socket").IsSet() || bind.Get("fd").IsSet() || bind.Get("kind").IsSet():
	case port.IsSet():
		problem := "is no number from 0 to 65535"
		if port.Kind == model.String {
			problem = "is text and not a number"
		}
		report(diag.Finding{
			Position: port.Position,
			Message:  "MAS does not start: this port " + problem + ", and the bind is taken for a file descriptor",
			Hint:     "write a number without quotes",
			Fix:      unquotePort(port),
		})
	case matrix.ItemsAreWhole(c):
		report(diag.Finding{
			Position: bind.Position,
			Message:  "MAS does not start: this bind has no port, address or socket, and is taken for a file descriptor",
			Hint:     `write {address: "0.0.0.0:8080"}`,
		})
	}
}

// reportForeignKeys reports keys that no shape has. MAS ignores them.
func reportForeignKeys(bind *model.Node, report func(diag.Finding)) {
	for _, f := range bind.Fields {
		if slices.Contains([]string{"port", "host", "address", "socket", "mode", "fd", "kind"}, f.Key) {
			continue
		}
		hint := "delete it"
		if f.Key == "proxy_protocol" {
			hint = "move it to the listener, beside binds"
		}
		report(diag.Finding{
			Severity: diag.Warning,
			Position: f.Position,
			Message:  fmt.Sprintf("MAS ignores %s inside a bind", f.Key),
			Hint:     hint,
		})
	}
}

func reportAddress(address *model.Node, report func(diag.Finding)) {
	text, known := address.Literal()
	if !known || placeholder.In(text) {
		return
	}
	if _, err := netip.ParseAddrPort(text); err != nil {
		report(diag.Finding{
			Position: address.Position,
			Message:  fmt.Sprintf("MAS does not start: the address %q is no IP address with a port", text),
			Hint:     `write "0.0.0.0:8080", or host and port if it is a name`,
		})
	}
}

// unquotePort returns the fix for a port that only stands in quotes, or nil.
func unquotePort(port *model.Node) *diag.Fix {
	number := *port
	number.Kind = model.Int
	if !matrix.IsPort(&number) {
		return nil
	}
	return diag.Unquote(port.Position, port.Text, port.Text)
}

func anyUnknown(n *model.Node) bool {
	for _, f := range n.Fields {
		if f.Value != nil && f.Value.Unknown {
			return true
		}
	}
	return false
}

func everywhere(bind *model.Node) string {
	if bind.Get("host").IsSet() {
		return "on the host and port"
	}
	return "on all addresses"
}
