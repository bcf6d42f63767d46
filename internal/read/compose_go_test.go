package read

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/template"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TestExpandLikeCompose holds the replacement of references against compose-go's.
func TestExpandLikeCompose(t *testing.T) {
	for _, text := range []string{
		"", "a", "$A", "${A}", "x${A}y$B-$C", "${A:-d}", "${NONE:-d}", "${NONE-d}", "${EMPTY:-d}", "${EMPTY-d}", "${NONE:-${A}}", "${NONE:-${ALSO:-x}}",
		"${A:+yes}", "${EMPTY:+yes}", "${EMPTY+yes}", "${NONE:+yes}", "${NONE+yes}", "$$A", "$$$A", "a$", "$ a", "${A}}", "{${A}}", "${A:?no}",
		"`^/(a|b)$$`", "${NONE:---lc-collate=C}", "${A:-a:b}", "${A}:${B:-x}/y", "pa$$word$", "${NONE:-$$x}", "${a_1}", "$1", "$A$B", "${NONE:-a}${NONE:-b}",
	} {
		compareExpand(t, text)
	}
}

func compareExpand(t *testing.T, text string) {
	t.Helper()
	env := newEnvironment(newBudget())
	values := map[string]string{"A": "one", "B": "two words", "C": "$A", "EMPTY": "", "a_1": "small"}
	for name, value := range values {
		env.variables[name] = &model.Node{Kind: model.String, Text: value}
	}
	got, known := env.expand(text, 0)
	if !known {
		return // compose-go puts nothing in
	}
	want, err := template.Substitute(text, func(name string) (string, bool) { value, set := values[name]; return value, set })
	if err == nil && got != want {
		t.Errorf("%q: got %q, Compose has %q", text, got, want)
	}
}

// TestEnvLikeCompose holds the reading of variables against compose-go's.
func TestEnvLikeCompose(t *testing.T) {
	for _, text := range []string{
		"A=b", "A = b", "A=", "A=  # c", "A=b # c", "A=b#c", "A='b # c'", `A="b\nc"`, `A="b\"c"`, "A='b\\'c'", "export A=b", "A: b", "# x\nA=b\n\n B=c", "A=b\r\nB=c\r\n",
		"A=\"two\nlines\"\nB=c", "B=x\nA=$B-${B}", "B=x\nA='$B'", "B=x\nA=\"$B\"", "A=\"a\"b", "A=a b c", "A=\ta", "A=\"$$x\"", `A="\$x"`, "A=${B:-d}", "A+=b", "A B=c",
		"A=\"open", "=x", "A.b-c[0]=d", "A", "\ufeffA=b", "A=b=c", `A=a\nb`, "A='a\\nb'", `A="\t\\ \x"`,
	} {
		compareEnv(t, text)
	}
}

func compareEnv(t *testing.T, text string) {
	t.Helper()
	want, err := dotenv.ParseWithLookup(strings.NewReader(text), func(string) (string, bool) { return "", false })
	root, problem := readEnv("x", []byte(text))
	if (err != nil) != (problem != nil) {
		t.Errorf("%q: Compose says %v, we say %v", text, err, problem)
		return
	}
	if _, odd := want[""]; err != nil || odd { // compose-go has a variable without a name for what follows a value
		return
	}
	env := newEnvironment(newBudget())
	env.load(&model.Document{Root: root})
	for name, value := range want {
		if got := env.variables[name]; got == nil || !got.Unknown && got.Text != value {
			t.Errorf("%q: %s is %+v, Compose has %q", text, name, got, value)
		}
	}
	for name := range env.variables {
		if _, set := want[name]; !set {
			t.Errorf("%q: Compose does not have %s", text, name)
		}
	}
}
