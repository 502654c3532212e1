//go:build integration

package integration_test

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// line is a line that a process printed, and when it came.
type line struct {
	text string
	at   time.Time
}

// process is a clew that goes on until it is told to end.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and all it said is here

	mu   sync.Mutex // guards what follows
	out  []line
	errs bytes.Buffer
}

// launch starts a clew that ends with the test at the latest.
func launch(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(binary, args...), done: make(chan struct{})}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	go p.hear(stdout, stderr)
	return p
}

// hear takes down what the process says, until it ends.
func (p *process) hear(stdout, stderr io.Reader) {
	var both sync.WaitGroup
	both.Go(func() {
		s := bufio.NewScanner(stdout)
		s.Buffer(nil, 16<<20)
		for s.Scan() {
			p.mu.Lock()
			p.out = append(p.out, line{s.Text(), time.Now()})
			p.mu.Unlock()
		}
	})
	both.Go(func() {
		s := bufio.NewScanner(stderr)
		for s.Scan() {
			p.mu.Lock()
			p.errs.WriteString(s.Text() + "\n")
			p.mu.Unlock()
		}
	})
	both.Wait()
	_ = p.cmd.Wait()
	close(p.done)
}

// lines returns what it printed so far.
func (p *process) lines() []line {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out[:len(p.out):len(p.out)]
}

// complaints returns what it wrote to standard error so far.
func (p *process) complaints() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errs.String()
}

// kill ends it with a signal that it can not catch. A line that it did not
// finish is no line.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// endMax is how long a process may take to end when it is told to.
const endMax = 20 * time.Second

// term asks it to end, as a service manager does, and fails the test unless it
// does so with exit code 0.
func (p *process) term(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(endMax):
		t.Fatalf("clew %s did not end in %v", strings.Join(p.cmd.Args[1:], " "), endMax)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("clew %s, told to end, exits %d: %s", strings.Join(p.cmd.Args[1:], " "), code, p.complaints())
	}
}

// waitMax bounds every wait for something that has to come.
const waitMax = 60 * time.Second

// until waits for something that has to come.
func until(t *testing.T, what func() string, there func() bool) {
	t.Helper()
	for late := time.Now().Add(waitMax); !there(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("it did not come in %v: %s", waitMax, what())
		}
	}
}
