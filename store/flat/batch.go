package flat

import "github.com/dchest/siphash"

// batch is what the writer remembers of rows that are appended but not yet
// committed: their cells and index slots are written only after the commit.
// Everything in it is a function of the rows [C, next) and is rebuilt from
// them when it must grow or a block is given up.
type batch struct {
	txs      slots
	accounts slots
	heads    rowMap // account row -> newest output row
	spent    rowMap // output row -> spending tx row
	// The keyed hashes of the rows from the committed ones on, for apply.
	txKeys      []uint64
	accountKeys []uint64
	capacity    int // entries that each table takes at half load
}

// batchOutsMax ends a batch: at 400,000 outputs and inputs its tables are
// 20 MB, a commit costs 1 % of the time it takes to fill them, and recovery
// after a crash stays below a second.
const batchOutsMax = 400_000

func (t *batch) reset(capacity int) {
	log := uint32(10)
	for 1<<log < 2*capacity {
		log++
	}
	t.txs, t.accounts = remake(t.txs, log), remake(t.accounts, log)
	t.heads.reset(capacity)
	t.spent.reset(capacity)
	t.txKeys, t.accountKeys = t.txKeys[:0], t.accountKeys[:0]
	t.capacity = max(capacity, 512)
}

func (t *batch) addTx(key, row uint64) {
	t.txs.insert(key, row)
	t.txKeys = append(t.txKeys, key)
}

func (t *batch) addAccount(key, row uint64) {
	t.accounts.insert(key, row)
	t.accountKeys = append(t.accountKeys, key)
}

func remake(s slots, log uint32) slots {
	if len(s.w) >= 1<<log {
		clear(s.w)
		return s
	}
	return makeSlots(make([]uint64, 1<<log), log)
}

// room reports whether n more entries fit into every table.
func (t *batch) room(n int) bool {
	return max(len(t.txKeys), len(t.accountKeys), t.heads.n, t.spent.n)+n <= t.capacity
}

// hasher keys the hashes of txids and scripts. SipHash-2-4 costs 20 ns for 32
// bytes and can not be ground without the key.
type hasher struct{ k0, k1 uint64 }

func (h hasher) sum(b []byte) uint64 { return siphash.Hash(h.k0, h.k1, b) }
