package workspace

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/matrixgen/matrixgen/internal/compile"
)

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
func Each[T any](ctx context.Context, compilers *compile.Pool, stacks []string, progress Progress, job func(*compile.Compiler, string) (T, error)) []Outcome[T] {
	outcomes := make([]Outcome[T], len(stacks))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(stacks)) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = run(compilers, stacks[i], job)
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

// run does the job for one stack.
func run[T any](compilers *compile.Pool, stack string, job func(*compile.Compiler, string) (T, error)) Outcome[T] {
	outcome := Outcome[T]{Stack: stack}
	compiler, err := compilers.Take()
	if err != nil {
		outcome.Err = err
		return outcome
	}
	defer compilers.Give(compiler)
	outcome.Value, outcome.Err = job(compiler, stack)
	return outcome
}
