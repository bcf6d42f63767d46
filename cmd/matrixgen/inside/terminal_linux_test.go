package inside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/matrixgen/matrixgen/internal/cli"
	"github.com/matrixgen/matrixgen/internal/compile"
)

// runHereOnTerminal runs the program in this process with a pseudo-terminal for what it prints, and returns that.
func runHereOnTerminal(t *testing.T, r *leakRepository, arguments []string) []byte {
	t.Helper()
	master, terminal := newTerminal(t)
	defer master.Close()
	printed := make(chan []byte)
	go func() {
		text, _ := io.ReadAll(master) // ends with an error when nobody has the terminal any more
		printed <- text
	}()
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	withStreams(t, nothing, terminal, func() { runMain(r.compilers, arguments) })
	terminal.Close()
	return <-printed
}

// runHere runs the program in this process with a value on stdin, and returns what it prints.
func runHere(t *testing.T, r *leakRepository, arguments []string) []byte {
	t.Helper()
	streams := t.TempDir()
	given, printed := filepath.Join(streams, "given"), filepath.Join(streams, "printed")
	if err := os.WriteFile(given, []byte(r.values["synapse_database_password"]), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(printed)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	withStreams(t, in, out, func() { runMain(r.compilers, arguments) })
	return []byte(r.read(t, printed))
}

// runMain does what main does, with compilers that are made once: what they are is no matter of the verbs.
func runMain(compilers *compile.Pool, arguments []string) {
	cli.RunWith(context.Background(), compilers, arguments, cli.Streams{Out: os.Stdout, Err: os.Stderr})
}

// withStreams has the files in the places of the process's standard streams while it runs the function: a library or a logger that knows
// nothing of the command's streams, or has kept another name for them, prints there as well.
func withStreams(t *testing.T, in, out *os.File, run func()) {
	t.Helper()
	for number, file := range []*os.File{in, out, out} {
		kept, err := syscall.Dup(number)
		if err != nil {
			t.Fatal(err)
		}
		syscall.CloseOnExec(kept)
		defer func() {
			if err := errors.Join(syscall.Dup3(kept, number, 0), syscall.Close(kept)); err != nil {
				t.Fatal(err)
			}
		}()
		if err := syscall.Dup3(int(file.Fd()), number, 0); err != nil {
			t.Fatal(err)
		}
	}
	run()
}

// newTerminal returns both ends of a pseudo-terminal.
func newTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var unlock, number int32
	control(t, master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	control(t, master, syscall.TIOCGPTN, unsafe.Pointer(&number))
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, terminal
}

func control(t *testing.T, terminal *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, code := syscall.Syscall(syscall.SYS_IOCTL, terminal.Fd(), request, uintptr(argument)); code != 0 {
		t.Fatal(code)
	}
}

// TestPrompt types a secret when it is asked for one, and looks for it on the terminal.
func TestPrompt(t *testing.T) {
	r := newLeakRepository(t)
	master, terminal := newTerminal(t)
	defer master.Close()
	cmd := r.command("secrets", "set", "open", "smtp_password")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForEcho(t, terminal, false)
	const typed = "typed on a terminal"
	if _, err := io.WriteString(master, typed+"\n"); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	printed, _ := io.ReadAll(master) // ends with an error when nobody has the terminal any more
	if err := cmd.Wait(); err != nil || !strings.Contains(string(printed), "(it is not shown)") || strings.Contains(string(printed), typed) {
		t.Errorf("%v:\n%s", err, printed)
	}
	stored := t.TempDir()
	_ = r.command("secrets", "unseal", "open", "--to", stored).Run() // only root can give the files away
	if got := r.read(t, stored+"/mas_smtp_password"); got != typed {
		t.Errorf("%q is stored", got)
	}
}

// waitForEcho waits until the terminal shows what is typed, or hides it.
func waitForEcho(t *testing.T, terminal *os.File, shows bool) {
	t.Helper()
	var settings syscall.Termios
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if control(t, terminal, syscall.TCGETS, unsafe.Pointer(&settings)); (settings.Lflag&syscall.ECHO != 0) == shows {
			return
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("echo does not become %t", shows)
		}
	}
}

// TestInterruptedPrompt ends at once when somebody interrupts a prompt: what he types next is no secret, and shows.
func TestInterruptedPrompt(t *testing.T) {
	r := newLeakRepository(t)
	file := filepath.Join("stacks", "open", "secrets.sops.yaml")
	for _, arguments := range [][]string{{"secrets", "set", "open", "smtp_password"}, {"secrets", "rotate", "--yes", "open", "smtp_password"}} {
		master, terminal := newTerminal(t)
		defer master.Close()
		defer terminal.Close()
		cmd := r.command(arguments...)
		before := r.read(t, filepath.Join(cmd.Dir, file))
		cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitForEcho(t, terminal, false)
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
			t.Errorf("%v: %v", arguments, err)
		}
		waitForEcho(t, terminal, true)
		if r.read(t, filepath.Join(cmd.Dir, file)) != before {
			t.Errorf("%v changed the secrets", arguments)
		}
	}
}
