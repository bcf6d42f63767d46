package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// command is a process to measure.
type command struct {
	name, dir string
	args      []string
	before    func() error // runs before each process and is not measured
}

// measurement holds medians: milliseconds and megabytes.
type measurement struct{ wall, cpu, memory float64 }

// measure runs each command once to warm caches and then so many times, in turn: when the machine has something else to do, all of them have the
// same share of it. What is run only once takes minutes, and needs no warming.
func measure(runs int, commands ...command) ([]measurement, error) {
	samples := make([]struct{ wall, cpu, memory []float64 }, len(commands))
	warming := min(1, runs-1)
	for i := range warming + runs {
		for j, c := range commands {
			m, err := c.once()
			if err != nil {
				return nil, err
			}
			if s := &samples[j]; i >= warming {
				s.wall, s.cpu, s.memory = append(s.wall, m.wall), append(s.cpu, m.cpu), append(s.memory, m.memory)
			}
		}
	}
	medians := make([]measurement, len(commands))
	for j, s := range samples {
		medians[j] = measurement{median(s.wall), median(s.cpu), median(s.memory)}
	}
	return medians, nil
}

// once runs the command one time.
func (c command) once() (measurement, error) {
	if c.before != nil {
		if err := c.before(); err != nil {
			return measurement{}, err
		}
	}
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	elapsed := time.Since(start)
	if err != nil {
		return measurement{}, fmt.Errorf("%s: %w: %s", strings.Join(c.args, " "), err, stderr.String())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return measurement{ms(elapsed), ms(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()), float64(usage.Maxrss) / 1024}, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
