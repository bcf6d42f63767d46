package starter

import (
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/release"
)

// outward matches what names another machine, or code by a name that its owner can move: an address, an action, a module.
var outward = regexp.MustCompile(`https?://\S+|uses: *\S+|go install|github\.com/\S*`)

// commitOf matches an action at a commit.
var commitOf = regexp.MustCompile(`^uses: *\S+@[0-9a-f]{40}$`)

// surroundings returns all files for every CI, at the top of a repository and in folders that shells and YAML read in their own ways.
func surroundings(t *testing.T, r *release.Release, check func(t *testing.T, file File)) {
	for _, ci := range CIs() {
		for _, directory := range []string{"", "infra/matrix", "a b/it's", `x: "y" #z`, "-dash", "true"} {
			t.Run(ci+"/"+directory, func(t *testing.T) {
				files, err := Place{Directory: directory, Branch: "trunk", Release: r}.Surroundings(ci)
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range files {
					for _, need := range file.Needs {
						if !strings.Contains(string(file.Content), need) {
							t.Errorf("%s is written without what it needs: %q", file.Name, need)
						}
					}
					check(t, file)
				}
			})
		}
	}
}

// TestUnpublished wants nothing of a build that nobody can fetch to fetch code: actions of others stand at a commit, and no address of ours at all.
func TestUnpublished(t *testing.T) {
	surroundings(t, nil, func(t *testing.T, file File) {
		for _, found := range outward.FindAllString(withoutComments(string(file.Content)), -1) {
			switch {
			case commitOf.MatchString(found) && !strings.Contains(found, "matrixgen"):
			case strings.HasPrefix(found, "uses: ./"), strings.HasPrefix(found, `uses: "./`):
			case strings.HasPrefix(found, "github.com/"):
				t.Errorf("%s names %s", file.Name, found)
			case strings.HasPrefix(found, "http"):
				t.Errorf("%s names %s", file.Name, found)
			default:
				t.Errorf("%s: %s", file.Name, found)
			}
		}
		isYAML(t, file)
	})
}

// TestPublished wants a release to be fetched from its home and nowhere else, by the commit.
func TestPublished(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for _, home := range []string{"https://github.com/us/matrixgen", "https://forge.example/us/matrixgen"} {
		r := &release.Release{Home: home, Version: "v1.2.3", Commit: commit}
		surroundings(t, r, func(t *testing.T, file File) {
			text := withoutComments(string(file.Content))
			for _, found := range outward.FindAllString(text, -1) {
				own := strings.Contains(found, strings.TrimPrefix(home, "https://github.com/"))
				local := strings.HasPrefix(found, "uses: ./") || strings.HasPrefix(found, `uses: "./`)
				if !own && !local && !commitOf.MatchString(found) {
					t.Errorf("%s names %s", file.Name, found)
				}
			}
			if strings.Contains(text, "us/matrixgen") && !strings.Contains(text, commit) {
				t.Errorf("%s does not say the commit:\n%s", file.Name, text)
			}
			isYAML(t, file)
		})
	}
}

func withoutComments(text string) string {
	return regexp.MustCompile(`(?m)(^| )#.*$`).ReplaceAllString(text, "")
}

func isYAML(t *testing.T, file File) {
	if !strings.HasSuffix(file.Name, "ml") {
		return
	}
	var content any
	if err := yaml.Unmarshal(file.Content, &content); err != nil {
		t.Errorf("%s: %v\n%s", file.Name, err, file.Content)
	}
}
