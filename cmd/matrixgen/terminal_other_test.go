//go:build !linux

package main

import (
	"os/exec"
	"testing"
)

// onTerminal runs a program and returns what it prints. Only Linux has the pseudo-terminal that the tests know.
func onTerminal(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	output, _ := cmd.CombinedOutput()
	return output
}
