package verify_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"time"
)

// turn serves TURN over all transports; what is broken says which error it answers in place of 401, or "silent", "granted", "other".
func (n *network) turn() {
	const host = "turn.example.org"
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	// Both are on one port, as with coturn.
	stream, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		n.t.Skip("the port of the other transport is taken")
	}
	certificate, err := n.ca.issue(host, 80*24*time.Hour)
	if err != nil {
		n.t.Fatal(err)
	}
	secure, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{*certificate}})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { packets.Close(); stream.Close(); secure.Close() })
	n.addr[host+":3478"], n.addr[host+":5349"] = packets.LocalAddr().String(), secure.Addr().String()
	go func() {
		request := make([]byte, 1500)
		for {
			size, from, err := packets.ReadFrom(request)
			if err != nil {
				return
			}
			if answer := allocated(request[:size], n.broken[host+":udp"]); answer != nil {
				packets.WriteTo(answer, from)
			}
		}
	}()
	for transport, listener := range map[string]net.Listener{"tcp": stream, "tls": secure} {
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					request := make([]byte, 28)
					if _, err := io.ReadFull(conn, request); err != nil {
						return
					}
					conn.Write(allocated(request, n.broken[host+":"+transport]))
				}()
			}
		}()
	}
}

// allocated returns the answer to a request for a relay. The realm stands before the error, as it may.
func allocated(request []byte, how string) []byte {
	code, err := strconv.Atoi(how)
	if err != nil {
		code = 401
	}
	kind := uint16(0x0113)
	switch how {
	case "silent":
		return nil
	case "other":
		return []byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
	case "granted":
		kind = 0x0103
	}
	var attributes []byte
	add := func(kind uint16, value []byte) {
		attributes = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(attributes, kind), uint16(len(value)))
		attributes = append(attributes, value...)
		for len(attributes)%4 > 0 {
			attributes = append(attributes, 0)
		}
	}
	add(0x0014, []byte("example.org"))
	if kind == 0x0113 {
		add(0x0009, append([]byte{0, 0, byte(code / 100), byte(code % 100)}, "Unauthorized"...))
	}
	answer := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, kind), uint16(len(attributes)))
	answer = append(answer, request[4:20]...)
	return append(answer, attributes...)
}
