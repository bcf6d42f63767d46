package container

import (
	"net"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Publishes reports whether a service publishes the port of the host on an address that others reach, and where it says so.
func Publishes(s *model.Service, port string) (diag.Position, bool) {
	ports := s.Node.Get("ports")
	if ports == nil {
		return diag.Position{}, false
	}
	for _, item := range ports.Items {
		host, published := item.Get("host_ip"), item.Get("published")
		address, _ := host.Literal()
		number, known := published.Literal()
		if item.Kind != model.Map {
			number, known = item.Literal()
			number, _, _ = strings.Cut(number, "/")
			address, number = SplitPublished(number)
		}
		ip := net.ParseIP(strings.Trim(address, "[]"))
		if known && number == port && (ip == nil || !ip.IsLoopback()) {
			return item.Position, true
		}
	}
	return diag.Position{}, false
}

// SplitPublished returns the address and the port of the host of 127.0.0.1:8448:8008. The port is "" if Docker chooses it.
func SplitPublished(text string) (address, port string) {
	end := strings.LastIndex(text, ":")
	if end < 0 {
		return "", ""
	}
	text = text[:end]
	if i := strings.LastIndex(text, ":"); i >= 0 {
		return text[:i], text[i+1:]
	}
	return "", text
}
