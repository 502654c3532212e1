//go:build linux || darwin || freebsd

package vfs_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/internal/vfs"
)

func TestOSReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	_, mem := open(t, vfs.NewOS(dir), "a", vfs.Create, 10)
	mem[3] = 5
	check(t, os.Chmod(filepath.Join(dir, "a"), 0o444))
	check(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })

	fsys := vfs.NewOS(dir)
	names, err := fsys.List(".")
	check(t, err)
	_, mem = open(t, fsys, "a", vfs.ReadOnly, 0)
	if len(names) != 1 || mem[3] != 5 {
		t.Fatalf("a reader sees %q and byte %d", names, mem[3])
	}
	if !faults(func() { mem[3] = 6 }) {
		t.Fatal("a reader could write")
	}
}

func TestOSMakesItsRoot(t *testing.T) {
	fsys := vfs.NewOS(filepath.Join(t.TempDir(), "not", "yet"))
	if _, err := fsys.List("."); !vfs.NotExist(err) {
		t.Fatalf("error %v of a root that is not there", err)
	}
	check(t, fsys.MkdirAll("."))
	open(t, fsys, "a", vfs.Create, 10)
	check(t, fsys.SyncDir("."))
}

func TestOSNamesTheAddressSpace(t *testing.T) {
	f, err := vfs.NewOS(t.TempDir()).Open("a", vfs.Create)
	check(t, err)
	defer f.Close()
	_, err = f.Map(1 << 60)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(int64(1)<<60)) {
		t.Fatalf("error %v does not say how much was asked", err)
	}
}

func TestFillZerosKeepsBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	check(t, os.WriteFile(path, []byte("abc"), 0o600))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	check(t, err)
	defer f.Close()
	for _, size := range []int64{2, 3, 10, 3<<20 + 1} {
		check(t, vfs.FillZeros(f, size))
		got, err := os.ReadFile(path)
		check(t, err)
		want := "abc" + strings.Repeat("\x00", max(0, int(size)-3))
		if string(got) != want {
			t.Fatalf("%d bytes after filling to %d, or others", len(got), size)
		}
	}
}

// lockDirEnv turns this test binary into a process that holds a lock until it
// is killed.
const lockDirEnv = "CLEW_TEST_LOCK_DIR"

func TestLockHolder(t *testing.T) {
	dir := os.Getenv(lockDirEnv)
	if dir == "" {
		t.Skip("runs only as the other process of TestOSLockDiesWithProcess")
	}
	_, err := vfs.NewOS(dir).Lock("lock")
	check(t, err)
	fmt.Println("held")
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // until killed, or the parent is gone
}

func TestOSLockDiesWithProcess(t *testing.T) {
	dir := t.TempDir()
	holder := exec.Command(os.Args[0], "-test.run=^TestLockHolder$", "-test.v")
	holder.Env = append(os.Environ(), lockDirEnv+"="+dir)
	stdin, err := holder.StdinPipe()
	check(t, err)
	defer stdin.Close()
	stdout, err := holder.StdoutPipe()
	check(t, err)
	check(t, holder.Start())
	for lines := bufio.NewScanner(stdout); lines.Text() != "held"; {
		if !lines.Scan() {
			t.Fatalf("the other process ended without the lock: %v", holder.Wait())
		}
	}

	_, err = vfs.NewOS(dir).Lock("lock")
	wantError(t, err, vfs.ErrLocked)
	if pid := fmt.Sprintf("process %d", holder.Process.Pid); !strings.Contains(err.Error(), pid) {
		t.Errorf("error %q does not name %s", err, pid)
	}
	check(t, holder.Process.Kill())
	_ = holder.Wait()
	lock, err := vfs.NewOS(dir).Lock("lock")
	check(t, err)
	check(t, lock.Close())
}
