//go:build !linux

package inside

import (
	"strings"
	"testing"
)

// runHere runs the program in a process of its own: only for Linux do the tests know how to put a file in the place of the standard streams.
func runHere(t *testing.T, r *leakRepository, arguments []string) []byte {
	t.Helper()
	cmd := r.command(arguments...)
	cmd.Stdin = strings.NewReader(r.values["synapse_database_password"])
	output, _ := cmd.CombinedOutput()
	return output
}

// runHereOnTerminal does so without a terminal. Only Linux has the pseudo-terminal that the tests know.
func runHereOnTerminal(t *testing.T, r *leakRepository, arguments []string) []byte {
	return runHere(t, r, arguments)
}
