package compile

import "sync"

// stacksPerCompiler bounds the memory of a run over many stacks: what a compiler evaluated is freed with it.
const stacksPerCompiler = 100

// Pool lends compilers. To make one takes as long as to compile a stack, so that those that are given back are lent again. The zero value is a
// pool without any.
type Pool struct {
	mu   sync.Mutex
	free []*Compiler
}

// Take returns a compiler that nobody else has.
func (p *Pool) Take() (*Compiler, error) {
	if c := p.idle(); c != nil {
		return c, nil
	}
	return New()
}

// idle returns a compiler that was given back, or nil.
func (p *Pool) idle() *Compiler {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	if last < 0 {
		return nil
	}
	c := p.free[last]
	p.free = p.free[:last]
	return c
}

// Give takes a compiler back. One that compiled many stacks is dropped.
func (p *Pool) Give(c *Compiler) {
	if c.compiled >= stacksPerCompiler {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, c)
}
