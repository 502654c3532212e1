package lookup

import (
	"fmt"
	"strconv"
	"strings"

	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// TxName names a transaction: by its id, and by its block where the id came
// twice (BIP 30).
type TxName struct {
	ID     ledger.TxID
	Height *ledger.Height // nil: the newest of that id
}

// ParseTxName reads TXID or TXID@HEIGHT.
func ParseTxName(s string) (TxName, error) {
	hex, at, dated := strings.Cut(s, "@")
	id, err := ledger.ParseHash(hex)
	if err != nil || !dated {
		return TxName{ID: id}, err
	}
	n, err := strconv.ParseUint(at, 10, 32)
	if err != nil {
		return TxName{}, fmt.Errorf("height %.40q: want a block's height", at)
	}
	h := ledger.Height(n)
	return TxName{id, &h}, nil
}

// String is what ParseTxName reads.
func (n TxName) String() string {
	if n.Height == nil {
		return n.ID.String()
	}
	return fmt.Sprintf("%s@%d", n.ID, *n.Height)
}

// Missing says that a ledger does not hold a transaction. It is a
// flat.ErrNotFound.
type Missing struct {
	Name  TxName
	Holds string // what the ledger does hold
}

func (m *Missing) Error() string {
	where := ""
	if m.Name.Height != nil {
		where = fmt.Sprintf(" in block %d", *m.Name.Height)
	}
	return fmt.Sprintf("transaction %s%s: %v", m.Name.ID, where, flat.ErrNotFound)
}

func (m *Missing) Unwrap() error { return flat.ErrNotFound }

// find returns the transaction, or *Missing.
func (n TxName) find(v *flat.View) (ref ledger.TxRef, err error) {
	var ok bool
	if n.Height != nil {
		ref, ok, err = v.TxByIDAt(n.ID, *n.Height)
	} else {
		ref, ok, err = v.TxByID(n.ID)
	}
	if err != nil || ok {
		return ref, err
	}
	return 0, &Missing{n, Range(v)}
}

// Range says which blocks a ledger holds.
func Range(v *flat.View) string {
	if v.Counts().Blocks == 0 {
		return "the ledger is empty"
	}
	t := v.Tip()
	return fmt.Sprintf("the ledger holds blocks %d to %d", t.FirstHeight, t.Height)
}
