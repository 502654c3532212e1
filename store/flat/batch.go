package flat

import "github.com/dchest/siphash"

// batch is what the writer remembers of rows that are appended but not yet
// committed: their cells and index slots are written only after the commit.
// Everything in it is a function of the rows [C, next) and is rebuilt from
// them when it must grow or a block is given up.
type batch struct {
	txs      slots
	accounts slots
	heads    rowMap // committed account row -> newest output row
	spent    rowMap // committed output row -> 0
	// The same for rows of the batch itself, which lie close together.
	firstAccount, firstOut uint64
	newHeads               []uint64 // account row - firstAccount -> newest output row + 1, 0 is none
	newSpent               []uint64 // a bit for each output row - firstOut
	// The keyed hashes of the rows from the committed ones on, for apply.
	txKeys      []uint64
	accountKeys []uint64
	capacity    int // entries that each table takes at half load
}

// batchOutsMax ends a batch: at 400,000 outputs and inputs its tables are
// 48 MB and the syncs of a commit a tenth of the time it takes to fill them.
// Half or twice as much made no difference beyond the noise.
const batchOutsMax = 400_000

func (t *batch) reset(capacity int, c *Counts) {
	log := uint32(10)
	for 1<<log < 2*capacity {
		log++
	}
	t.txs, t.accounts = remake(t.txs, log), remake(t.accounts, log)
	t.heads.reset(capacity)
	t.spent.reset(capacity)
	t.txKeys, t.accountKeys = t.txKeys[:0], t.accountKeys[:0]
	t.capacity = max(capacity, 512)
	t.firstAccount, t.firstOut = c.Accounts, c.Outs
	t.newHeads, t.newSpent = t.newHeads[:0], t.newSpent[:0]
}

func (t *batch) addTx(key, row uint64) {
	t.txs.insert(key, row)
	t.txKeys = append(t.txKeys, key)
}

func (t *batch) addAccount(key, row uint64) {
	t.accounts.insert(key, row)
	t.accountKeys = append(t.accountKeys, key)
}

// spend notes that an output is spent; false if it was before.
func (t *batch) spend(out uint64) bool {
	if out < t.firstOut {
		p, spent := t.spent.find(out)
		if !spent {
			t.spent.add(p, out, 0)
		}
		return !spent
	}
	i := out - t.firstOut
	for i/64 >= uint64(len(t.newSpent)) {
		t.newSpent = append(t.newSpent, 0)
	}
	bit := uint64(1) << (i & 63)
	spent := t.newSpent[i/64]&bit != 0
	t.newSpent[i/64] |= bit
	return !spent
}

// head makes an output the newest of an account and returns the one before,
// plus one; false if the batch knows of none.
func (t *batch) head(account, out uint64) (before uint64, ok bool) {
	if account < t.firstAccount {
		p, found := t.heads.find(account)
		if !found {
			t.heads.add(p, account, out)
			return 0, false
		}
		before, p.val = p.val+1, out
		return before, true
	}
	i := account - t.firstAccount
	for i >= uint64(len(t.newHeads)) {
		t.newHeads = append(t.newHeads, 0)
	}
	before, t.newHeads[i] = t.newHeads[i], out+1
	return before, before != 0
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

// hasher keys the hashes of txids and scripts. SipHash-2-4 costs 25 ns for 32
// bytes and can not be ground without the key.
type hasher struct{ k0, k1 uint64 }

func (h hasher) sum(b []byte) uint64 { return siphash.Hash(h.k0, h.k1, b) }
