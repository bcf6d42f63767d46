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

// measure runs the command once to warm caches and then so many times.
func (c command) measure(runs int) (measurement, error) {
	var wall, cpu, memory []float64
	for i := range runs + 1 {
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
		if i == 0 {
			continue
		}
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		wall = append(wall, ms(elapsed))
		cpu = append(cpu, ms(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()))
		memory = append(memory, float64(usage.Maxrss)/1024)
	}
	return measurement{median(wall), median(cpu), median(memory)}, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
