package verify

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/matrixgen/matrixgen/internal/model"
)

// relay is an address of a TURN server as clients get it from Synapse.
type relay struct {
	address   string // host:port
	transport string // udp, tcp or tls
	node      *model.Node
}

// relays returns the addresses of TURN that Synapse hands out. RFC 7065 says what they look like.
func (s *site) relays() []relay {
	var found []relay
	for _, node := range s.d.Synapse.At("turn_uris").Entered() {
		text, known := literal(node)
		scheme, rest, isURI := strings.Cut(text, ":")
		if !known || !isURI || scheme != "turn" && scheme != "turns" {
			continue
		}
		rest, query, _ := strings.Cut(rest, "?")
		r := relay{node: node, transport: "udp"}
		port := "3478"
		if strings.HasSuffix(query, "transport=tcp") || scheme == "turns" {
			r.transport = "tcp"
		}
		if scheme == "turns" {
			r.transport, port = "tls", "5349"
			if strings.HasSuffix(query, "transport=udp") {
				continue // DTLS, which nothing here speaks
			}
		}
		host := rest
		if h, p, err := net.SplitHostPort(rest); err == nil {
			host, port = h, p
		}
		r.address = net.JoinHostPort(strings.ToLower(strings.Trim(host, "[]")), port)
		found = append(found, r)
	}
	return found
}

// turn returns the probes of the servers by which two callers reach each other.
func (s *site) turn() []Probe {
	if s.d.Synapse == nil {
		return nil
	}
	var probes []Probe
	seen := map[string]bool{}
	for _, r := range s.relays() {
		name := "turn-" + r.transport
		if id := key(name, r.address); seen[id] {
			continue
		} else {
			seen[id] = true
		}
		host, _, _ := net.SplitHostPort(r.address)
		probes = append(probes, Probe{Name: name, Group: TURN, About: r.address, At: r.node.Position, After: []string{key(nameResolves, host)}, ask: func(ctx context.Context, n *session) outcome { return n.askRelay(ctx, r) }})
	}
	return probes
}

// askRelay asks for a relay without saying who we are. A server that works refuses that, and says what it wants to know.
func (s *session) askRelay(ctx context.Context, r relay) outcome {
	host, _, _ := net.SplitHostPort(r.address)
	message := fmt.Sprintf("calls between two networks fail: TURN at %s over %s: ", r.address, r.transport)
	status, err := s.allocate(ctx, r, host)
	switch {
	case err != nil && s.options.Resolve[r.address] == "" && s.proxied(&url.URL{Scheme: "https", Host: host}):
		return unasked("a proxy stands before this machine, and does not pass TURN on")
	case err != nil:
		return wrong(problem{message: message + why(err), hint: "look whether coturn runs, and whether the port is published and open, for " + r.transport, rule: "turn-incomplete"})
	case status == 401:
		return pass()
	case status == 0:
		return wrong(problem{message: message + "it gives a relay to everybody, without a password", hint: "set use-auth-secret and static-auth-secret of coturn", rule: "turn-incomplete"})
	}
	return wrong(problem{message: fmt.Sprintf("%sit answers %d, and does not ask who we are", message, status), hint: "look at the log of coturn", rule: "turn-incomplete"})
}

// allocate sends a request for a relay, and returns the error that the server answers, 0 if it gives one.
func (s *session) allocate(ctx context.Context, r relay, host string) (int, error) {
	network := "tcp"
	if r.transport == "udp" {
		network = "udp"
	}
	conn, err := s.dial(ctx, network, r.address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if r.transport == "tls" {
		secure := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: s.options.Roots, Time: s.options.Now})
		if err := secure.HandshakeContext(ctx); err != nil {
			return 0, err
		}
		conn = secure
	}
	request := allocateRequest()
	answer := make([]byte, 2048)
	for range 5 { // a datagram may get lost
		conn.SetDeadline(within(ctx, time.Second))
		if _, err = conn.Write(request); err != nil {
			return 0, err
		}
		var n int
		if network == "tcp" {
			conn.SetDeadline(within(ctx, 5*time.Second))
			n, err = readMessage(conn, answer)
		} else {
			n, err = conn.Read(answer)
		}
		if err == nil {
			return allocateStatus(request, answer[:n])
		}
		var late net.Error
		if network == "tcp" || !errors.As(err, &late) || !late.Timeout() || ctx.Err() != nil {
			break
		}
	}
	return 0, err
}

// within returns the end of a time from now, or the deadline of the probe if that is sooner.
func within(ctx context.Context, limit time.Duration) time.Time {
	end := time.Now().Add(limit)
	if deadline, has := ctx.Deadline(); has && deadline.Before(end) {
		return deadline
	}
	return end
}

// The parts of a message of STUN. RFC 8489, 5 and 14; RFC 8656, 18.
const (
	magicCookie     = 0x2112A442
	headerLength    = 20
	allocateMethod  = 0x0003
	allocateRefused = 0x0113
	allocateGranted = 0x0103
	errorCode       = 0x0009
	transport       = 0x0019
)

// allocateRequest returns a request for a relay over UDP.
func allocateRequest() []byte {
	m := binary.BigEndian.AppendUint16(nil, allocateMethod)
	m = binary.BigEndian.AppendUint16(m, 8)
	m = binary.BigEndian.AppendUint32(m, magicCookie)
	id := make([]byte, 12)
	rand.Read(id)
	m = append(m, id...)
	m = binary.BigEndian.AppendUint16(m, transport)
	m = binary.BigEndian.AppendUint16(m, 4)
	return append(m, 17, 0, 0, 0) // UDP
}

// readMessage reads one message from a stream.
func readMessage(r io.Reader, into []byte) (int, error) {
	if _, err := io.ReadFull(r, into[:headerLength]); err != nil {
		return 0, err
	}
	n := headerLength + int(binary.BigEndian.Uint16(into[2:4]))
	if n > len(into) {
		return 0, errors.New("it does not speak TURN")
	}
	_, err := io.ReadFull(r, into[headerLength:n])
	return n, err
}

// allocateStatus returns the error in the answer to a request, 0 if it is granted.
func allocateStatus(request, m []byte) (int, error) {
	none := errors.New("it does not speak TURN")
	if len(m) < headerLength || string(m[4:20]) != string(request[4:20]) {
		return 0, none
	}
	switch binary.BigEndian.Uint16(m) {
	case allocateGranted:
		return 0, nil
	case allocateRefused:
	default:
		return 0, none
	}
	for rest := m[headerLength:]; len(rest) >= 4; {
		kind, length := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		if len(rest) < 4+length {
			return 0, none
		}
		if kind == errorCode && length >= 4 {
			return int(rest[6]&7)*100 + int(rest[7]), nil
		}
		rest = rest[min(len(rest), 4+(length+3)/4*4):]
	}
	return 0, none
}
