package adopt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
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
	result, err := NewOld(d, answers).run(compile)
	if err != nil || result.Old.front == nil {
		return result, err
	}
	why, notes := result.Old.front.differs(result.Old, answers.Link(result.Compiled))
	if why == "" {
		result.Notes = append(result.Notes, notes...)
		return result, nil
	}
	answers.keeps = why
	return NewOld(d, answers).run(compile)
}

// run adopts a deployment as it is understood.
func (o *Old) run(compile Compile) (*Result, error) {
	stack := o.Invert()
	if stack.Get("serverName") == nil {
		return nil, errors.New(o.whyNameless())
	}
	if why := o.unfit(); why != "" {
		return nil, errors.New(why)
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
	o.noteKeys()
	o.noteTwins()
	o.noteNames(compiled)
	return &Result{Stack: stack, Old: o, Compiled: compiled, Notes: o.notes, Secrets: o.Secrets(), Questions: o.questions}, nil
}

// noteOf says that a field was not taken over.
func noteOf(p Problem, value *model.Node) Note {
	n := Note{Weight: weightOf(p.Path), Subject: strings.Join(p.Path, "."), Message: "it was not taken over: " + p.Finding.Message, Hint: p.Finding.Hint, Position: value.Position}
	if n.Weight == Data && p.Path[0] == "images" {
		n.Hint = "upgrade the old deployment as far first, and adopt it then"
	}
	return n
}

// weightOf returns what it means that a field was not taken over.
func weightOf(path []string) Weight {
	switch {
	case path[0] == "images" && slices.Contains([]string{"traefik", "caddy", "nginxProxy"}, path[1]):
		return Step
	case path[0] == "images" && len(path) > 2 && path[2] == "tag", path[0] == "databases", path[0] == "volumes", path[0] == "mounts", path[len(path)-1] == "id",
		len(path) > 2 && path[0] == "override" && path[2] == "volumes":
		return Data
	case slices.Contains([]string{"hosts", "identityProviders", "passwords", "proxy", "federation", "smtp", "accounts"}, path[0]):
		return Users
	}
	return Step
}

// whyNameless says why nobody knows what the server is called.
func (o *Old) whyNameless() string {
	for _, c := range []*model.Configuration{o.Given.Synapse, o.Given.MAS} {
		if c == nil {
			continue
		}
		for _, doc := range c.Documents {
			if doc.Template || doc.Sample {
				return doc.Name + " is a template: fill it in as the server does, and adopt the folder with what comes out"
			}
		}
	}
	if n := o.synapse("server_name"); n != nil && n.Unknown {
		return "the server name stands in a variable that no file sets"
	}
	return "no file says the server name: Synapse has it as server_name, MAS as matrix.homeserver"
}

// unfit says why a server cannot become a stack at all; "" if it can.
func (o *Old) unfit() string {
	switch {
	case o.synapse("database.name").Is("sqlite3"):
		return "Synapse keeps its tables in SQLite: move them to Postgres first, https://element-hq.github.io/synapse/latest/postgres.html#porting-from-sqlite"
	case container.IsForSwarm(o.Given):
		return "the compose file is one for Docker Swarm, and a stack runs by docker compose"
	case len(o.Given.Of("synapse")) > 1 && o.Roles["synapse"] == nil:
		return "several services run Synapse, and no file says which of them is the server"
	}
	return ""
}

// causes returns those of several problems that are to be looked at first: that a whole section is refused may follow from what is wrong with a value.
func causes(stack *model.Node, problems []Problem) []Problem {
	var values []Problem
	for _, p := range problems {
		if n := stack.Along(p.Path); len(p.Path) == 0 || n != nil && n.Kind != model.Map {
			values = append(values, p)
		}
	}
	if len(values) > 0 {
		return values
	}
	return problems
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
		for _, p := range causes(stack, problems) {
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
			if !f.old.saysUnknown(p.Path) {
				f.old.note(noteOf(p, value))
			}
		}
		if stack == before {
			return nil, nil, fmt.Errorf("the language cannot hold this server: %s", problems[0].Finding.Message)
		}
	}
	return nil, nil, errors.New("the language cannot hold this server: too much of it is refused")
}
