package bitcoind

import (
	"sync"

	"clew.example/clew/ledger"
)

// Refusal is what emit returns for a connected block that it can not take, since
// it breaks a rule that only the whole ledger can check, such as an output that
// is spent twice. Following goes on without the block and all that builds on it.
type Refusal struct {
	Reason string
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Reason }

// refusals are the blocks that were refused since the client was opened.
type refusals struct {
	mu     sync.Mutex // guards all below
	reason map[ledger.Hash]string
	order  []ledger.Hash
}

// refusalsMax bounds the blocks that are remembered. Each costs who sends it the
// proof of work of a whole branch; one forgotten is fetched and refused again.
const refusalsMax = 1000

func (r *refusals) add(id ledger.Hash, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reason == nil {
		r.reason = map[ledger.Hash]string{}
	}
	if len(r.order) == refusalsMax {
		delete(r.reason, r.order[0])
		r.order = r.order[1:]
	}
	r.reason[id] = reason
	r.order = append(r.order, id)
}

// find returns why the first of the blocks that was refused was.
func (r *refusals) find(headers []header) (ledger.Hash, string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.reason) == 0 {
		return ledger.Hash{}, "", false
	}
	for i := range headers {
		if reason, ok := r.reason[headers[i].Hash]; ok {
			return headers[i].Hash, reason, true
		}
	}
	return ledger.Hash{}, "", false
}
