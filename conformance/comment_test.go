package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// commenter runs ci/comment with the real curl and jq, for a pull request that a forge hosts.
type commenter struct {
	clone
	forge *forge
	// arguments is where those of each curl are, as everybody on the machine sees them.
	arguments string
}

func newCommenter(t *testing.T, f *forge, env ...string) commenter {
	t.Helper()
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	spy := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>" + bin + "/arguments\nexec " + curl + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "curl"), []byte(spy), 0o700); err != nil {
		t.Fatal(err)
	}
	c := clone{dir: t.TempDir()}.with("PATH="+bin+":"+os.Getenv("PATH"), "HOME="+bin).with(f.env()...).with(env...)
	return commenter{c, f, filepath.Join(bin, "arguments")}
}

// comment writes the text as the comment, and returns what the script says and its exit code. The token is never seen.
func (c commenter) comment(t *testing.T, text string) (string, int) {
	t.Helper()
	write(t, []byte(text), c.dir, "diff.md")
	said, code := c.run(t, script(t, "ci/comment"), "diff.md", "7")
	arguments, _ := os.ReadFile(c.arguments)
	if strings.Contains(said+string(arguments), forgeToken) {
		t.Errorf("the token is there for everybody to see:\n%s%s", said, arguments)
	}
	return said, code
}

// holds fails the test unless the one comment of ours has the text.
func (c commenter) holds(t *testing.T, text string) {
	t.Helper()
	ours := c.forge.ours()
	if len(ours) != 1 || ours[0].body != "<!-- matrixgen -->\n"+text {
		t.Errorf("the comments of ours are %v, want one with %q", ours, text)
	}
}

func eachForge(t *testing.T, judge func(t *testing.T, kind string)) {
	for _, kind := range []string{"github", "forgejo", "gitlab"} {
		t.Run(kind, func(t *testing.T) { judge(t, kind) })
	}
}

// TestComment: the first run writes a comment, later ones change it, and whatever the text is, it is there as it was.
func TestComment(t *testing.T) {
	eachForge(t, func(t *testing.T, kind string) {
		f := newForge(t, kind, "Thank you!")
		c := newCommenter(t, f, "TOKEN="+forgeToken)
		for _, text := range []string{
			"first\n", "second\n", "\"quotes\" 'and' \\backslashes\\ `code` $(touch harm) ${HOME} %s &amp; <b>\n```diff\n+ é 漢 😀\n```\r\n\ttab\x01\n",
			strings.Repeat("long ", 12999) + "\n", "@file\n", "- last\n",
		} {
			if said, code := c.comment(t, text); code != 0 {
				t.Fatalf("exit code %d\n%s", code, said)
			}
			c.holds(t, text)
		}
	})
}

// TestCommentOfOthers: a comment of somebody else stays, also one that begins like ours, and one behind many others is found again.
func TestCommentOfOthers(t *testing.T) {
	eachForge(t, func(t *testing.T, kind string) {
		talk := slices.Repeat([]string{"<!-- matrixgen -->\nmine"}, 100)
		for _, count := range []int{1, 100} {
			f := newForge(t, kind, talk[:count]...)
			c := newCommenter(t, f, "TOKEN="+forgeToken)
			for _, text := range []string{"first\n", "second\n"} {
				if said, code := c.comment(t, text); code != 0 {
					t.Fatalf("exit code %d\n%s", code, said)
				}
				c.holds(t, text)
			}
			for _, comment := range f.comments[:count] {
				if comment.body != talk[0] {
					t.Fatalf("the comment of somebody else is now %q", comment.body)
				}
			}
		}
	})
}

// TestCommentNameOfForgejo: at GitHub anybody may have the name that Forgejo's runs write as.
func TestCommentNameOfForgejo(t *testing.T) {
	f := newForge(t, "github")
	f.comments = []comment{{1, "forgejo-actions", "<!-- matrixgen -->\nmine"}}
	if said, code := newCommenter(t, f, "TOKEN="+forgeToken).comment(t, "text\n"); code != 0 || f.comments[0].body != "<!-- matrixgen -->\nmine" {
		t.Errorf("exit code %d, and the comment is %q\n%s", code, f.comments[0].body, said)
	}
}

// TestCommentOfFork: without a token that may write there is no comment, the run says so, and does not fail.
func TestCommentOfFork(t *testing.T) {
	eachForge(t, func(t *testing.T, kind string) {
		for name, token := range map[string]string{"read-only": forgeToken, "none": "", "expired": "ghs_old"} {
			f := newForge(t, kind)
			f.readOnly = true
			said, code := newCommenter(t, f, "TOKEN="+token).comment(t, "text\n")
			if code != 0 || !strings.Contains(said, "no comment is written") || !strings.Contains(said, "from a fork") || len(f.comments) > 0 {
				t.Errorf("%s: exit code %d, %d comments\n%s", name, code, len(f.comments), said)
			}
		}
	})
}

// TestCommentFails: what is no fork's doing is a failure, with a reason.
func TestCommentFails(t *testing.T) {
	f := newForge(t, "github")
	f.broken = true
	if said, code := newCommenter(t, f, "TOKEN="+forgeToken).comment(t, "text\n"); code != 3 || !strings.Contains(said, "answers 502") {
		t.Errorf("a broken server: exit code %d\n%s", code, said)
	}
	f.url = "http://127.0.0.1:1"
	if said, code := newCommenter(t, f, "TOKEN="+forgeToken).comment(t, "text\n"); code != 3 || !strings.Contains(said, "no comment is written") {
		t.Errorf("no server: exit code %d\n%s", code, said)
	}
	bare := newCommenter(t, f, "TOKEN="+forgeToken)
	bare.clone = bare.with("PATH=" + bareTools(t))
	if said, code := bare.comment(t, "text\n"); code != 3 || !strings.Contains(said, "curl is not installed") {
		t.Errorf("no curl: exit code %d\n%s", code, said)
	}
}

// bareTools returns a folder with bash, and nothing else that the script needs.
func bareTools(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"bash", "env"} {
		path, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
