//go:build integration

package bitcoind_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
)

// btcd is a real node on its simulation network.
type btcd struct {
	t    *testing.T
	bin  string
	dir  string
	addr string
	cmd  *exec.Cmd
}

// startBtcd starts a btcd that mines when it is told to.
func startBtcd(t *testing.T) *btcd {
	t.Helper()
	bin := os.Getenv("CLEW_BTCD")
	if bin == "" {
		bin = "btcd"
	}
	bin, err := exec.LookPath(bin)
	if err != nil {
		t.Skip("btcd is missing: install github.com/btcsuite/btcd v0.26.2 and name it in CLEW_BTCD")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &btcd{t: t, bin: bin, dir: t.TempDir(), addr: l.Addr().String()}
	l.Close()
	if err := os.WriteFile(n.path("btcd.conf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n.start()
	t.Cleanup(n.kill)
	return n
}

func (n *btcd) path(name string) string { return filepath.Join(n.dir, name) }

func (n *btcd) start() {
	n.t.Helper()
	simnet, _ := bitcoin.NetworkByName("simnet")
	script := append([]byte{0x76, 0xa9, 20}, make([]byte, 20)...)
	address, _ := bitcoin.AppendAddress(nil, append(script, 0x88, 0xac), simnet)
	n.cmd = exec.Command(n.bin, "--simnet", "--nolisten", "--rpcuser=user", "--rpcpass=password",
		"--configfile="+n.path("btcd.conf"), "--datadir="+n.path("data"), "--logdir="+n.path("log"),
		"--rpccert="+n.path("rpc.cert"), "--rpckey="+n.path("rpc.key"),
		"--rpclisten="+n.addr, "--miningaddr="+string(address))
	n.cmd.Env = append(os.Environ(), "HOME="+n.dir)
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := n.call("getblockcount"); err == nil {
			return
		} else if time.Now().After(late) {
			n.t.Fatal(err)
		}
	}
}

// stop ends the node as its owner would. Killed, a young btcd begins again with
// block 0: it writes what it holds every few minutes.
func (n *btcd) stop() {
	n.must("stop")
	_ = n.cmd.Wait()
}

func (n *btcd) kill() {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// client does not look at the certificate: it is the code under test that does.
var client = &http.Client{Transport: &http.Transport{
	DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
}}

func (n *btcd) call(method string, params ...any) (json.RawMessage, error) {
	body, _ := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": append([]any{}, params...)})
	req, _ := http.NewRequest(http.MethodPost, "https://"+n.addr, bytes.NewReader(body))
	req.SetBasicAuth("user", "password")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	got, _ := io.ReadAll(resp.Body)
	var r struct{ Result, Error json.RawMessage }
	if err := json.Unmarshal(got, &r); err != nil || string(r.Error) != "null" {
		return nil, fmt.Errorf("%s: %s", method, got)
	}
	return r.Result, nil
}

func (n *btcd) must(method string, params ...any) json.RawMessage {
	n.t.Helper()
	result, err := n.call(method, params...)
	if err != nil {
		n.t.Fatal(err)
	}
	return result
}

// mine mines blocks and returns the last.
func (n *btcd) mine(count int) ledger.Hash {
	n.t.Helper()
	var hashes []string
	if err := json.Unmarshal(n.must("generate", count), &hashes); err != nil {
		n.t.Fatal(err)
	}
	h, err := ledger.ParseHash(hashes[len(hashes)-1])
	if err != nil {
		n.t.Fatal(err)
	}
	return h
}

// reorg replaces the newest blocks by one more than they were.
func (n *btcd) reorg(depth int) ledger.Hash {
	n.t.Helper()
	var height int
	if err := json.Unmarshal(n.must("getblockcount"), &height); err != nil {
		n.t.Fatal(err)
	}
	n.must("invalidateblock", json.RawMessage(n.must("getblockhash", height-depth+1)))
	return n.mine(depth + 1)
}

// refs is what is held, as events tell it.
type refs struct {
	list chan []bitcoind.Ref
	cuts int
}

func (r *refs) emit(e bitcoind.Event) error {
	list := <-r.list
	defer func() { r.list <- list }()
	if e.Kind == bitcoind.Disconnected {
		for list[len(list)-1] != e.To {
			list = list[:len(list)-1]
		}
		r.cuts++
		return nil
	}
	if n := len(list); n > 0 && list[n-1].Hash != e.Block.Prev || int(e.Block.Height) != n {
		return fmt.Errorf("block %d %s does not fit", e.Block.Height, e.Block.Hash)
	}
	list = append(list, bitcoind.Ref{Height: e.Block.Height, Hash: e.Block.Hash})
	return nil
}

// reach waits for a block and returns how long that took.
func (r *refs) reach(t *testing.T, want ledger.Hash) time.Duration {
	t.Helper()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(5 * time.Millisecond) {
		list := <-r.list
		there := len(list) > 0 && list[len(list)-1].Hash == want
		r.list <- list
		if there {
			return time.Since(began)
		}
	}
	t.Fatalf("never reached %s", want)
	return 0
}

// TestBtcd follows a real btcd over TLS through catch-up, new blocks, branches
// of several depths, and a restart of the node.
func TestBtcd(t *testing.T) {
	n := startBtcd(t)
	tip := n.mine(500)
	simnet, _ := bitcoin.NetworkByName("simnet")
	c := open(t, bitcoind.Options{
		URLs: []string{"https://" + n.addr}, User: "user", Password: "password", CertFile: n.path("rpc.cert"),
		Network: simnet, Poll: 200 * time.Millisecond, Backoff: 100 * time.Millisecond, Values: true,
		Status: func(s bitcoind.Status) { t.Logf("%v %d %s", s.State, s.Height, s.Detail) },
	})
	r := &refs{list: make(chan []bitcoind.Ref, 1)}
	r.list <- nil
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Follow(ctx, nil, r.emit) }()
	t.Logf("501 blocks: %v", r.reach(t, tip))
	t.Logf("a new block: %v", r.reach(t, n.mine(1)))
	for _, depth := range []int{1, 5, 50} {
		t.Logf("a branch of %d blocks: %v", depth, r.reach(t, n.reorg(depth)))
	}
	n.stop()
	time.Sleep(500 * time.Millisecond)
	n.start()
	t.Logf("a block after a restart: %v", r.reach(t, n.mine(1)))
	cancel()
	<-done
	t.Logf("%d branches", r.cuts)
}
