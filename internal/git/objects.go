package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// objects answers what objects hold, by one git for all sizes and one for all contents, each started when it is first asked.
type objects struct {
	sizes, contents *batch
}

func newObjects(ctx context.Context, r *Repository) *objects {
	return &objects{
		sizes:    &batch{start: func() *exec.Cmd { return r.command(ctx, "cat-file", "--batch-check") }},
		contents: &batch{start: func() *exec.Cmd { return r.command(ctx, "cat-file", "--batch") }},
	}
}

func (o *objects) close() error { return errors.Join(o.sizes.close(), o.contents.close()) }

// size returns the length of an object in bytes.
func (o *objects) size(id string) (int64, error) {
	size := int64(0)
	err := o.sizes.ask(id, func(n int64, _ *bufio.Reader) error {
		size = n
		return nil
	})
	return size, err
}

// content returns what an object holds.
func (o *objects) content(id string) ([]byte, error) {
	var content []byte
	err := o.contents.ask(id, func(n int64, answer *bufio.Reader) error {
		content = make([]byte, n)
		if _, err := io.ReadFull(answer, content); err != nil {
			return err
		}
		_, err := answer.Discard(1) // the line end behind it
		return err
	})
	return content, err
}

// batch is a git cat-file that is asked for one object after the other.
type batch struct {
	start func() *exec.Cmd

	mu       sync.Mutex
	cmd      *exec.Cmd
	question io.WriteCloser
	answer   *bufio.Reader
	talk     bytes.Buffer
	failed   error
}

// ask asks for an object, and has the rest of the answer read. After a failure the answers could be those to other questions: it stays failed.
func (b *batch) ask(id string, read func(size int64, answer *bufio.Reader) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed == nil && b.cmd == nil {
		b.failed = b.begin()
	}
	if b.failed != nil {
		return b.failed
	}
	if _, err := fmt.Fprintln(b.question, id); err != nil {
		b.failed = fmt.Errorf("read objects: %w", err)
		return b.failed
	}
	line, err := b.answer.ReadString('\n')
	if err != nil {
		b.failed = fmt.Errorf("read objects: %w", b.end(err))
		return b.failed
	}
	parts := strings.Fields(line) // <id> blob <size>
	if len(parts) != 3 {
		return fmt.Errorf("object %s is not in this clone: run git fetch, or git fsck to see what is broken", id)
	}
	size, err := strconv.ParseInt(parts[2], 10, 64)
	if err == nil {
		err = read(size, b.answer)
	}
	if err != nil {
		b.failed = fmt.Errorf("read objects: %w", err)
	}
	return b.failed
}

func (b *batch) begin() error {
	cmd := b.start()
	question, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("run git: %w", err)
	}
	answer, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("run git: %w", err)
	}
	cmd.Stderr = &b.talk
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run git: %w", err)
	}
	b.cmd, b.question, b.answer = cmd, question, bufio.NewReader(answer)
	return nil
}

// end waits for a git that ended early, and returns what it died of.
func (b *batch) end(err error) error {
	var exit *exec.ExitError
	if waited := b.cmd.Wait(); errors.As(waited, &exit) {
		err = &failure{exit.ExitCode(), b.talk.String()}
	}
	b.cmd = nil
	return err
}

func (b *batch) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed = errors.New("read objects: the tree is closed")
	if b.cmd == nil {
		return nil
	}
	b.question.Close()
	err := b.cmd.Wait()
	b.cmd = nil
	return err
}
