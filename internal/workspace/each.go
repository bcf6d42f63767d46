package workspace

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// stacksPerCompiler bounds the memory of a run over many stacks: what a compiler evaluated is freed with it.
const stacksPerCompiler = 100

// Progress is told of each stack that is done, from several goroutines, and at last that all are.
type Progress interface {
	Step()
	End()
}

// Outcome is what became of one stack.
type Outcome[T any] struct {
	Stack string
	Value T
	Err   error
}

// ErrInterrupted is the error of a stack that a run never came to.
var ErrInterrupted = errors.New("interrupted before it was built; its files are the old ones")

// Each runs a job for every stack, on all processors, and returns the outcomes in the order of the stacks.
func Each[T any](ctx context.Context, stacks []string, progress Progress, job func(*compile.Compiler, string) (T, error)) []Outcome[T] {
	outcomes := make([]Outcome[T], len(stacks))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(stacks)) {
		workers.Go(func() {
			var compiler *compile.Compiler
			done := 0
			for i := range next {
				outcomes[i].Stack = stacks[i]
				if done%stacksPerCompiler == 0 {
					if compiler, outcomes[i].Err = compile.New(); outcomes[i].Err != nil {
						continue
					}
				}
				done++
				outcomes[i].Value, outcomes[i].Err = job(compiler, stacks[i])
				progress.Step()
			}
		})
	}
	for i := range stacks {
		if ctx.Err() != nil {
			outcomes[i] = Outcome[T]{Stack: stacks[i], Err: ErrInterrupted}
			continue
		}
		next <- i
	}
	close(next)
	workers.Wait()
	progress.End()
	return outcomes
}
