package lint_test

import (
	"testing"

	"github.com/matrixgen/matrixgen/lint"
)

// TestSecretInPlaintextIsNotShown: the printer shows the line of a finding on a terminal, unless it holds a secret.
func TestSecretInPlaintextIsNotShown(t *testing.T) {
	rule, _ := lint.ByName("secret-in-plaintext")
	for _, f := range run(t, rule.Before) {
		if !f.Secret {
			t.Errorf("%s:%d may be shown", f.File, f.Line)
		}
	}
}
