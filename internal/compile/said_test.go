package compile_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/language"
)

// TestOneWay: of the keys that follow from fields of a stack, an override may say those again that testdata/unsaid.txt lists. A new key is said by its
// field, in schema/stack/said.cue, or listed there because the field does not say all that upstream takes.
func TestOneWay(t *testing.T) {
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	var unsaid strings.Builder
	for _, product := range []string{"synapse", "synapseLog", "mas", "element"} {
		upstream := map[string]string{"synapseLog": "synapse.#LogConfig"}[product]
		if upstream == "" {
			upstream = product + ".#Config"
		}
		derived, err := language.DerivedKeys(upstream)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for path, key := range derived {
			if len(key.Fields) > 0 && !isAbove(path, derived) && !strings.ContainsAny(path, "*") {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		refused := map[string]bool{}
		for _, accounts := range []string{"mas", "synapse"} {
			source := fmt.Sprintf("package x\n\nserverName: \"example.org\"\nhosts: synapse: \"example.org\"\naccounts: %q\npasswords: enabled: true\nturn: uris: [\"turn:t.example.org\"]\ncalls: {}\nsynapse: workers: preset: \"medium\"\n"+
				"synapse: mediaS3: {bucket: \"media\", endpoint: \"https://s3.example.org\", region: \"eu\", prefix: \"a/\", storageClass: \"STANDARD_IA\", accessKeyID: \"k\"}\nimages: synapse: repository: \"registry.example.org/synapse\"\n"+
				"identityProviders: a: {issuer: \"https://sso.example.org\", clientID: \"m\"}\n", accounts)
			for _, path := range paths {
				source += "override: " + product + ": " + literal(strings.Split(path, ".")) + "\n"
			}
			_, findings, err := compiler.Compile(fstest.MapFS{"stacks/x/stack.cue": {Data: []byte(source)}}, "x")
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range findings {
				said, _, found := strings.Cut(f.Message, " is what ")
				secret, _, kept := strings.Cut(f.Message, " is the secret ")
				switch {
				case found:
					refused[said] = true
				case kept:
					refused[secret] = true
				default:
					t.Log(f)
				}
			}
		}
		for _, path := range paths {
			if at := "override." + product + "." + strings.ReplaceAll(path, "[]", "[0]"); !refused[at] {
				fmt.Fprintf(&unsaid, "%s.%s\n", product, path)
			}
		}
	}
	const name = "testdata/unsaid.txt"
	if *update {
		if err := os.WriteFile(name, []byte(unsaid.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != unsaid.String() {
		t.Errorf("an override may say again what follows from a field:\n%s\nwant:\n%s", unsaid.String(), want)
	}
}

// isAbove reports whether a path leads to what others are in.
func isAbove(path string, derived map[string]language.Derived) bool {
	for other := range maps.Keys(derived) {
		if strings.HasPrefix(other, path+".") || strings.HasPrefix(other, path+"[") {
			return true
		}
	}
	return false
}

// literal writes a text at a path, with an item for each list on the way.
func literal(path []string) string {
	if len(path) == 0 {
		return `"x"`
	}
	if name, list := strings.CutSuffix(path[0], "[]"); list {
		return fmt.Sprintf("%q: [{%s}]", name, literal(path[1:]))
	}
	return fmt.Sprintf("%q: %s", path[0], literal(path[1:]))
}
