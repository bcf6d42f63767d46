package starter

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/ci"
	"github.com/matrixgen/matrixgen/internal/release"
)

// Place says where the files go.
type Place struct {
	// Directory is the path of the folder that holds stacks/ from the top of the Git repository, slash-separated; "" if it is the top.
	Directory string
	// Branch is the branch that the workflow runs on, besides pull requests.
	Branch string
	// Release is what hooks and workflow fetch; nil for a build that nobody can fetch: they use a matrixgen that is in PATH, or what the variables
	// MATRIXGEN_URL and MATRIXGEN_SHA256 of the CI say.
	Release *release.Release
	// Renovate asks for a preset with which Renovate raises the images that stacks pin.
	Renovate bool
}

// CIs returns where a repository may be hosted, and "none".
func CIs() []string { return append(slices.Sorted(maps.Keys(workflows())), "none") }

// workflows returns the path of the workflow for each CI.
func workflows() map[string]string {
	return map[string]string{
		"forgejo": ".forgejo/workflows/matrixgen.yml",
		"github":  ".github/workflows/matrixgen.yml",
		"gitlab":  ".gitlab-ci.yml",
	}
}

// scriptsFolder is where the scripts of the CI lie if they cannot be fetched.
const scriptsFolder = ".matrixgen/ci"

// A surrounding is a file that is made of a template. Needs matches the lines without which it does not do what it is for, and missing tells
// somebody whose own file has not all of them what to do.
type surrounding struct {
	template, name, what string
	atTop                bool
	needs, missing       string
}

// Surroundings returns what a repository of stacks needs beside its stacks, for one of [CIs].
func (p Place) Surroundings(ci string) ([]File, error) {
	wanted := []surrounding{
		{"gitignore", ".gitignore", "secrets in clear stay out of Git", false, `^/out/`, "add the line /out/*/secrets/ to it"},
		{"pre-commit.yaml", ".pre-commit-config.yaml", "each commit is checked, after pre-commit install", true, `id: |entry: |args: `, ""},
	}
	if p.Renovate {
		wanted = append(wanted, surrounding{"renovate.json", "renovate.json", "Renovate raises the images that the stacks pin", true, `^"\(`, ""})
	}
	if name, ok := workflows()[ci]; ok {
		wanted = append(wanted, surrounding{ci + ".yml", name, "each change is checked on " + ci, true, `^name: matrixgen$|^matrixgen:$|directory: |- "?cd `, "let it run matrixgen lint, matrixgen build --check and matrixgen secrets check"})
	}
	var all []File
	for _, w := range wanted {
		content, err := render(w.template, p.values(ci))
		if err != nil {
			return nil, err
		}
		file := File{Name: w.name, What: w.what, AtTop: w.atTop, Content: content, Missing: w.missing}
		if file.Missing == "" {
			file.Missing = "add what stands here to it:\n\n" + string(content)
		}
		for line := range strings.Lines(string(content)) {
			if regexp.MustCompile(w.needs).MatchString(strings.TrimSpace(line)) {
				file.Needs = append(file.Needs, strings.TrimSpace(line))
			}
		}
		all = append(all, file)
	}
	if _, ok := workflows()[ci]; ok && !p.fetches(ci) {
		scripts, err := scripts()
		return append(all, scripts...), err
	}
	return all, nil
}

// values are what the templates of hooks and workflows are filled in with.
func (p Place) values(ci string) map[string]any {
	values := map[string]any{
		"Directory": p.Directory, "Branch": p.Branch, "Release": p.Release, "Fetches": p.fetches(ci),
		"Scripts": path.Join(p.Directory, scriptsFolder), "In": "", "Hooks": []string{"build", "lint", "secrets"},
	}
	if p.Directory != "" {
		values["In"] = "-C " + shellWord(p.Directory) + " "
	}
	if p.Release != nil {
		values["Action"] = strings.TrimPrefix(p.Release.Home, "https://github.com/") + "/ci@" + p.Release.Commit
		if ci == "forgejo" {
			values["Action"] = p.Release.Home + "/ci@" + p.Release.Commit
		}
	}
	return values
}

// fetches reports whether the workflow fetches its scripts. Workflows of GitHub take actions from nowhere else.
func (p Place) fetches(ci string) bool {
	return p.Release != nil && (ci != "github" || strings.HasPrefix(p.Release.Home, "https://github.com/"))
}

// scripts returns the action and the scripts of this matrixgen.
func scripts() ([]File, error) {
	var all []File
	entries, err := fs.ReadDir(ci.Files, ".")
	for _, entry := range entries {
		var content []byte
		if content, err = fs.ReadFile(ci.Files, entry.Name()); err != nil {
			break
		}
		all = append(all, File{Name: path.Join(scriptsFolder, entry.Name()), What: "a script for that check", Content: content, Needs: []string{string(content)},
			Missing: "this matrixgen has another one; delete it and run matrixgen init again to get that"})
	}
	return all, err
}
