//go:build integration

package integration_test

import (
	wire "encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/bench/simnet"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Where the story takes place. Coins of coinbases are spent from SegwitHeight
// on; those below looted are stolen, those below mixedIn meet stolen ones, and
// those from there on pay strangers.
const (
	looted  = 10
	mixedIn = 150

	theftHeight = 490 // or the first block after it, on a branch from below
	peelHeight  = 501 // the first hop
	lootMin     = 5e8 // with less left, nothing is peeled off
)

// services are who the stolen coins reach, in turn, at every fourth hop.
var services = []struct{ name, category string }{
	{"Simulated Exchange", "exchange"}, {"Simulated Mixer", "mixer"}, {"Simulated Market", "market"},
}

// loot is where the stolen coins lie as of a block, peels apart.
type loot struct {
	at    ledger.Outpoint
	value ledger.Amount
	lock  simnet.Lock
	hops  int
}

// story is a chain in which a theft is peeled off, one hop a block. Its
// branches differ in what they spend the coins on.
type story struct {
	tag    simnet.Tag
	blocks []*simnet.Block // by height
	loots  []loot          // likewise
	theft  ledger.TxID
}

func newStory() *story {
	return &story{tag: "main", blocks: []*simnet.Block{simnet.Genesis()}, loots: []loot{{}}}
}

// clone returns a story that goes on by itself.
func (s *story) clone() *story {
	c := *s
	c.blocks, c.loots = append([]*simnet.Block(nil), s.blocks...), append([]loot(nil), s.loots...)
	return &c
}

func (s *story) tip() *simnet.Block { return s.blocks[len(s.blocks)-1] }

// fork goes back by some blocks and returns the oldest that is given up; what
// comes now has another tag.
func (s *story) fork(depth int, tag simnet.Tag) *simnet.Block {
	n := len(s.blocks) - depth
	gone := s.blocks[n]
	s.tag, s.blocks, s.loots = tag, s.blocks[:n:n], s.loots[:n:n]
	return gone
}

// next makes the next block.
func (s *story) next() *simnet.Block {
	height := ledger.Height(len(s.blocks))
	var txs []bitcoin.RawTx
	if height >= simnet.SegwitHeight {
		txs = append(txs, s.payment(height))
	}
	l := s.loots[len(s.loots)-1]
	switch {
	case height >= theftHeight && l.value == 0:
		tx := s.steal()
		l = loot{at: ledger.Outpoint{TxID: tx.TxID()}, value: tx.Outs[0].Value}
		s.theft = tx.TxID()
		txs = append(txs, tx)
	case height >= peelHeight && l.value >= lootMin:
		tx := s.peel(&l)
		txs = append(txs, tx)
	}
	b := simnet.Mine(s.tip(), s.tag, txs...)
	s.blocks, s.loots = append(s.blocks, b), append(s.loots, l)
	return b
}

// dice is a number that depends on the branch and on some others.
func (s *story) dice(n ...uint64) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s.tag))
	for _, v := range n {
		h.Write(wire.BigEndian.AppendUint64(nil, v))
	}
	return h.Sum64()
}

func (s *story) coinbase(h ledger.Height) bitcoin.RawIn {
	return simnet.CoinbaseLock(h).Spend(ledger.Outpoint{TxID: s.blocks[h].Coinbase})
}

// payment is what honest people do: a coinbase of 150 blocks ago is paid out.
func (s *story) payment(height ledger.Height) bitcoin.RawTx {
	n := s.dice(uint64(height))
	return bitcoin.RawTx{
		Version: 2,
		Ins:     []bitcoin.RawIn{s.coinbase(height - mixedIn)},
		Outs: []bitcoin.RawOut{
			{Value: ledger.Amount(1e8 + n%20e8), Script: simnet.Payee(n % 1000)},
			{Value: 20e8, Script: simnet.Payee(uint64(height))},
		},
	}
}

// steal takes ten coinbases to output 0. It is the same on every branch.
func (s *story) steal() bitcoin.RawTx {
	tx := bitcoin.RawTx{Version: 2, Outs: []bitcoin.RawOut{{Value: 400e8, Script: simnet.Lock(0).Script()}, {Value: 99e8, Script: simnet.Payee(0)}}}
	for h := ledger.Height(1); h <= looted; h++ {
		tx.Ins = append(tx.Ins, s.coinbase(h))
	}
	return tx
}

// peel pays some of the loot to somebody and the rest to a new address. At
// every fifth hop coins of others come in, so that policies differ.
func (s *story) peel(l *loot) bitcoin.RawTx {
	l.hops++
	n := s.dice(uint64(l.hops))
	rest := l.value - 1000
	tx := bitcoin.RawTx{Version: 2, Ins: []bitcoin.RawIn{l.lock.Spend(l.at)}}
	if l.hops%5 == 0 && looted+l.hops < mixedIn {
		tx.Ins = append(tx.Ins, s.coinbase(ledger.Height(looted+l.hops)))
		rest += simnet.Subsidy
	}
	part := ledger.Amount(1e8 + n%4e8)
	payee := simnet.Payee(n)
	if l.hops%4 == 0 {
		payee = service(l.hops / 4 % len(services))
	}
	l.lock = simnet.Lock(n)
	tx.Outs = []bitcoin.RawOut{{Value: part, Script: payee}, {Value: rest - part, Script: l.lock.Script()}}
	l.at, l.value = ledger.Outpoint{TxID: tx.TxID(), Vout: 1}, rest-part
	return tx
}

// service returns the script of one of services.
func service(i int) []byte { return simnet.Payee(1<<63 + uint64(i)) }

// write makes the case: the question and the labels, as a user has them.
func (s *story) write(t *testing.T) (file string) {
	t.Helper()
	dir := t.TempDir()
	var labels strings.Builder
	labels.WriteString("chain,address,label,category,source\n")
	for i, of := range services {
		fmt.Fprintf(&labels, "bitcoin-simnet,%s,%s,%s,the test\n", simnet.Address(service(i)), of.name, of.category)
	}
	question := fmt.Sprintf("title: A peel chain\nstarts:\n  - bitcoin-simnet:%s:0\nlabels: labels.csv\npolicy: all\n", s.theft)
	file = filepath.Join(dir, "case.yaml")
	put(t, filepath.Join(dir, "labels.csv"), []byte(labels.String()))
	put(t, file, []byte(question))
	return file
}

// files writes the blocks as a node keeps them: records of magic, length and
// block, the newest first, since files tell nothing by their order.
func (s *story) files(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	var all []byte
	for i := len(s.blocks) - 1; i >= 0; i-- {
		all = wire.LittleEndian.AppendUint32(all, simnet.Network().Magic)
		all = wire.LittleEndian.AppendUint32(all, uint32(len(s.blocks[i].Raw)))
		all = append(all, s.blocks[i].Raw...)
	}
	put(t, filepath.Join(dir, "blk00000.dat"), all)
	return dir
}

func put(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
