package watch

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// Schema names the form of a change.
const Schema = "clew.change/1"

// Kind says what changed.
type Kind string

// The kinds.
const (
	Watching Kind = "watching" // where the trace stands: the first line, and again where it begins anew
	Appeared Kind = "appeared" // an output that the trace begins from was mined
	Moved    Kind = "moved"    // a transaction spent tainted outputs, and taint went on
	Rested   Kind = "rested"   // a tainted output lies unspent
	Reached  Kind = "reached"  // taint came to a service, a listed account or a mixer
	Cut      Kind = "cut"      // a limit ended it
	Ended    Kind = "ended"    // it ended otherwise: burn, unknown_input, diluted
	Undone   Kind = "undone"   // an earlier change is taken back
)

// How a change is known.
const (
	classChain = "chain" // observed
	classRule  = "rule"  // inferred by the policies that are named
)

// Why a trace was begun, or begun again, as of the block of a Watching.
const (
	First           = "first"            // nothing was known before
	Resumed         = "resumed"          // it goes on where it stood
	Reorganised     = "reorganised"      // blocks left the chain from below the block at which the watch began
	QuestionChanged = "question_changed" // labels, limits, policies, starts or rules are others than before
	StartsChanged   = "starts_changed"   // a start gave way to a newer transaction of its id (BIP 30)
	StateUnreadable = "state_unreadable" // what was known cannot be read; nothing of it can be taken back
)

// Change is one thing that a block changed, or that its leaving took back.
// Amounts by policy are base units as decimal strings; a policy under which the
// change did not happen is left out.
type Change struct {
	Schema string `json:"schema"`
	ID     string `json:"id,omitempty"` // sha256: of the canonical JSON (RFC 8785) of all else
	Kind   Kind   `json:"kind"`
	Class  string `json:"class"`          // chain, or rule
	Case   string `json:"case,omitempty"` // as Options has it
	// Block made the change; of Undone it is the block that left the chain, or
	// to which other labels apply now; of Watching where the trace stands, nil
	// before the first block.
	Block *Block `json:"block,omitempty"`
	Round uint32 `json:"round,omitempty"` // how often the same change was undone before

	TxID   string `json:"txid,omitempty"` // the transaction that did it
	Output *Place `json:"output,omitempty"`

	From []Place `json:"from,omitempty"` // Moved: the tainted outputs that it spent, by input
	To   []Place `json:"to,omitempty"`   // Moved: its tainted outputs
	Fee  Amounts `json:"fee,omitempty"`  // Moved: taint paid to miners

	Overlap Amounts `json:"overlap,omitempty"` // Appeared: what an earlier start had of it

	End      trace.Kind   `json:"end,omitzero"`        // Reached, Ended: the kind of exit
	Reason   trace.Reason `json:"reason,omitzero"`     // Cut: the limit
	Entity   string       `json:"entity,omitempty"`    // Reached, Rested: who the account is said to be
	Category string       `json:"category,omitempty"`  // and what
	StatedBy string       `json:"stated_by,omitempty"` // and who says so

	Undoes string `json:"undoes,omitempty"` // Undone: the id of the change

	Why    string                            `json:"why,omitempty"`    // Watching: see First and the others
	Totals map[lot.Policy]trace.PolicyResult `json:"totals,omitempty"` // Watching: where the theft lies
}

// Amounts are base units by policy.
type Amounts map[lot.Policy]ledger.Amount

// Block names a block.
type Block struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
	Time   string        `json:"time,omitempty"` // of its header, RFC 3339 in UTC; empty: not known
}

// Place is an output.
type Place struct {
	Outpoint string        `json:"outpoint"`
	Address  string        `json:"address,omitempty"` // empty: the account has none
	Account  string        `json:"account,omitempty"` // hex of the script, where it has no address
	Value    ledger.Amount `json:"value"`             // the whole of it
	Amounts  Amounts       `json:"amounts,omitempty"` // the taint
}

func blockOf(height ledger.Height, hash ledger.Hash) *Block {
	return &Block{Height: height, Hash: hash.String()}
}

func timeText(unix uint32) string { return time.Unix(int64(unix), 0).UTC().Format(time.RFC3339) }

// place names an output.
func place(outpoint string, account ledger.Account, address string, value ledger.Amount) Place {
	p := Place{Outpoint: outpoint, Address: address, Value: value}
	if address == "" {
		p.Account = hex.EncodeToString(account)
	}
	return p
}

// digest is a SHA-256.
type digest [32]byte

const digestPrefix = "sha256:"

// seal sets the id of a change and returns it.
func (c *Change) seal() digest {
	c.ID = ""
	text, err := trace.Digest(c)
	invariant.Check(err == nil, "a change has no digest: %v", err)
	c.ID = text
	d, err := parseDigest(text)
	invariant.Check(err == nil, "a digest of ours is none: %v", err)
	return d
}

func (d digest) String() string { return digestPrefix + hex.EncodeToString(d[:]) }

func parseDigest(s string) (d digest, err error) {
	text, ok := strings.CutPrefix(s, digestPrefix)
	if n, err := hex.Decode(d[:], []byte(text[:min(len(text), 2*len(d))])); !ok || err != nil || n != len(d) || len(text) != 2*len(d) {
		return d, fmt.Errorf("digest %.80q: want %s and %d hex digits", s, digestPrefix, 2*len(d))
	}
	return d, nil
}
