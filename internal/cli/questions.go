package cli

import (
	"bufio"
	"context"
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
	lines <-chan string // what somebody types, closed at its end; nil without a terminal
	flags *pflag.FlagSet
	// try returns why a stack with these answers cannot be.
	try func(starter.Answers) error
}

func newQuestions(a *app, flags *pflag.FlagSet) *questions {
	q := &questions{out: a.Err, flags: flags, try: a.tryAnswers}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		lines := make(chan string)
		q.lines = lines
		go func() { // reading cannot be interrupted, waiting can
			defer close(lines)
			for in := bufio.NewScanner(os.Stdin); in.Scan(); {
				lines <- strings.TrimSpace(in.Text())
			}
		}()
	}
	return q
}

// complete fills in the answers that the flags left open.
func (q *questions) complete(ctx context.Context, answers *starter.Answers, ci string) error {
	elsewhere := func() bool { return answers.Provider == "generic" }
	steps := []struct {
		flag, question, byDefault string
		into                      *string
		values                    []string
		when                      func() bool
		// example returns a stack in which nothing but the answer can be wrong.
		example func(answer string) starter.Answers
	}{
		{"server-name", "Server name, what stands after the colon in @user:example.org; it can never be changed", "", &answers.ServerName, nil, nil,
			func(answer string) starter.Answers { return starter.Answers{ServerName: answer, Provider: "none"} }},
		{"provider", "Who knows the users: pocket-id (runs in the stack), generic (any OpenID Connect provider), none (passwords)", "pocket-id", &answers.Provider, providers, nil, nil},
		{"issuer", "Issuer URL of the provider", "", &answers.Issuer, nil, elsewhere,
			func(answer string) starter.Answers {
				return starter.Answers{ServerName: "example.org", Provider: "generic", Issuer: answer, ClientID: "mas"}
			}},
		{"client-id", "Client id that the provider gave MAS", "", &answers.ClientID, nil, elsewhere, nil},
		{"ci", "Where the repository is hosted: " + strings.Join(starter.CIs(), ", "), ci, &answers.CI, starter.CIs(), nil, nil},
	}
	for _, step := range steps {
		if step.when != nil && !step.when() {
			continue
		}
		refused := func(answer string) error {
			switch {
			case step.values != nil && !slices.Contains(step.values, answer):
				return usageError("", "--%s is %q, want %s", step.flag, answer, strings.Join(step.values, ", "))
			case step.example != nil:
				return q.try(step.example(answer))
			}
			return nil
		}
		if !q.flags.Changed(step.flag) {
			answer, err := q.ask(ctx, step.flag, step.question, step.byDefault, refused)
			if err != nil {
				return err
			}
			*step.into = answer
		} else if err := refused(*step.into); err != nil {
			return err
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

// ask returns the answer to one question, which is asked again until it is not refused.
func (q *questions) ask(ctx context.Context, flag, question, byDefault string, refused func(string) error) (string, error) {
	if q.lines == nil {
		if byDefault == "" {
			return "", usageError("", "--%s is missing, and there is no terminal to ask for it", flag)
		}
		return byDefault, nil
	}
	for {
		offer := ""
		if byDefault != "" {
			offer = " [" + byDefault + "]"
		}
		tell(q.out, "%s%s: ", question, offer)
		answer, err := q.line(ctx)
		if err != nil {
			put(q.out, "\n")
			return "", err
		}
		if answer == "" {
			answer = byDefault
		}
		if answer == "" {
			continue
		}
		why := refused(answer)
		if why == nil {
			return answer, nil
		}
		tell(q.out, "%s\n", why)
	}
}

// line returns the next line that somebody types, unless nothing comes any more.
func (q *questions) line(ctx context.Context) (string, error) {
	select {
	case <-ctx.Done():
		return "", &exitError{code: exitFailed, message: "interrupted", hint: "nothing was written"}
	case line, more := <-q.lines:
		if !more {
			return "", usageError("nothing was written", "no answer")
		}
		return line, nil
	}
}
