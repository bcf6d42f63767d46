package container

import (
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// PublishedRange is one item of ports: a range of ports of the container on a range of the host.
type PublishedRange struct {
	First, Last         int // of the container
	HostFirst, HostLast int // 0 if Docker chooses
	Protocol            string
	Item                *model.Node
}

// PublishedPorts returns what a service publishes. It is false if a part of that is not known.
func PublishedPorts(s *model.Service) (ports []PublishedRange, known bool) {
	list := s.Node.Get("ports")
	if list == nil {
		return nil, true
	}
	known = !list.Unknown && list.Kind == model.List
	for _, item := range list.Items {
		text, ok := item.Literal()
		if item.Kind == model.Map {
			target, hasTarget := item.Get("target").Literal()
			host, _ := item.Get("published").Literal()
			protocol, _ := item.Get("protocol").Literal()
			text, ok = strings.TrimPrefix(host+":"+target+"/"+protocol, ":"), hasTarget && !item.Unknown
			text = strings.TrimSuffix(text, "/")
		}
		p, isRange := parsePublished(text)
		p.Item = item
		if !ok || !isRange {
			known = false
			continue
		}
		ports = append(ports, p)
	}
	return ports, known
}

// parsePublished reads the short form: 127.0.0.1:8080-8081:80-81/tcp.
func parsePublished(text string) (p PublishedRange, ok bool) {
	text, p.Protocol, _ = strings.Cut(text, "/")
	if p.Protocol == "" {
		p.Protocol = "tcp"
	}
	container := text[strings.LastIndex(text, ":")+1:]
	_, host := SplitPublished(text)
	p.First, p.Last, ok = PortRange(container)
	if host != "" {
		var hostOK bool
		p.HostFirst, p.HostLast, hostOK = PortRange(host)
		ok = ok && hostOK
	}
	return p, ok
}

// PortRange reads 8080 or 50000-50100.
func PortRange(text string) (first, last int, ok bool) {
	from, to, isRange := strings.Cut(text, "-")
	first, err := strconv.Atoi(from)
	if err != nil {
		return 0, 0, false
	}
	last = first
	if isRange {
		last, err = strconv.Atoi(to)
	}
	return first, last, err == nil && last >= first
}
