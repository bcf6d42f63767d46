package conformance

import (
	"strings"
	"testing"
)

// TestSOPSWithUnusualKeys keeps what stands beside the secrets, whatever its names and comments are made of.
func TestSOPSWithUnusualKeys(t *testing.T) {
	o := newSOPSOperator(t)
	o.run(t, "", tool, "secrets", "init")
	o.run(t, "one of these\n", tool, "secrets", "set", "smtp_password")
	clear := o.run(t, "", o.sops, "decrypt", sopsFile)
	const unusualKeys = `# a note: with "quotes" and # more
"a b": one
"ä€😀": two # beside
"a:b": three
"#x": four
"yes": five
"12": six
"it's": seven
'with "quotes"': eight
"back\\slash\ttab": nine
nested:
    deep: [ten, {eleven: "12"}]
`
	write(t, []byte(clear+unusualKeys), o.root, sopsFile)
	o.run(t, "", o.sops, "encrypt", "--in-place", sopsFile)
	before := o.run(t, "", o.sops, "decrypt", sopsFile)
	if said := o.run(t, "", tool, "secrets", "check", "--open"); strings.Count(said, "is no secret of this stack") != 10 || strings.Contains(said, "comment") {
		t.Errorf("the check says: %s", said)
	}
	o.run(t, "another one of these\n", tool, "secrets", "set", "smtp_password")
	after := o.run(t, "", o.sops, "decrypt", sopsFile)
	if want := strings.Replace(before, "smtp_password: one", "smtp_password: another one", 1); after != want {
		t.Errorf("sops opens:\n%s\nwant:\n%s", hidden(after), hidden(want))
	}
}

// hidden returns the part of a file that this test wrote.
func hidden(text string) string { return text[strings.Index(text, "# a note"):] }
