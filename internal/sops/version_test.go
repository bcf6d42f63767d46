package sops

import (
	"os"
	"strings"
	"testing"
)

// TestVersion holds what new files say about who wrote them to the SOPS that is built in.
func TestVersion(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil || !strings.Contains(string(mod), "github.com/getsops/sops/v3 v"+Version+"\n") {
		t.Errorf("go.mod has another SOPS than %s, err %v", Version, err)
	}
}
