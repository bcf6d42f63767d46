package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// policy is a small one for conftest, that every compose file meets and no other file has anything to do with.
const policy = `package main

deny contains message if {
	some name, service in input.services
	not service.image
	message := sprintf("%s has no image", [name])
}
`

// oneDirectory compares lint with other checkers of the same directory, the files of one stack.
func oneDirectory(bin, work string) error {
	policies := filepath.Join(work, "policy")
	if err := os.MkdirAll(policies, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(policies, "image.rego"), []byte(policy), 0o644); err != nil {
		return err
	}
	dir := filepath.Join(work, "one/out/bowline")
	fmt.Print("## One directory\n\nThe files of `stacks/bowline`, as a directory that the program never saw, 31 runs each, in turn.\n\n")
	if err := table(31,
		command{name: "`matrixgen lint`, all files and what they say of each other", dir: dir, args: []string{bin + "/matrixgen", "lint", "."}},
		command{name: "`docker compose config -q`, the compose file", dir: dir, args: []string{bin + "/docker-compose", "config", "-q"}},
		command{name: "`conftest test`, all YAML and JSON files with one policy of four lines", dir: dir, args: []string{bin + "/conftest", "test", "--no-color", "--policy", policies, "."}},
		command{name: "`dclint`, the compose file", dir: dir, args: []string{bin + "/node_modules/.bin/dclint", "docker-compose.yml"}},
	); err != nil {
		return err
	}
	fmt.Println()
	return nil
}

// manyDeployments lints the directories that manyStacks built.
func manyDeployments(bin, work string, sizes []size) error {
	fmt.Print(`## Many deployments

` + "`matrixgen lint`" + ` of a directory with so many deployments: what the builds above wrote.

| deployments | runs | wall | CPU | CPU for each deployment beyond the first | peak memory |
|---|---|---|---|---|---|
`)
	first := 0.0
	for _, size := range sizes {
		n, runs := size.stacks, size.runs
		measured, err := measure(runs, command{dir: filepath.Join(work, fmt.Sprint(n)), args: []string{bin + "/matrixgen", "lint", "out"}})
		if err != nil {
			return err
		}
		m, each := measured[0], "–"
		if n == 1 {
			first = m.cpu
		} else {
			each = fmt.Sprintf("%.1f ms", (m.cpu-first)/float64(n-1))
		}
		fmt.Printf("| %d | %d | %.0f ms | %.0f ms | %s | %.0f MB |\n", n, runs, m.wall, m.cpu, each, m.memory)
	}
	fmt.Println()
	return nil
}

// strangers lints repositories of which little or much has to do with one deployment.
func strangers(root, bin, work string) error {
	large, scripts := filepath.Join(work, "large"), filepath.Join(work, "scripts")
	if err := errors.Join(largeRepository(root, large), manyScripts(root, scripts)); err != nil {
		return err
	}
	fmt.Print("## Repositories\n\n`matrixgen lint .`, 15 runs each, in turn.\n\n")
	return table(15,
		command{name: "one deployment in 2,000 files: YAML, JSON, scripts, prose", dir: large, args: []string{bin + "/matrixgen", "lint", "."}},
		command{name: "40 projects and 200 KB of scripts beside them", dir: scripts, args: []string{bin + "/matrixgen", "lint", "."}},
	)
}

// largeRepository writes 2,000 files, in which the files of a shipped stack are the only ones of Matrix.
func largeRepository(root, dir string) error {
	if err := os.CopyFS(filepath.Join(dir, "matrix"), os.DirFS(filepath.Join(root, "out/bowline"))); err != nil {
		return err
	}
	kinds := []struct{ ending, head, line string }{
		{".yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n", "  key%[1]d: \"value %[1]d\"\n"},
		{".yml", "- name: play\n  hosts: all\n  tasks:\n", "    - name: task %[1]d\n      copy: {src: file%[1]d, dest: /etc/file%[1]d}\n"},
		{".sh", "#!/bin/sh\nset -eu\n", "echo \"step %[1]d\" && cp a%[1]d b%[1]d\n"},
		{".py", "import os\n\n", "def f%[1]d(x):\n    return x + %[1]d\n"},
		{".md", "# Page\n\n", "Some words of explanation, %[1]d of many.\n"},
	}
	for i := range 2000 {
		kind := kinds[i%len(kinds)]
		if err := writeLines(filepath.Join(dir, fmt.Sprintf("apps/a%02d/f%d%s", i%60, i, kind.ending)), kind.head, kind.line, 40); err != nil {
			return err
		}
	}
	return nil
}

// manyScripts writes 40 projects, and ten scripts of 20 KB beside them: which of the projects they are for, nothing tells.
func manyScripts(root, dir string) error {
	for i := range 40 {
		stack := []string{"home", "bowline", "club"}[i%3]
		project := filepath.Join(dir, fmt.Sprintf("p%02d", i))
		if err := os.CopyFS(project, os.DirFS(filepath.Join(root, "out", stack))); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(project, ".matrixgen.json")); err != nil { // stacks of one name would clash
			return err
		}
	}
	for i := range 10 {
		line := "if [ -n \"${X%[1]d:-}\" ]; then docker compose exec -T synapse sh -c \"restore %[1]d\" > /tmp/f%[1]d; fi\n"
		if err := writeLines(filepath.Join(dir, fmt.Sprintf("scripts/s%d.sh", i)), "#!/bin/sh\nset -eu\n", line, 220); err != nil {
			return err
		}
	}
	return nil
}

// writeLines writes a file of a head and numbered lines.
func writeLines(name, head, line string, count int) error {
	var text strings.Builder
	text.WriteString(head)
	for i := range count {
		fmt.Fprintf(&text, line, i)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text.String()), 0o644)
}
