package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// mediaPort is a range of ports whose numbers a media server tells its clients.
type mediaPort struct {
	first, last int
	protocol    string
	at          diag.Position
}

func (m mediaPort) String() string {
	if m.first == m.last {
		return fmt.Sprintf("%d/%s", m.first, m.protocol)
	}
	return fmt.Sprintf("%d-%d/%s", m.first, m.last, m.protocol)
}

// reportMediaPorts reports the ports of LiveKit or coturn that are not published under the same number. While TCP gets through, calls work.
func reportMediaPorts(d *model.Deployment, s *model.Service, ports []container.PublishedRange, report func(diag.Finding)) {
	var media []mediaPort
	switch {
	case !s.Image.Known:
		return
	case s.Product == "livekit":
		media = liveKitPorts(d, s)
	case s.Product == "coturn":
		media = coturnPorts(d, s)
	}
	if len(ports) == 0 {
		reportNoMediaPorts(d, s, media, report)
		return
	}
	hasTCP := false
	for _, m := range media {
		hasTCP = hasTCP || s.Product == "livekit" && m.protocol == "tcp" && isPublishedAs(m, ports)
	}
	for _, m := range media {
		if isPublishedAs(m, ports) {
			continue
		}
		f := diag.Finding{
			Severity: diag.Error,
			Position: s.Position,
			Message:  fmt.Sprintf("clients are told to send to port %s of %s, which is not published under that number: calls have no sound or picture", m, s.Name),
			Hint:     fmt.Sprintf("publish it as it is: %q", publishHint(m)),
			Related:  []diag.Related{{Position: m.at, Message: "the port"}},
		}
		if field := s.Node.Field("ports"); field != nil {
			f.Position = field.Position
		}
		meant := false
		for _, p := range ports {
			if p.First <= m.last && p.Last >= m.first {
				f.Position, meant = p.Item.Position, true
			}
		}
		told := turnTransport{}
		isOpen := s.Product == "coturn" && m.first == m.last && isPublishedAs(mediaPort{m.first, m.last, "tcp", m.at}, ports)
		if isOpen {
			told = turnTransports(d)
		}
		switch {
		case isOpen && told.seen && !told.udp:
			continue // clients are told to use TCP, and do
		case isOpen && told.tcp:
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("port %s of %s is not published under that number and protocol: calls take the slower way by TCP", m, s.Name)
		case isOpen && !told.seen:
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("port %s of %s is published for TCP alone: clients that are told to use UDP do not reach it", m, s.Name)
		case hasTCP && !meant:
			continue // thousands of UDP ports are slow to publish: some leave it at TCP
		case hasTCP:
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("port %s of %s is not published under that number and protocol: calls take the slower way by TCP", m, s.Name)
		}
		report(f)
	}
}

// reportNoMediaPorts reports a media server that publishes nothing. On a network that is not the project's, clients may reach it by its own address.
func reportNoMediaPorts(d *model.Deployment, s *model.Service, media []mediaPort, report func(diag.Finding)) {
	if len(media) == 0 || container.HasForeignNetwork(d, s) {
		return
	}
	f := diag.Finding{
		Severity: diag.Error,
		Position: s.Position,
		Message:  fmt.Sprintf("clients are told to send to port %s of %s, which is not published: calls have no sound or picture", media[0], s.Name),
		Hint:     fmt.Sprintf("publish it as it is: %q", publishHint(media[0])),
		Related:  []diag.Related{{Position: media[0].at, Message: "the port"}},
	}
	for _, m := range media[1:] {
		f.Related = append(f.Related, diag.Related{Position: m.at, Message: fmt.Sprintf("nor is port %s, which they are told too", m)})
	}
	report(f)
}

func publishHint(m mediaPort) string {
	number := strconv.Itoa(m.first)
	if m.first != m.last {
		number += "-" + strconv.Itoa(m.last)
	}
	return number + ":" + number + "/" + m.protocol
}

// isPublishedAs says that every port of the range has the same number on the host.
func isPublishedAs(m mediaPort, ports []container.PublishedRange) bool {
	for next := m.first; ; {
		before := next
		for _, p := range ports {
			if p.Protocol == m.protocol && p.HostFirst == p.First && p.HostLast == p.Last && p.First <= next && next <= p.Last {
				next = p.Last + 1
			}
		}
		if next > m.last {
			return true
		}
		if next == before {
			return false
		}
	}
}

// turnTransport is by which protocols Synapse tells clients to ask a TURN server without TLS, if its addresses are seen.
type turnTransport struct{ seen, udp, tcp bool }

func turnTransports(d *model.Deployment) turnTransport {
	var told turnTransport
	uris := d.Synapse.At("turn_uris")
	if uris == nil || uris.Kind != model.List {
		return told
	}
	for _, uri := range uris.Items {
		text, known := uri.Literal()
		if !known {
			return turnTransport{}
		}
		told.seen = true
		if strings.HasPrefix(text, "turn:") {
			byTCP := strings.Contains(text, "transport=tcp")
			told.tcp, told.udp = told.tcp || byTCP, told.udp || !byTCP
		}
	}
	return told
}

// liveKitPorts returns the ports that LiveKit's file names.
func liveKitPorts(d *model.Deployment, s *model.Service) []mediaPort {
	var doc *model.Document
	for _, candidate := range d.Documents {
		if candidate.Kind == model.KindLiveKit && container.MountsDocument(s, candidate) {
			doc = candidate
		}
	}
	if doc == nil || doc.Template || doc.Excerpt || matrix.ReplacesSetting(s, "rtc") || container.LacksVariable(d, s, "UDP_PORT") == model.No {
		return nil
	}
	rtc := doc.Root.Get("rtc")
	var media []mediaPort
	for _, key := range []string{"tcp_port", "udp_port"} {
		text, known := rtc.Get(key).Literal()
		if first, last, ok := container.PortRange(text); known && ok && first > 0 {
			media = append(media, mediaPort{first, last, key[:3], rtc.Get(key).Position})
		}
	}
	from, known := rtc.Get("port_range_start").Literal()
	to, knownToo := rtc.Get("port_range_end").Literal()
	if first, last, ok := container.PortRange(from + "-" + to); known && knownToo && ok && first > 0 {
		media = append(media, mediaPort{first, last, "udp", rtc.Get("port_range_start").Position})
	}
	return media
}

// coturnPorts returns the port at which coturn listens, and those from which it relays, as far as its file names them.
func coturnPorts(d *model.Deployment, s *model.Service) []mediaPort {
	if command := s.Node.Get("command"); command.IsSet() {
		return nil // flags win over the file
	}
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCoturn || doc.Template || doc.Excerpt || !container.MountsDocument(s, doc) {
			continue
		}
		options, at := turnLines(doc.Root)
		listening := 3478
		if n, err := strconv.Atoi(options["listening-port"]); err == nil {
			listening = n
		}
		media := []mediaPort{{listening, listening, "udp", at["listening-port"]}}
		if first, last, ok := container.PortRange(options["min-port"] + "-" + options["max-port"]); ok {
			media = append(media, mediaPort{first, last, "udp", at["min-port"]})
		}
		return media
	}
	return nil
}

// turnLine matches an option of a turnserver.conf.
var turnLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*([a-z-]+)\s*[= ]\s*([^\s#]+)`) })

// turnLines returns the options of a turnserver.conf, with where they stand.
func turnLines(text *model.Node) (options map[string]string, at map[string]diag.Position) {
	options, at = map[string]string{}, map[string]diag.Position{"listening-port": text.Position}
	line := 0
	for row := range strings.Lines(text.Text) {
		if match := turnLine().FindStringSubmatchIndex(row); match != nil {
			name := row[match[2]:match[3]]
			options[name] = row[match[4]:match[5]]
			at[name] = diag.Position{File: text.Position.File, Line: text.Position.Line + line, Column: match[4] + 1}
		}
		line++
	}
	return options, at
}
