package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/matrixgen/matrixgen/internal/starter"
)

// questions asks for what no flag says. Without a terminal it takes the defaults, and what has none is wrong usage.
type questions struct {
	out   io.Writer
	in    *bufio.Reader // nil without a terminal
	flags *pflag.FlagSet
}

func newQuestions(a *app, flags *pflag.FlagSet) *questions {
	q := &questions{out: a.Err, flags: flags}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		q.in = bufio.NewReader(os.Stdin)
	}
	return q
}

// complete fills in the answers that the flags left open.
func (q *questions) complete(answers *starter.Answers, ci string) error {
	elsewhere := func() bool { return answers.Provider == "generic" }
	steps := []struct {
		flag, question, byDefault string
		into                      *string
		values                    []string
		when                      func() bool
	}{
		{"server-name", "Server name, what stands after the colon in @user:example.org; it can never be changed", "", &answers.ServerName, nil, nil},
		{"provider", "Who knows the users: pocket-id (runs in the stack), generic (any OpenID Connect provider), none (passwords)", "pocket-id", &answers.Provider, providers, nil},
		{"issuer", "Issuer URL of the provider", "", &answers.Issuer, nil, elsewhere},
		{"client-id", "Client id that the provider gave MAS", "", &answers.ClientID, nil, elsewhere},
		{"ci", "Where the repository is hosted: " + strings.Join(starter.CIs(), ", "), ci, &answers.CI, starter.CIs(), nil},
	}
	for _, step := range steps {
		if step.when != nil && !step.when() {
			continue
		}
		if !q.flags.Changed(step.flag) {
			answer, err := q.ask(step.flag, step.question, step.byDefault, step.values)
			if err != nil {
				return err
			}
			*step.into = answer
		}
		if step.values != nil && !slices.Contains(step.values, *step.into) {
			return usageError("", "--%s is %q, want %s", step.flag, *step.into, strings.Join(step.values, ", "))
		}
	}
	if answers.Stack == "" {
		answers.Stack = starter.StackName(answers.ServerName)
	}
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(answers.Stack) {
		return usageError("choose one with --stack: lower-case letters, digits and -", "%q cannot be the name of a stack", answers.Stack)
	}
	if answers.Provider == "none" && answers.Issuer+answers.ClientID != "" {
		return usageError("", "--issuer and --client-id are of a provider, and --provider is none")
	}
	return nil
}

// ask returns the answer to one question. One that has to be among values is asked again until it is.
func (q *questions) ask(flag, question, byDefault string, values []string) (string, error) {
	if q.in == nil {
		if byDefault == "" {
			return "", usageError("", "--%s is missing, and there is no terminal to ask for it", flag)
		}
		return byDefault, nil
	}
	for {
		fmt.Fprint(q.out, question)
		if byDefault != "" {
			fmt.Fprintf(q.out, " [%s]", byDefault)
		}
		fmt.Fprint(q.out, ": ")
		line, err := q.in.ReadString('\n')
		answer := strings.TrimSpace(line)
		switch {
		case errors.Is(err, io.EOF) && answer == "":
			fmt.Fprintln(q.out)
			return "", usageError("nothing was written", "no answer")
		case err != nil && !errors.Is(err, io.EOF):
			return "", &exitError{code: exitFailed, message: err.Error()}
		}
		if answer == "" {
			answer = byDefault
		}
		if answer != "" && (values == nil || slices.Contains(values, answer)) {
			return answer, nil
		}
	}
}
