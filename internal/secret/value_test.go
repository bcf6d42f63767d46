package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TestValueHides prints a value in every way that Go has.
func TestValueHides(t *testing.T) {
	v := NewValue("canary")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		for _, printed := range []any{v, &v, []Value{v}, map[string]Value{"a": v}, struct{ V Value }{v}} {
			if text := fmt.Sprintf(verb, printed, printed); strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%x", "canary")) {
				t.Errorf("%s of %T shows it: %s", verb, printed, text)
			}
		}
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		text, err := marshal(map[string]Value{"a": v})
		if err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("%s, %v", text, err)
		}
	}
	if err := fmt.Errorf("it is %w: %v", errors.New("wrong"), v); strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

// TestMake makes a value in every format: it fits the format, is long enough, and is another one each time.
func TestMake(t *testing.T) {
	for _, format := range []string{"hex32", "token", "password", "rsa", "ec", "signing-key"} {
		first, ok := Make(format)
		second, _ := Make(format)
		if !ok || first == second || Problem(format, first) != "" || bits(first.Reveal()) < enoughBits {
			t.Errorf("%s: made %t, the same twice %t, %s, %.0f bits", format, ok, first == second, Problem(format, first), bits(first.Reveal()))
		}
		if kept, err := Read(&model.Slot{Format: format}, []byte(first.Reveal()+"\n")); err != nil || kept != first {
			t.Errorf("%s is not read as it was made: %v", format, err)
		}
	}
	if _, ok := Make("given"); ok {
		t.Error("what comes from elsewhere was made")
	}
}

// TestBits holds the estimate to texts that people take for random, and to some that are.
func TestBits(t *testing.T) {
	for _, text := range []string{"", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "passwordpasswordpassword", "hunter2hunter2"} {
		if bits(text) >= enoughBits {
			t.Errorf("%q counts as %.0f bits", text, bits(text))
		}
	}
	for range 200 {
		for _, format := range []string{"hex32", "token", "password"} {
			if v, _ := Make(format); bits(v.Reveal()) < enoughBits {
				t.Errorf("a random %s counts as %.0f bits", format, bits(v.Reveal()))
			}
		}
	}
}

// TestContent writes values with every character that a reader takes for something else.
func TestContent(t *testing.T) {
	v := NewValue("a:b\\c\"d\u2028é<&>'$ {#")
	for want, file := range map[string]model.SecretFile{
		"a:b\\c\"d\u2028é<&>'$ {#":                  {},
		"a:b\\c\"d\u2028é<&>'$ {#\n":                {Newline: true},
		"h:1:d:u:a\\:b\\\\c\"d\u2028é<&>'$ {#\n":    {Before: "h:1:d:u:", Escape: "pgpass", Newline: true},
		"{\"p\":\"a:b\\\\c\\\"d\\u2028é<&>'$ {#\"}": {Before: "{\"p\":", After: "}", Escape: "json"},
	} {
		if got := string(Content(file, v)); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestPanicHides lets a program panic with values of every kind, and looks at what it leaves behind.
func TestPanicHides(t *testing.T) {
	const canary = "canary-of-a-panic"
	v := NewValue(canary)
	panics := map[string]any{"value": v, "pointer": &v, "map": map[string]Value{"a": v}, "error": fmt.Errorf("it is %v", v), "text": fmt.Sprintf("%#v", Opened{name: "x"})}
	if kind := os.Getenv("PANIC_WITH"); kind != "" {
		panic(panics[kind])
	}
	for kind := range panics {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestPanicHides$")
		cmd.Env = append(os.Environ(), "PANIC_WITH="+kind, "GOTRACEBACK=all")
		output, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(output), "panic: ") {
			t.Errorf("%s: there is no panic: %v\n%s", kind, err, output)
		}
		if strings.Contains(string(output), canary) {
			t.Errorf("%s: the panic shows it:\n%s", kind, output)
		}
	}
}
