package cli

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// progress counts stacks on a terminal; elsewhere, and for a handful of stacks, it is silent.
type progress struct {
	w     io.Writer
	total int
	done  atomic.Int64
}

func (a *app) newProgress(total int) *progress {
	p := &progress{total: total}
	if total >= 20 && isTerminal(a.Err) {
		p.w = a.Err
	}
	return p
}

// Step counts a stack.
func (p *progress) Step() {
	if done := p.done.Add(1); p.w != nil {
		fmt.Fprintf(p.w, "\r%d of %d stacks", done, p.total)
	}
}

// End takes the count away.
func (p *progress) End() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// asking counts on a terminal the questions that were asked; elsewhere it is nil. The name is one of a stack or a folder.
func (a *app) asking(name string) func(done, total int) {
	if !isTerminal(a.Err) {
		return nil
	}
	return func(done, total int) {
		if done == total {
			fmt.Fprint(a.Err, "\r\x1b[K")
			return
		}
		fmt.Fprintf(a.Err, "\r%s: asked %d of %d", terminal.Line(name), done, total)
	}
}
