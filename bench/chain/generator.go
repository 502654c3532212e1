package chain

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"clew.example/clew/ledger"
)

// Amounts of a coinbase: 20 accounts get a start, the miner keeps the rest of
// 50 coins.
const (
	subsidy     = 5_000_000_000
	startPayees = 20
	startAmount = 200_000_000
)

// rampBlocks is the number of blocks over which the chain grows to its block
// size: the first ones have little to spend.
const rampBlocks = 100

// payment is an output that is not written yet.
type payment struct {
	addr  uint32
	value int64
}

// generator writes one chain.
type generator struct {
	p      Params
	w      *world
	blocks *blockFiles
	truth  *truthFiles

	txids  []ledger.TxID
	height int
	block  []byte    // the transactions of the open block, serialised
	pays   []payment // of the transaction being made
	addrs  []uint32  // distinct addresses of its inputs

	inputs   int
	ins      histogram
	outs     histogram
	totalOut int64
}

func newGenerator(dir string, p Params) (*generator, error) {
	truth, err := createTruth(dir, p.EdgesCSV)
	if err != nil {
		return nil, err
	}
	return &generator{
		p:      p,
		w:      newWorld(p),
		blocks: newBlockFiles(BlocksDir(dir)),
		truth:  truth,
		txids:  make([]ledger.TxID, 0, p.Txs),
	}, nil
}

func (g *generator) close() error { return errors.Join(g.blocks.close(), g.truth.close()) }

func (g *generator) run(ctx context.Context) (Meta, error) {
	for len(g.txids) < g.p.Txs {
		if err := ctx.Err(); err != nil {
			return Meta{}, err
		}
		if err := g.makeBlock(); err != nil {
			return Meta{}, err
		}
	}
	g.truth.lookups(g.txids, g.w.owner)
	return g.meta(), g.truth.err()
}

func (g *generator) meta() Meta {
	return Meta{
		Addresses: len(g.w.owner),
		Blocks:    g.height,
		Bytes:     g.blocks.written,
		Files:     g.blocks.files,
		InHist:    g.ins.asMap(),
		Inputs:    g.inputs,
		OutHist:   g.outs.asMap(),
		Outputs:   len(g.w.outAddr),
		PerBlock:  g.p.PerBlock,
		Seed:      g.p.Seed,
		SHA256:    hex.EncodeToString(g.blocks.digest.Sum(nil)),
		TotalOut:  g.totalOut,
		Txs:       len(g.txids),
		Wallets:   len(g.w.purse) - 1,
	}
}

func (g *generator) makeBlock() error {
	g.block = g.block[:0]
	first := len(g.txids)
	g.coinbase()
	want := g.p.PerBlock - 1
	if g.height < rampBlocks {
		want = 1 + g.height*(g.p.PerBlock-1)/rampBlocks
	}
	for i := 0; i < want && len(g.txids) < g.p.Txs; i++ {
		g.spend()
	}
	if err := g.blocks.add(g.height, g.txids[first:], g.block); err != nil {
		return err
	}
	g.height++
	return g.truth.err()
}

func (g *generator) coinbase() {
	h := g.height
	start := g.beginTx(1)
	null := ledger.Outpoint{Vout: ledger.CoinbaseVout}
	script := [...]byte{3, byte(h), byte(h >> 8), byte(h >> 16), 4, 'p', 'e', 'e', 'r'}
	g.appendInput(null, script[:])
	miner := g.w.miners[g.w.rng.Intn(len(g.w.miners))]
	g.pays = append(g.pays[:0], payment{g.w.newAddress(miner), subsidy - startPayees*startAmount})
	for range startPayees {
		g.pays = append(g.pays, payment{g.w.payee(), startAmount})
	}
	g.endTx(start)
}

// spend makes one transaction that is not a coinbase.
func (g *generator) spend() {
	wallet := g.w.spender()
	k := g.w.inputCount(len(g.w.purse[wallet]))
	start := g.beginTx(k)
	sum := g.spendCoins(wallet, k)
	g.ins.add(k)
	g.inputs += k
	g.payOut(wallet, k, sum)
	g.endTx(start)
}

// spendCoins writes k inputs and returns what they are worth. It leaves the
// distinct addresses in g.addrs, the first input's in front.
func (g *generator) spendCoins(wallet uint32, k int) (sum int64) {
	g.addrs = g.addrs[:0]
	for vin := range k {
		c := g.w.take(wallet)
		sum += c.value
		g.addrs = appendNew(g.addrs, c.addr)
		script := g.unlock(c.addr)
		g.appendInput(ledger.Outpoint{TxID: g.txids[c.tx], Vout: uint32(c.vout)}, script[:])
		g.truth.edge(Edge{Src: c.tx, Vout: c.vout, Vin: uint16(vin), Dst: uint32(len(g.txids))}, c.value, g.height)
	}
	if len(g.addrs) > 1 {
		g.truth.inputAddresses(g.addrs)
	}
	return sum
}

// unlock returns an input script of the usual length and form: a pushed
// signature of 72 bytes, random where a real one is, and the pushed key.
func (g *generator) unlock(addr uint32) (s [107]byte) {
	copy(s[:], []byte{72, 0x30, 69, 0x02, 33})
	binary.LittleEndian.PutUint64(s[9:], g.w.rng.Uint64())
	binary.LittleEndian.PutUint64(s[41:], g.w.rng.Uint64())
	s[72] = 1 // SIGHASH_ALL, the last byte of the signature
	s[73] = 33
	key := publicKey(addr)
	copy(s[74:], key[:])
	return s
}

// payOut fills g.pays: shares to payees, what is left to the change address,
// which then changes places with the first output half of the time.
func (g *generator) payOut(wallet uint32, k int, sum int64) {
	fee := int64(200 + 150*k)
	n := g.w.outputCount()
	if sum < fee+int64(n)*1000 {
		n = 1
		if sum <= fee {
			fee = 0
		}
	}
	g.outs.add(n)
	rest := sum - fee
	g.pays = g.pays[:0]
	for range n - 1 {
		v := g.w.share(rest, n)
		g.pays = append(g.pays, payment{g.w.payee(), v})
		rest -= v
	}
	g.pays = append(g.pays, payment{g.w.changeAddress(wallet, g.addrs[0], n), rest})
	if n >= 2 && g.w.rng.Intn(2) == 0 {
		g.pays[0], g.pays[n-1] = g.pays[n-1], g.pays[0]
	}
}

// beginTx opens a transaction of k inputs in the block and returns where it
// starts.
func (g *generator) beginTx(k int) int {
	start := len(g.block)
	g.block = append(g.block, 1, 0, 0, 0, byte(k))
	return start
}

func (g *generator) appendInput(prev ledger.Outpoint, script []byte) {
	g.block = append(g.block, prev.TxID[:]...)
	g.block = binary.LittleEndian.AppendUint32(g.block, prev.Vout)
	g.block = append(g.block, byte(len(script)))
	g.block = append(g.block, script...)
	g.block = append(g.block, 0xff, 0xff, 0xff, 0xff)
}

// endTx writes the outputs of g.pays and the lock time, and gives the outputs
// to their owners.
func (g *generator) endTx(start int) {
	tx := uint32(len(g.txids))
	g.block = append(g.block, byte(len(g.pays)))
	for i, pay := range g.pays {
		g.block = binary.LittleEndian.AppendUint64(g.block, uint64(pay.value))
		g.block = append(g.block, 25)
		g.block = appendScript(g.block, &g.w.keyHash[pay.addr])
		g.w.receive(coin{tx: tx, vout: uint16(i), addr: pay.addr, value: pay.value})
		g.truth.output(Output{Tx: tx, Vout: uint32(i), Addr: pay.addr, Value: ledger.Amount(pay.value)})
		g.totalOut += pay.value
	}
	g.block = append(g.block, 0, 0, 0, 0)
	g.txids = append(g.txids, doubleHash(g.block[start:]))
}

// appendNew appends v unless it is there: a linear search, the lists being of
// thirteen at most.
func appendNew(list []uint32, v uint32) []uint32 {
	for _, x := range list {
		if x == v {
			return list
		}
	}
	return append(list, v)
}

func doubleHash(b []byte) ledger.Hash {
	h := sha256.Sum256(b)
	return sha256.Sum256(h[:])
}
