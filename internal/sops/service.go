package sops

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoProgram says that a service keeps the key, and the program sops, which is asked for it, is not installed.
var ErrNoProgram = errors.New("the program sops is not installed: it is needed for keys that a cloud or a Vault keeps; https://github.com/getsops/sops/releases")

// patience is how long the key service may take to listen.
const patience = 10 * time.Second

// services asks the key service of the program sops, which it starts when the first key needs it. It listens on a socket in a folder that
// nobody else may enter. https://github.com/getsops/sops#key-service
type services struct {
	folder string
	cmd    *exec.Cmd
	ended  chan error
	client *http.Client
	failed error
}

// call has a part of the data key encrypted or decrypted; method is the one of keyservice.proto.
func (s *services) call(method string, key *Key, text []byte) ([]byte, error) {
	if s.client == nil && s.failed == nil {
		s.failed = s.start()
	}
	if s.failed != nil {
		return nil, s.failed
	}
	return call(s.client, method, key, text)
}

func (s *services) start() error {
	program, err := exec.LookPath("sops")
	if err != nil {
		return ErrNoProgram
	}
	if s.folder, err = os.MkdirTemp("", "sops-*"); err != nil { // 0700; short, since the name of a socket has a limit of about 100 bytes
		return err
	}
	socket := filepath.Join(s.folder, "s")
	s.cmd = exec.Command(program, "keyservice", "--network", "unix", "--address", socket)
	var said bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start %s keyservice: %w", program, err)
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.cmd.Wait() }()
	for tries := patience / (10 * time.Millisecond); tries > 0; tries-- {
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("%s keyservice ended: %s", program, strings.TrimSpace(said.String()))
		case <-time.After(10 * time.Millisecond):
		}
		if connection, err := net.Dial("unix", socket); err == nil {
			s.client = dialing(socket)
			return connection.Close()
		}
	}
	return fmt.Errorf("%s keyservice does not listen", program)
}

// dialing returns a client that speaks HTTP/2 over a socket, as gRPC does.
func dialing(socket string) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: protocols, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
}

// stop ends the key service, if one was started.
func (s *services) stop() {
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
	if s.ended != nil {
		_ = s.cmd.Process.Kill() // fails if it ended by itself
		<-s.ended
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder) // holds nothing but the socket
	}
}
