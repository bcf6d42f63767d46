// Command matrixgen compiles one CUE description of a self-hosted Matrix server into the files that its services read.
package main

import (
	"context"
	"os"
	"runtime/debug"

	"github.com/matrixgen/matrixgen/internal/cli"
)

func main() {
	// A run is short and evaluates much: collecting garbage more rarely saves a tenth of it, for some hundred megabytes at a thousand stacks.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{Out: os.Stdout, Err: os.Stderr}))
}
