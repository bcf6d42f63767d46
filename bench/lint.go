package main

import (
	"fmt"
	"os"
	"path/filepath"
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
func manyDeployments(bin, work string) error {
	fmt.Print(`## Many deployments

` + "`matrixgen lint`" + ` of a directory with so many deployments: what the builds above wrote.

| deployments | runs | wall | CPU | CPU for each deployment beyond the first | peak memory |
|---|---|---|---|---|---|
`)
	first := 0.0
	for _, n := range []int{1, 10, 100, 1000} {
		runs := map[int]int{1: 31, 10: 15, 100: 7, 1000: 3}[n]
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
	return nil
}
