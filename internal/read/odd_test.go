//go:build unix

package read_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/matrixgen/matrixgen/internal/read"
)

// TestOddFiles: what is no file is passed over, and what is no text is a finding where a configuration is meant. Nothing waits, and nothing is
// read whole that is too large.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	files := map[string]string{
		"compose.yaml":      "services:\n  mas: {image: \"ghcr.io/element-hq/matrix-authentication-service:1.22.0\", volumes: [\"./fifo.yaml:/config.yaml\", \"./folder:/x\"]}\n",
		"latin.yaml":        "server_name: é\nlisteners: [] # \xe9\n",
		"utf16.yaml":        "\xff\xfes\x00e\x00r\x00v\x00e\x00r\x00",
		"mark.yaml":         "\ufeffserver_name: example.org\r\nlisteners: []\r\n",
		"folder/nginx.conf": "server { \xff }",
		"folder/zero.yaml":  "server_name: x\x00\nlisteners: []\n",
	}
	if err := os.Mkdir(in("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		syscall.Mkfifo(in("fifo.yaml"), 0o600), syscall.Mkfifo(in(".gitignore"), 0o600), os.Symlink("loop.yaml", in("loop.yaml")), os.Symlink("..", in("folder/up")),
		os.WriteFile(in("sparse.yaml"), nil, 0o600), os.Truncate(in("sparse.yaml"), 2<<30), os.WriteFile(in("sparse.conf"), nil, 0o600), os.Truncate(in("sparse.conf"), 2<<30),
	} {
		if err != nil {
			t.Skip(err)
		}
	}
	if listener, err := net.Listen("unix", in("s.yaml")); err == nil {
		defer listener.Close()
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	began := time.Now()
	_, findings, err := read.Deployments(root.FS())
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%s:%d:%d %s", f.File, f.Line, f.Column, f.Rule))
	}
	want := []string{"latin.yaml:2:17 syntax-error", "utf16.yaml:1:1 not-linted"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
