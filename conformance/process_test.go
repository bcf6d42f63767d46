package conformance

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// process is a program of upstream's that runs as long as the test.
type process struct {
	name  string
	group int // of processes
	log   lockedBuffer
	done  chan struct{}
	err   error
}

// start runs the program in a process group of its own, which ends with the test.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{name: filepath.Base(cmd.Path), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	p.group = cmd.Process.Pid
	t.Cleanup(p.stop)
	return p
}

// stop ends the program, and returns when it did. SIGINT is a fast, clean stop for all of them: Postgres ends its sessions, Synapse and nginx close.
func (p *process) stop() {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		syscall.Kill(-p.group, signal)
		select {
		case <-p.done:
			return
		case <-time.After(10 * time.Second):
		}
	}
}

// until waits for the condition and fails, with what the program said, when it ends first or takes too long.
func (p *process) until(t *testing.T, what string, limit time.Duration, condition func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := condition()
		if err == nil {
			return
		}
		select {
		case <-p.done:
			t.Fatalf("%s ended (%v) before it %s:\n%s", p.name, p.err, what, tail(p.log.String(), 40))
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s has not %s after %s: %v\n%s", p.name, what, limit, err, tail(p.log.String(), 40))
		}
	}
}

// lastPort is the last port that freePort looked at: each is given once.
var lastPort atomic.Int32

// freePort returns a port of this machine that nothing listens on. It is none of those from which a connection begins: one that Synapse has to Postgres would
// take it before the program starts that it is for.
func freePort(t *testing.T) int {
	t.Helper()
	const first, last = 20000, 32000
	lastPort.CompareAndSwap(0, first+int32(os.Getpid())%(last-first))
	for range last - first {
		port := int(lastPort.Add(1)-first)%(last-first) + first
		if listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// answers says whether something listens on the port.
func answers(port int) func() error {
	return func() error {
		connection, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			connection.Close()
		}
		return err
	}
}

// installed returns the path of a program; setup installs them.
func installed(t *testing.T, name string, folders ...string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, folder := range folders {
		found, _ := filepath.Glob(filepath.Join(folder, name))
		for i := len(found) - 1; i >= 0; i-- {
			if info, err := os.Stat(found[i]); err == nil && !info.IsDir() {
				return found[i]
			}
		}
	}
	t.Fatalf("%s is not installed: run conformance/setup", name)
	return ""
}

// lockedBuffer collects what a program says while it runs.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
