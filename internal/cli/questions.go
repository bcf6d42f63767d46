package cli

import (
	"bufio"
	"cmp"
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
	// known returns the stack that is there for a server name, or "".
	known func(serverName string) (string, error)
	there string // what it returned
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

// step is a question, and the flag that answers it without being asked.
type step struct {
	flag, question, byDefault string
	into                      *string
	values                    []string
	when                      func() bool
	// example returns a stack in which nothing but the answer can be wrong.
	example func(answer string) starter.Answers
}

// complete fills in the answers that the flags left open.
func (q *questions) complete(ctx context.Context, answers *starter.Answers, ci string) error {
	begins := func() bool { return answers.Stack == "" || answers.Stack != q.there }
	elsewhere := func() bool { return begins() && answers.Provider != "pocket-id" && answers.Provider != "none" }
	hasIssuer := func() bool {
		return elsewhere() && !slices.Contains([]string{"google", "apple", "github", "discord"}, answers.Provider) // there is one of each
	}
	isApple := func() bool { return begins() && answers.Provider == "apple" }
	name := step{"server-name", "Your server name: people will be called @anna:SERVER NAME, as in @anna:example.org. It can never be changed", "", &answers.ServerName, nil, nil,
		func(answer string) starter.Answers { return starter.Answers{ServerName: answer, Provider: "none"} }}
	steps := []step{
		{"provider", `How people sign in:
  pocket-id  with passkeys, by a small service that runs in the stack
  keycloak, authentik, authelia, kanidm, zitadel
             by such a service, which you have
  google, entra (Microsoft), apple, github, gitlab, discord
             by an account that people have there
  generic    by another service that speaks OpenID Connect
  none       with passwords, which the sign-in service of Matrix (MAS) keeps itself
Your choice`, "pocket-id", &answers.Provider, providers, begins, nil},
		{"issuer", "Address of that service, which it calls the issuer URL", "", &answers.Issuer, nil, hasIssuer,
			func(answer string) starter.Answers {
				return starter.Answers{ServerName: "example.org", Provider: answers.Provider, Issuer: answer, ClientID: "mas"}
			}},
		{"client-id", "Client id that it gave you for the sign-in service of Matrix (MAS)", "", &answers.ClientID, nil, elsewhere, nil},
		{"team-id", "Your team at Apple, ten letters and digits", "", &answers.TeamID, nil, isApple, apple("team")},
		{"key-id", "The key for signing in at Apple, ten letters and digits", "", &answers.KeyID, nil, isApple, apple("key")},
		{"ci", "Where the repository is hosted, so that each change is checked there: " + strings.Join(starter.CIs(), ", "), ci, &answers.CI, starter.CIs(), nil, nil},
	}
	if err := q.answer(ctx, name); err != nil {
		return err
	}
	if err := q.nameStack(answers); err != nil {
		return err
	}
	for _, s := range steps {
		if s.when != nil && !s.when() {
			continue
		}
		if err := q.answer(ctx, s); err != nil {
			return err
		}
	}
	if answers.Provider == "none" && answers.Issuer+answers.ClientID != "" {
		return usageError("", "--issuer and --client-id are of a provider, and --provider is none")
	}
	if answers.Provider != "apple" && answers.TeamID+answers.KeyID != "" {
		return usageError("", "--team-id and --key-id are of Apple, and --provider is %s", answers.Provider)
	}
	return nil
}

// apple returns the example of a stack for one of the two ids.
func apple(which string) func(answer string) starter.Answers {
	return func(answer string) starter.Answers {
		a := starter.Answers{ServerName: "example.org", Provider: "apple", ClientID: "mas", TeamID: "ABCDE12345", KeyID: "ABCDE12345"}
		if which == "team" {
			a.TeamID = answer
		} else {
			a.KeyID = answer
		}
		return a
	}
}

// nameStack fills in the name of the stack: of the one that is there for the server, or a new one.
func (q *questions) nameStack(answers *starter.Answers) error {
	var err error
	if q.there, err = q.known(answers.ServerName); err != nil {
		return err
	}
	if answers.Stack == "" {
		answers.Stack = cmp.Or(q.there, starter.StackName(answers.ServerName))
	}
	if answers.Stack != q.there && !regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(answers.Stack) {
		return usageError("choose one with --stack: lower-case letters, digits and -", "%q cannot be the name of a stack", answers.Stack)
	}
	return nil
}

// answer fills in what one question asks for: what the flag says, or what is answered.
func (q *questions) answer(ctx context.Context, s step) error {
	flagged := q.flags.Changed(s.flag)
	refused := func(answer string) error {
		switch {
		case s.values != nil && !slices.Contains(s.values, answer):
			if flagged {
				return usageError("", "--%s is %q, want %s", s.flag, answer, strings.Join(s.values, ", "))
			}
			return usageError("", "%q is none of %s", answer, strings.Join(s.values, ", "))
		case s.example != nil:
			return q.try(s.example(answer))
		}
		return nil
	}
	if flagged {
		return refused(*s.into)
	}
	answer, err := q.ask(ctx, s.flag, s.question, s.byDefault, refused)
	*s.into = answer
	return err
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
			tell(q.out, "an answer is needed\n")
			continue
		}
		why := refused(answer)
		if why == nil {
			return answer, nil
		}
		tell(q.out, "%s\n", why)
	}
}

// confirm returns an error unless somebody agrees. Without a terminal there is nobody to ask, and the flags have said what is wanted.
func (q *questions) confirm(ctx context.Context) error {
	if q.lines == nil {
		return nil
	}
	answer, err := q.ask(ctx, "", "Write this? yes or no", "yes", func(answer string) error {
		if !slices.Contains([]string{"y", "yes", "n", "no"}, strings.ToLower(answer)) {
			return usageError("", "%q is neither yes nor no", answer)
		}
		return nil
	})
	if err == nil && strings.HasPrefix(strings.ToLower(answer), "n") {
		return usageError("", "nothing was written")
	}
	return err
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
