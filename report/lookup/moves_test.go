package lookup_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/report/lookup"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// viewOf is a ledger of a random world, pinned at a height.
func viewOf(t *testing.T, w *launder.World, n *bitcoin.Network) *flat.View {
	t.Helper()
	opt := flat.Options{Reserve: 8 << 20, SerialSync: true}
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = opt.Reserve
	t.Cleanup(fs.Free)
	writer, err := flat.Create(fs, flat.Meta{Chain: n.Chain, Network: n.Name, FirstHeight: w.Chain()[0].Height, Key: [16]byte{1}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(writer.Abort)
	for _, ref := range w.Chain() {
		b, err := w.Block(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Append(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Commit(); err != nil {
		t.Fatal(err)
	}
	l, err := flat.Open(fs, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	v, err := l.Pin(context.Background(), flat.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestMovesLaw: for each account of a random ledger, moves sum to what its
// address says, go back in time, and are the same list in pages of any length.
func TestMovesLaw(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("CLEW_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w, err := launder.New(launder.Small(rng.Uint64()))
		if err != nil {
			t.Fatal(err)
		}
		v := viewOf(t, w, n)
		q := lookup.New(context.Background(), v, n)
		for range 60 {
			account, err := v.Account(ledger.OutRef(rng.Uint64N(v.Counts().Outs)))
			if err != nil {
				t.Fatal(err)
			}
			checkMoves(t, rng, q, account)
		}
	}
}

func checkMoves(t *testing.T, rng *rand.Rand, q *lookup.Query, account ledger.Account) {
	t.Helper()
	a, err := q.Address(account, 0)
	if err != nil {
		t.Fatal(err)
	}
	all, err := q.Moves(account, nil, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	var received, spent big.Int
	for i := range all {
		addTo(&received, all[i].Received)
		addTo(&spent, all[i].Spent)
		if i > 0 && all[i].Height > all[i-1].Height {
			t.Fatalf("%v comes behind %v", all[i], all[i-1])
		}
	}
	if received.String() != a.Received || spent.String() != a.Spent {
		t.Fatalf("%x: moves say %s and %s, the address %s and %s", account, &received, &spent, a.Received, a.Spent)
	}
	if paged := pagesOf(t, rng, q, account); !slices.Equal(paged, all) {
		t.Fatalf("%x: in pages %v, at once %v", account, paged, all)
	}
}

func pagesOf(t *testing.T, rng *rand.Rand, q *lookup.Query, account ledger.Account) (paged []lookup.Move) {
	t.Helper()
	limit := 1 + rng.IntN(4)
	var before *lookup.TxName
	for {
		page, err := q.Moves(account, before, limit)
		if err != nil {
			t.Fatal(err)
		}
		if paged = append(paged, page...); len(page) < limit {
			return paged
		}
		name, err := lookup.ParseTxName(page[limit-1].Name())
		if err != nil {
			t.Fatal(err)
		}
		before = &name
	}
}

func addTo(sum *big.Int, text string) {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		panic(fmt.Sprintf("BUG: %q is no amount", text))
	}
	sum.Add(sum, n)
}
