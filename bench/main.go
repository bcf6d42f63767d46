// Command bench measures whole processes of matrixgen beside other programs on the same input, and prints docs/benchmarks.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	bin := flag.String("bin", "", "folder with matrixgen, cue, docker-compose and conftest, and with dclint in node_modules")
	repository := flag.String("repository", "..", "the repository of matrixgen")
	most := flag.Int("most", 10_000, "how many stacks to build at most")
	flag.Parse()
	root, err := filepath.Abs(*repository)
	if err != nil {
		log.Fatal(err)
	}
	work, err := os.MkdirTemp("", "matrixgen-bench-")
	if err != nil {
		log.Fatal(err)
	}
	err = report(*bin, root, work, *most)
	os.RemoveAll(work)
	if err != nil {
		log.Fatal(err)
	}
}

// report prints the page. Every figure is of a whole process: start, work, exit.
func report(bin, root, work string, most int) error {
	fmt.Printf(`# Benchmarks

Written by `+"`make bench`"+`; do not edit. Whole processes, medians, %s %s/%s, %d processors, %s.

`, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor())
	if err := oneStack(bin, root, work); err != nil {
		return err
	}
	if err := oneDirectory(bin, work); err != nil {
		return err
	}
	if err := manyStacks(bin, root, work, sizes(most)); err != nil {
		return err
	}
	if err := manyDeployments(bin, work, sizes(most)); err != nil {
		return err
	}
	return strangers(root, bin, work)
}

// table measures commands and prints a row for each.
func table(runs int, commands ...command) error {
	measured, err := measure(runs, commands...)
	if err != nil {
		return err
	}
	fmt.Print("| command | wall | CPU | peak memory |\n|---|---|---|---|\n")
	for i, m := range measured {
		fmt.Printf("| %s | %.0f ms | %.0f ms | %.0f MB |\n", commands[i].name, m.wall, m.cpu, m.memory)
	}
	return nil
}

// oneStack compares the build of one stack with the evaluation of the same CUE by cue, and with what compose needs to read the result.
func oneStack(bin, root, work string) error {
	dir := filepath.Join(work, "one")
	if err := copyStack(root, "bowline", dir, "bowline", nil); err != nil {
		return err
	}
	if err := evaluable(root, filepath.Join(work, "schema")); err != nil {
		return err
	}
	commands := []command{
		{name: "`matrixgen build`, nothing to write", dir: dir, args: []string{bin + "/matrixgen", "build"}},
		{name: "`matrixgen build`, everything to write", dir: dir, args: []string{bin + "/matrixgen", "build"}, before: removeOut(dir)},
		{name: "`cue export` of the same stack with the same schema and outputs", dir: filepath.Join(work, "schema"), args: []string{bin + "/cue", "export", "./outputs", "-e", "rows"}},
		{name: "`cue export` of the stack's plain data alone", dir: dir, args: []string{bin + "/cue", "export", "./stacks/bowline/stack.cue"}},
		{name: "`matrixgen lint` of the stack", dir: dir, args: []string{bin + "/matrixgen", "lint"}},
	}
	fmt.Print("## One stack\n\n`stacks/bowline`, 31 runs each, in turn.\n\n")
	if err := table(31, commands...); err != nil {
		return err
	}
	fmt.Print("\n`cue export` with the schema evaluates what a build evaluates and prints it as JSON; it does not compare, write, lint or explain. On plain data it evaluates nothing.\n\n")
	return nil
}

// size is how many stacks are built, and how often.
type size struct{ stacks, runs int }

func sizes(most int) []size {
	all := []size{{1, 31}, {10, 15}, {100, 7}, {1000, 3}, {10_000, 1}}
	return slices.DeleteFunc(all, func(s size) bool { return s.stacks > most })
}

// manyStacks builds generated stacks: the three shipped ones in turn, each with names and folders of its own.
func manyStacks(bin, root, work string, sizes []size) error {
	fmt.Print(`## Many stacks

The shipped stacks in turn, each with host names and folders of its own; overrides and services of the user's own included.

| stacks | runs | | wall | CPU | CPU for each stack beyond the first | peak memory |
|---|---|---|---|---|---|---|
`)
	first := map[string]float64{}
	for _, size := range sizes {
		n, runs := size.stacks, size.runs
		dir := filepath.Join(work, fmt.Sprint(n))
		shipped := []string{"home", "bowline", "club"}
		for i := range n {
			name := fmt.Sprintf("s%05d", i)
			if err := copyStack(root, shipped[i%3], dir, name, func(text string) string {
				return strings.NewReplacer("example.org", name+".example.org", "bowline.im", name+".bowline.im", "rowing.club", name+".rowing.club", "/srv/", "/srv/"+name+"/").Replace(text)
			}); err != nil {
				return err
			}
		}
		build := command{dir: dir, args: []string{bin + "/matrixgen", "build"}}
		fresh := build
		fresh.before = removeOut(dir)
		check := command{dir: dir, args: []string{bin + "/matrixgen", "build", "--check", "--no-cache"}}
		lint := command{dir: dir, args: []string{bin + "/matrixgen", "lint"}}
		measured, err := measure(runs, fresh, build, check, lint)
		if err != nil {
			return err
		}
		for i, what := range []string{"`build`, everything to write", "`build`, nothing to write", "`build --check --no-cache`, as a CI runs it", "`lint`"} {
			m := measured[i]
			each := "–"
			if n == 1 {
				first[what] = m.cpu
			} else {
				each = fmt.Sprintf("%.1f ms", (m.cpu-first[what])/float64(n-1))
			}
			fmt.Printf("| %d | %d | %s | %.0f ms | %.0f ms | %s | %.0f MB |\n", n, runs, what, m.wall, m.cpu, each, m.memory)
		}
	}
	fmt.Print("\nA stack is remembered once a build found nothing to write. Where there is one run, \"nothing to write\" is that build.\n\n")
	return nil
}

// copyStack copies a shipped stack with its encrypted secrets below dir/stacks under another name.
func copyStack(root, from, dir, to string, change func(string) string) error {
	text, err := os.ReadFile(filepath.Join(root, "stacks", from, "stack.cue"))
	if err != nil {
		return err
	}
	if change != nil {
		text = []byte(change(string(text)))
	}
	folder := filepath.Join(dir, "stacks", to)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	sealed, err := os.ReadFile(filepath.Join(root, "stacks", from, "secrets.sops.yaml"))
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(folder, "stack.cue"), text, 0o644), os.WriteFile(filepath.Join(folder, "secrets.sops.yaml"), sealed, 0o644))
}

// evaluable makes a copy of the schema in which the outputs have the shipped stack, so that cue alone can evaluate them. Like a build, it
// does without the definitions of upstream's formats.
func evaluable(root, dir string) error {
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "schema"))); err != nil {
		return err
	}
	definitions, err := filepath.Glob(dir + "/*/config.cue")
	if err != nil {
		return err
	}
	for _, file := range append(definitions, dir+"/synapse/log.cue") {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	stack, err := os.ReadFile(filepath.Join(root, "stacks/bowline/stack.cue"))
	if err != nil {
		return err
	}
	_, data, _ := strings.Cut(string(stack), "\n")
	text := "package outputs\n\nimport s \"matrixgen.dev/schema/stack\"\n\n#stack: s.#Stack & {\n#folder: \"bowline\"\n" + data + "\n}\n"
	return os.WriteFile(filepath.Join(dir, "outputs/bench.cue"), []byte(text), 0o644)
}

func removeOut(dir string) func() error {
	return func() error { return os.RemoveAll(filepath.Join(dir, "out")) }
}

// processor returns the model of the processor where the system tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for _, line := range strings.Split(string(text), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
