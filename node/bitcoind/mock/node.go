package mock

import (
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Node is a running node. Its methods may be called from any goroutine.
type Node struct {
	*httptest.Server

	mu       sync.Mutex // guards all below
	first    ledger.Height
	blocks   map[ledger.Hash]*block
	chain    []ledger.Hash // the best one, from first on
	genesis  ledger.Hash
	btcd     bool
	down     bool
	warm     bool
	login    string // user:password
	spent    map[ledger.Hash][]ledger.SpentOut
	tamper   func(method string, params []any, a *Answer)
	changed  chan struct{} // closed when the chain changes
	gone     chan struct{} // closed when the node stops
	requests map[string]int
	written  int64 // bytes of endless bodies
}

type block struct {
	prev ledger.Hash
	raw  []byte
}

// New starts a node that holds blocks, of which the oldest are at height first.
// Its tip is the last one, its genesis block the first one where first is 0.
func New(first ledger.Height, raws [][]byte) *Node {
	n := &Node{
		first: first, blocks: map[ledger.Hash]*block{}, login: "user:password",
		changed: make(chan struct{}), gone: make(chan struct{}), requests: map[string]int{},
	}
	for i, raw := range raws {
		h, _ := bitcoin.ParseHeader(raw)
		id := bitcoin.HashHeader(raw)
		n.blocks[id] = &block{h.Prev, raw}
		if i == 0 && first == 0 {
			n.genesis = id
		}
		n.chain = n.path(id)
	}
	n.Server = httptest.NewServer(n)
	n.URL = strings.Replace(n.URL, "http://", "http://user:password@", 1)
	return n
}

// Stop ends the node and what it is busy with.
func (n *Node) Stop() {
	close(n.gone)
	n.CloseClientConnections()
	n.Close()
}

func (n *Node) path(tip ledger.Hash) (chain []ledger.Hash) {
	for id := tip; n.blocks[id] != nil; id = n.blocks[id].prev {
		chain = append(chain, id)
	}
	for i, j := 0, len(chain)-1; i < j; i, j = i+1, j-1 {
		chain[i], chain[j] = chain[j], chain[i]
	}
	return chain
}

// change makes a change and wakes those who wait for one.
func (n *Node) change(to func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	to()
	close(n.changed)
	n.changed = make(chan struct{})
}

// SetTip makes the best chain the one that ends with a block.
func (n *Node) SetTip(id ledger.Hash) { n.change(func() { n.chain = n.path(id) }) }

// SetGenesis says what stands at height 0, where the node's blocks begin later.
func (n *Node) SetGenesis(id ledger.Hash) { n.change(func() { n.genesis = id }) }

// SetBtcd takes away what btcd does not know.
func (n *Node) SetBtcd() { n.change(func() { n.btcd = true }) }

// SetDown makes the node drop every connection, or not.
func (n *Node) SetDown(down bool) { n.change(func() { n.down = down }) }

// SetWarm makes the node load its index, or not: RPC error -28.
func (n *Node) SetWarm(warm bool) { n.change(func() { n.warm = warm }) }

// SetLogin changes whom the node lets in, user:password.
func (n *Node) SetLogin(login string) { n.change(func() { n.login = login }) }

// SetSpent says what the inputs of a block spend, for verbosity 3.
func (n *Node) SetSpent(spent map[ledger.Hash][]ledger.SpentOut) {
	n.change(func() { n.spent = spent })
}

// Tamper has every answer changed before it is sent; nil: no more.
func (n *Node) Tamper(with func(method string, params []any, a *Answer)) {
	n.change(func() { n.tamper = with })
}

// Requests returns how often a method was called.
func (n *Node) Requests(method string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.requests[method]
}

// Written returns how many bytes of endless bodies were sent.
func (n *Node) Written() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.written
}

// header returns the hex of the header of a block.
func header(raw []byte) string { return hex.EncodeToString(raw[:ledger.HeaderSize]) }
