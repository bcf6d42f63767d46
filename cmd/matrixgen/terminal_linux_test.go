package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// onTerminal runs a program with a pseudo-terminal for what it prints, and returns that.
func onTerminal(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	master, terminal := newTerminal(t)
	defer master.Close()
	cmd.Stdout, cmd.Stderr = terminal, terminal
	err := cmd.Start()
	terminal.Close()
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	_, _ = io.Copy(&printed, master) // ends with an error when nobody has the terminal any more
	_ = cmd.Wait()                   // it may fail
	return printed.Bytes()
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
	var settings syscall.Termios
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if control(t, terminal, syscall.TCGETS, unsafe.Pointer(&settings)); settings.Lflag&syscall.ECHO == 0 {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatal("it does not ask")
		}
	}
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
