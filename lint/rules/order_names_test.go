package rules

import "testing"

// TestHarmfulAreRules: what the order is made of are names of rules.
func TestHarmfulAreRules(t *testing.T) {
	for _, names := range harmful() {
		for _, name := range names {
			if _, ok := ByName(name); !ok {
				t.Errorf("there is no rule %s", name)
			}
		}
	}
}
