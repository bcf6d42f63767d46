package cli

import (
	"fmt"
	"io"
	"sync/atomic"
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
