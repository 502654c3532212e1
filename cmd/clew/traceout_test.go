//go:build unix

package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOutputIntoPipe writes into what is no file: it is still there afterwards.
// As root, a file put in its place would take /dev/null from the machine.
func TestOutputIntoPipe(t *testing.T) {
	pipe, link := filepath.Join(t.TempDir(), "pipe"), filepath.Join(t.TempDir(), "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no named pipe can be made here, which a file system with mkfifo(3) allows: ", err)
	}
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link} {
		read := make(chan string)
		go func() {
			f, err := os.Open(pipe)
			if err != nil {
				read <- err.Error()
				return
			}
			defer f.Close()
			b, _ := io.ReadAll(f)
			read <- string(b)
		}()
		if got := through(t, path, read); got != "answer" {
			t.Errorf("%s: %q arrived", filepath.Base(path), got)
		}
		if info, err := os.Stat(pipe); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
			t.Fatalf("%s: no pipe is left: %v", filepath.Base(path), err)
		}
	}
}

func through(t *testing.T, path string, read <-chan string) string {
	t.Helper()
	out, err := openOutput(env{}, path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.discard()
	if _, err := io.WriteString(out, "answer"); err != nil {
		t.Fatal(err)
	}
	if err := out.commit(); err != nil {
		t.Fatal(err)
	}
	return <-read
}

// TestOutputThroughLink writes the file that a link leads to.
func TestOutputThroughLink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	out, err := openOutput(env{}, link)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(out, "after")
	if err := out.commit(); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(file); string(b) != "after" {
		t.Errorf("the file says %q", b)
	}
}
