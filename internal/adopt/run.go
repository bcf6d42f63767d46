package adopt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Problem is what is wrong with a stack at a path of keys.
type Problem struct {
	Path    []string
	Finding diag.Finding
	// Idle says that nothing follows from what stands there.
	Idle bool
}

// Run adopts a deployment as a stack that says every field. The error says why there is none at all.
func Run(d *model.Deployment, answers Answers, compile Compile) (*Result, error) {
	o := NewOld(d, answers)
	stack := o.Invert()
	if stack.Get("serverName") == nil {
		return nil, errors.New("no file says the server name: Synapse has it as server_name, MAS as matrix.homeserver")
	}
	f := &fitter{old: o, compile: compile}
	stack, compiled, err := f.fit(stack)
	if err != nil {
		return nil, err
	}
	o.addRaw(stack, compiled)
	o.hideSecrets(stack)
	if stack, compiled, err = f.fit(stack); err != nil {
		return nil, err
	}
	return &Result{Stack: stack, Old: o, Compiled: compiled, Notes: o.notes, Secrets: o.Secrets(), Questions: o.questions}, nil
}

// weightOf returns what it means that a field was not taken over.
func weightOf(path []string) Weight {
	switch {
	case path[0] == "images" && len(path) > 2 && path[2] == "tag", path[0] == "databases", path[0] == "volumes", path[0] == "mounts", path[len(path)-1] == "id",
		len(path) > 2 && path[0] == "override" && path[2] == "volumes":
		return Data
	case slices.Contains([]string{"hosts", "identityProviders", "passwords", "proxy", "federation", "smtp", "accounts"}, path[0]):
		return Users
	}
	return Step
}

// fitter makes a stack compile.
type fitter struct {
	old     *Old
	compile Compile
}

// maxFits is how often something is left out before a stack is given up.
const maxFits = 40

// fit leaves out of a stack what the language does not take, and notes it.
func (f *fitter) fit(stack *model.Node) (*model.Node, *model.Files, error) {
	for range maxFits {
		files, problems, err := f.compile(stack)
		if err != nil || files != nil {
			return stack, files, err
		}
		before := stack
		for _, p := range problems {
			if len(p.Path) == 0 || slices.Equal(p.Path, []string{"serverName"}) {
				return nil, nil, fmt.Errorf("the language cannot hold this server: %s", p.Finding.Message)
			}
			value := stack.Along(p.Path)
			if value == nil {
				continue
			}
			if stack = without(stack, p.Path...); p.Idle {
				continue
			}
			f.old.note(Note{Weight: weightOf(p.Path), Subject: strings.Join(p.Path, "."), Message: "it was not taken over: " + p.Finding.Message, Hint: p.Finding.Hint, Position: value.Position})
		}
		if stack == before {
			return nil, nil, fmt.Errorf("the language cannot hold this server: %s", problems[0].Finding.Message)
		}
	}
	return nil, nil, errors.New("the language cannot hold this server: too much of it is refused")
}
