package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Status is what became of a probe.
type Status string

// What may become of a probe. Only passed is good.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Unasked Status = "unasked"
)

// Result is what became of one probe.
type Result struct {
	Probe
	Status   Status
	Findings []diag.Finding
	// Reason says why it was not asked.
	Reason string
	// Because is the key of the probe that had to pass first, and did not; "" if there is another reason.
	Because string
}

// sideBySide is how many probes run at a time: enough to wait for the slow, too few to trouble a server.
const sideBySide = 12

// Progress is told how many probes of how many are done.
type Progress func(done, total int)

// Run asks all probes side by side, each when those before it have passed and within its limit, and returns what became of them, in their order.
func Run(ctx context.Context, probes []Probe, o Options, progress Progress) []Result {
	s := newSession(probes, o)
	defer s.close()
	r := runner{session: s, options: o, results: make([]Result, len(probes)), done: map[string]chan struct{}{}, index: map[string]int{}}
	for i, p := range probes {
		r.done[p.Key()], r.index[p.Key()] = make(chan struct{}), i
	}
	var all sync.WaitGroup
	places := make(chan struct{}, sideBySide)
	var count sync.Mutex
	finished := 0
	for i, p := range probes {
		all.Go(func() {
			r.results[i] = r.one(ctx, p, places)
			close(r.done[p.Key()])
			count.Lock()
			defer count.Unlock()
			finished++
			if progress != nil {
				progress(finished, len(probes))
			}
		})
	}
	all.Wait()
	return r.results
}

type runner struct {
	session *session
	options Options
	results []Result
	done    map[string]chan struct{}
	index   map[string]int
}

// one asks one probe, after those that it waits for.
func (r *runner) one(ctx context.Context, p Probe, places chan struct{}) Result {
	for _, before := range p.After {
		done, known := r.done[before]
		if !known {
			continue // it is not in this deployment
		}
		<-done
		if earlier := r.results[r.index[before]]; earlier.Status != Passed {
			reason := earlier.Name + " did not pass"
			return Result{Probe: p, Status: Unasked, Reason: reason, Because: before}
		}
	}
	places <- struct{}{}
	defer func() { <-places }()
	limit := r.options.Timeout
	if p.Limit > 0 {
		limit = min(limit, p.Limit)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return r.result(p, r.session.run(ctx, p, limit))
}

// run asks a probe, and does not wait for one that ignores its deadline.
func (s *session) run(ctx context.Context, p Probe, limit time.Duration) outcome {
	answer := make(chan outcome, 1)
	go func() { answer <- p.ask(ctx, s) }()
	select {
	case o := <-answer:
		return o
	case <-ctx.Done():
	}
	select {
	case o := <-answer: // it knows better what was too slow
		return o
	case <-time.After(time.Second):
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return unasked("interrupted")
	}
	return wrong(problem{message: fmt.Sprintf("%s did not answer within %s", p.About, limit), hint: "look whether it hangs, or give it more with --timeout"})
}

func (r *runner) result(p Probe, o outcome) Result {
	result := Result{Probe: p, Status: Passed, Findings: o.found(p, r.options.Page)}
	switch {
	case o.unasked != "":
		result.Status, result.Reason = Unasked, o.unasked
	case o.fails():
		result.Status = Failed
	}
	return result
}

// Only returns the probes of the groups, and those that they wait for.
func Only(probes []Probe, groups []Group) []Probe {
	if len(groups) == 0 {
		return probes
	}
	wanted := map[string]bool{}
	for _, p := range slices.Backward(probes) { // a probe stands behind those that it waits for
		if slices.Contains(groups, p.Group) || wanted[p.Key()] {
			wanted[p.Key()] = true
			for _, before := range p.After {
				wanted[before] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(probes), func(p Probe) bool { return !wanted[p.Key()] })
}
