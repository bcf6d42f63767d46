package starter

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// pin is an image as an expression of the preset reads it.
type pin struct{ image, tag, digest string }

// TestRenovate tries the expressions of the preset on every shipped stack, and on the ways in which one writes an image: they have to find the tags
// that the compiler reads, and no others.
func TestRenovate(t *testing.T) {
	files, err := Place{Renovate: true}.Surroundings("none")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f File) bool { return f.Name == "renovate.json" })
	var preset struct {
		CustomManagers []struct {
			ManagerFilePatterns, MatchStrings []string
			DepNameTemplate                   string
		}
	}
	if err := json.Unmarshal(files[i].Content, &preset); err != nil {
		t.Fatal(err)
	}
	find := func(text string) (pins []pin) {
		for _, m := range preset.CustomManagers {
			for _, found := range regexp.MustCompile(m.MatchStrings[0]).FindAllStringSubmatch(text, -1) {
				pins = append(pins, pin{m.DepNameTemplate, found[1], found[2]})
			}
		}
		return pins
	}
	shipped(t, preset.CustomManagers[0].ManagerFilePatterns[0], find)

	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	const synapse, mas = "ghcr.io/element-hq/synapse", "ghcr.io/element-hq/matrix-authentication-service"
	for text, want := range map[string][]pin{
		`images: synapse: tag: "v1.163.2"`:                                                                                              {{synapse, "v1.163.2", ""}},
		`images: {synapse: {tag: "v1.163.2", digest: "` + digest + `"}, mas: tag: "1.22.0"}`:                                            {{synapse, "v1.163.2", digest}, {mas, "1.22.0", ""}},
		"images: {\n\t// Held back.\n\tsynapse: {\n\t\t// Ours.\n\t\trepository: \"r.example/s\"\n\t\ttag: \"v1.163.2\" // why\n\t}\n}": {{synapse, "v1.163.2", ""}},
		"images: synapse: {\n\ttag:    \"v1.163.2\"\n\tdigest: \"" + digest + "\"\n}":                                                   {{synapse, "v1.163.2", digest}},
		// A digest in front would stay as it is: such an image is left to whoever wrote it.
		`images: synapse: {digest: "` + digest + `", tag: "v1.163.2"}`:              nil,
		`synapse: {maxUploadSize: "50M"}` + "\n" + `images: mas: tag: "1.22.0"`:     {{mas, "1.22.0", ""}},
		`override: synapse: push: tag: "x"`:                                         nil,
		`extra: services: mysynapse: tag: "x"` + "\n" + `// images: x: tag: "v1.1"`: nil,
	} {
		if got := find(text); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", text, got, want)
		}
	}
}

// shipped compares what the expressions find in the stacks of the repository with what the compiler reads.
func shipped(t *testing.T, pattern string, find func(text string) []pin) {
	t.Helper()
	root := os.DirFS("../..")
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	stacks, err := compile.Stacks(root)
	if err != nil || len(stacks) < 3 {
		t.Fatal(stacks, err)
	}
	inFiles := regexp.MustCompile(strings.Trim(pattern, "/"))
	for _, stack := range stacks {
		names, err := fs.Glob(root, "stacks/"+stack+"/*.cue")
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, name := range names {
			text, err := fs.ReadFile(root, name)
			if err != nil || !inFiles.MatchString(name) {
				t.Fatal(name, err)
			}
			for _, p := range find(string(text)) {
				got = append(got, p.tag)
			}
		}
		written, err := compiler.Written(root, stack)
		if err != nil {
			t.Fatal(err)
		}
		if images := written.Get("images"); images != nil {
			for _, image := range images.Fields {
				if tag := image.Value.Get("tag"); tag != nil {
					want = append(want, tag.Text)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: found %v, and the stack pins %v", stack, got, want)
		}
	}
}
