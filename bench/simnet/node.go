package simnet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Env names the variable that names the btcd to run.
const Env = "CLEW_BTCD"

// ErrMissing says that there is no btcd, and where it comes from.
var ErrMissing = errors.New("btcd is missing: scripts/btcd.sh installs it into bin, and " + Env + " names it")

// Find returns the path of btcd: what Env names, one of these files, or what
// the PATH has.
func Find(files ...string) (string, error) {
	if named := os.Getenv(Env); named != "" {
		files = []string{named}
	} else {
		files = append(files, "btcd")
	}
	for _, f := range files {
		if path, err := exec.LookPath(f); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", ErrMissing
}

// Options say how a node is run. Bin and Dir are needed.
type Options struct {
	Bin  string   // btcd itself
	Dir  string   // its own folder: data, logs, certificate
	TLS  bool     // https, with the certificate in CertFile; else http
	Args []string // further flags
}

// User and Password are those of every node's RPC. It listens on loopback.
const (
	User     = "user"
	Password = "simnet"
)

// How long a node may take to answer for the first time, and to end.
const (
	startMax = 30 * time.Second
	stopMax  = 30 * time.Second
)

// Node is a btcd process. Its methods are for one goroutine at a time, Call
// for any.
type Node struct {
	opt  Options
	addr string
	cmd  *exec.Cmd     // nil: not running
	done chan struct{} // closed when the process ended
	said bytes.Buffer  // what it printed; read when done
	rpc  client
}

// Start runs a new node. It goes on with what its folder holds.
func Start(opt Options) (*Node, error) {
	n := &Node{opt: opt}
	if err := os.WriteFile(n.path("btcd.conf"), nil, 0o600); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n.addr = l.Addr().String()
	n.rpc = newClient(n.addr, opt.TLS)
	if err := l.Close(); err != nil {
		return nil, err
	}
	return n, n.Start()
}

// Start runs the node again, at the same address.
func (n *Node) Start() error {
	args := []string{"--simnet", "--nolisten", "--nodnsseed", "--rpcuser=" + User, "--rpcpass=" + Password,
		"--configfile=" + n.path("btcd.conf"), "--datadir=" + n.path("data"), "--logdir=" + n.path("log"),
		"--rpclisten=" + n.addr, "--rpccert=" + n.path("rpc.cert"), "--rpckey=" + n.path("rpc.key")}
	if !n.opt.TLS {
		args = append(args, "--notls")
	}
	n.cmd = exec.Command(n.opt.Bin, append(args, n.opt.Args...)...)
	n.cmd.Env = append(os.Environ(), "HOME="+n.opt.Dir)
	n.said.Reset()
	n.cmd.Stdout, n.cmd.Stderr = &n.said, &n.said
	if err := n.cmd.Start(); err != nil {
		n.cmd = nil
		return fmt.Errorf("btcd: %w", err)
	}
	n.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		_ = cmd.Wait()
		close(done)
	}(n.cmd, n.done)
	return n.awaitAnswer()
}

func (n *Node) awaitAnswer() error {
	late := time.After(startMax)
	for {
		_, err := n.Call(context.Background(), "getblockcount")
		if err == nil {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-n.done:
			n.cmd = nil
			return fmt.Errorf("btcd ended: %s", bytes.TrimSpace(n.said.Bytes()))
		case <-late:
			n.Kill()
			return fmt.Errorf("btcd did not answer in %v: %w", startMax, err)
		}
	}
}

// Stop ends the node as its owner would: what it holds is written.
func (n *Node) Stop() error {
	if n.cmd == nil {
		return nil
	}
	if _, err := n.Call(context.Background(), "stop"); err != nil {
		n.Kill()
		return err
	}
	select {
	case <-n.done:
		n.cmd = nil
		return nil
	case <-time.After(stopMax):
		n.Kill()
		return fmt.Errorf("btcd did not end in %v", stopMax)
	}
}

// Kill ends the node with a signal that it can not catch. A young btcd then
// begins again with block 0: it writes what it holds every few minutes.
func (n *Node) Kill() {
	if n.cmd == nil {
		return
	}
	_ = n.cmd.Process.Kill()
	<-n.done
	n.cmd = nil
}

// URL returns where the node answers, with user and password.
func (n *Node) URL() string {
	scheme := "http"
	if n.opt.TLS {
		scheme = "https"
	}
	return scheme + "://" + User + ":" + Password + "@" + n.addr
}

// CertFile is the certificate that a node with TLS shows, "" without.
func (n *Node) CertFile() string {
	if !n.opt.TLS {
		return ""
	}
	return n.path("rpc.cert")
}

func (n *Node) path(name string) string { return filepath.Join(n.opt.Dir, name) }

// Address returns where the node answers, without user and password.
func (n *Node) Address() string { return n.rpc.url }
