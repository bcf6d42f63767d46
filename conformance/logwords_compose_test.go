package conformance

import (
	"bytes"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/sirupsen/logrus"
)

// TestComposeWords has Compose read examples, and what stands for others of their kind.
func TestComposeWords(t *testing.T) {
	page := readRulePage(t, "compose-interpolation-wrong")
	said, err := composeReads(t, page.file(t, "compose.yaml"), "")
	if err != nil {
		t.Errorf("Compose refuses the example: %v", err)
	}
	page.prints(t, "Docker Compose", said, `The "apr1" variable is not set`)
	_, err = composeReads(t, "services:\n  synapse:\n    image: example\n    depends_on: [postgres]\n", "")
	if err == nil {
		t.Fatal("Compose takes a dependency that does not exist")
	}
	page.prints(t, "Docker Compose", err.Error(), "depends on undefined service")

	broken := readRulePage(t, "env-file-value-broken")
	_, err = composeReads(t, "services:\n  synapse:\n    image: example\n", "SECRET="+strings.Repeat("a", 64)+"\n"+"b+c\n")
	if err == nil {
		t.Fatal("Compose takes a value of two lines")
	}
	broken.prints(t, "Docker Compose", err.Error(), `unexpected character "+" in variable name`)
}

// composeReads has Compose load a file beside a .env, and returns its warnings.
func composeReads(t *testing.T, file, env string) (warnings string, err error) {
	t.Helper()
	var log bytes.Buffer
	logrus.SetOutput(&log)
	defer logrus.SetOutput(t.Output())
	folder := t.TempDir()
	write(t, []byte(env), folder, ".env")
	options, err := cli.NewProjectOptions([]string{write(t, []byte(file), folder, "compose.yaml")}, cli.WithName("example"), cli.WithWorkingDirectory(folder), cli.WithEnvFiles(), cli.WithDotEnv)
	if err == nil {
		_, err = options.LoadProject(t.Context())
	}
	return strings.ReplaceAll(log.String(), `\"`, `"`), err // the log has quotes around what Compose prints
}
