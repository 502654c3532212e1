package abi_test

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"clew.example/clew/chain/internal/abi"
)

func unhex(tb testing.TB, s string) []byte {
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// sam is the example of the specification: sam(bytes,bool,uint256[]) with
// "dave", true and [1,2,3].
const sam = `a5643bf2
	0000000000000000000000000000000000000000000000000000000000000060
	0000000000000000000000000000000000000000000000000000000000000001
	00000000000000000000000000000000000000000000000000000000000000a0
	0000000000000000000000000000000000000000000000000000000000000004
	6461766500000000000000000000000000000000000000000000000000000000
	0000000000000000000000000000000000000000000000000000000000000003
	0000000000000000000000000000000000000000000000000000000000000001
	0000000000000000000000000000000000000000000000000000000000000002
	0000000000000000000000000000000000000000000000000000000000000003`

func TestExample(t *testing.T) {
	args, ok := abi.Call(unhex(t, sam), abi.Selector("sam(bytes,bool,uint256[])"))
	if !ok {
		t.Fatal("another function")
	}
	name, err := args.Bytes(0)
	if err != nil || string(name) != "dave" {
		t.Errorf("%q, %v", name, err)
	}
	if yes, err := args.Uint64(1); err != nil || yes != 1 {
		t.Errorf("%d, %v", yes, err)
	}
	list, n, err := args.Array(2)
	if err != nil || n != 3 {
		t.Fatalf("%d elements, %v", n, err)
	}
	for i := range n {
		if v, err := list.Uint64(i); err != nil || v != uint64(i+1) {
			t.Errorf("element %d: %d, %v", i, v, err)
		}
	}
	if _, ok := abi.Call(unhex(t, sam)[:3], abi.Selector("sam(bytes,bool,uint256[])")); ok {
		t.Error("three bytes are a call")
	}
}

// TestCut cuts the example at every byte: what is not all there is an error,
// and what is there is read as before.
func TestCut(t *testing.T) {
	whole := unhex(t, sam)[4:]
	for n := range whole {
		args := abi.MakeTuple(whole[:n])
		if _, _, err := args.Array(2); err == nil {
			t.Errorf("%d bytes: the list is read", n)
		}
		if name, err := args.Bytes(0); err == nil && (string(name) != "dave" || n < 4*32+4) {
			t.Errorf("%d bytes: %q", n, name)
		}
	}
}

func words(vs ...*big.Int) (out []byte) {
	for _, v := range vs {
		out = append(out, v.FillBytes(make([]byte, 32))...)
	}
	return out
}

func small(n int64) *big.Int { return big.NewInt(n) }

// TestBombs gives offsets and lengths that would be large, wrap around, or go
// in circles, if they were believed.
func TestBombs(t *testing.T) {
	most := new(big.Int).Sub(new(big.Int).Lsh(small(1), 256), small(1))
	word63, word64 := new(big.Int).Lsh(small(1), 63), new(big.Int).Lsh(small(1), 64)
	for _, huge := range []*big.Int{most, word63, word64, new(big.Int).Sub(word64, small(32)), small(1 << 40), small(65)} {
		for _, data := range [][]byte{words(huge, small(1)), words(small(32), huge)} {
			if b, err := abi.MakeTuple(data).Bytes(0); err == nil {
				t.Errorf("%x: %d bytes", huge, len(b))
			}
			if _, n, err := abi.MakeTuple(data).Array(0); err == nil {
				t.Errorf("%x: %d elements", huge, n)
			}
		}
	}
	// An offset of 0 leads to itself: a list whose length is its own offset.
	circle := abi.MakeTuple(words(small(0), small(0)))
	for range 1000 {
		next, err := circle.Struct(0)
		if err != nil || next.Len() != circle.Len() {
			t.Fatal(err)
		}
		circle = next
	}
	if _, n, err := circle.Array(0); err != nil || n != 0 {
		t.Errorf("%d elements, %v", n, err)
	}
}

func TestDirtyAddress(t *testing.T) {
	clean := words(new(big.Int).Lsh(small(0xabc), 140))
	if _, err := abi.MakeTuple(clean).Address(0); err != nil {
		t.Error(err)
	}
	dirty := words(new(big.Int).Lsh(small(1), 160))
	if a, err := abi.MakeTuple(dirty).Address(0); err == nil {
		t.Errorf("%x: accepted", a)
	}
}

func TestInt(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 5: "5", -5: "-5", -1: "-1"} {
		v := small(n)
		if n < 0 {
			v.Add(v, new(big.Int).Lsh(small(1), 256))
		}
		amount, negative, err := abi.MakeTuple(words(v)).Int(0)
		got := amount.Dec()
		if negative {
			got = "-" + got
		}
		if err != nil || got != want {
			t.Errorf("%d: %s, %v", n, got, err)
		}
	}
}

func TestKeccak(t *testing.T) {
	const empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
	if sum := abi.Keccak256(); hex.EncodeToString(sum[:]) != empty {
		t.Errorf("%x", sum)
	}
	if a, b := abi.Keccak256([]byte("ab"), []byte("c")), abi.Keccak256([]byte("abc")); a != b {
		t.Error("the parts are not one after the other")
	}
	if s := abi.Selector("transfer(address,uint256)"); hex.EncodeToString(s[:]) != "a9059cbb" {
		t.Errorf("%x", s)
	}
}

// FuzzTuple reads arbitrary bytes in every way, and follows what it reads. The
// law: a naive reader with numbers of any size finds the same bytes, or none
// where this finds none.
func FuzzTuple(f *testing.F) {
	f.Add(unhex(f, sam)[4:], uint8(0))
	f.Add(unhex(f, sam)[4:], uint8(2))
	f.Add(words(small(0), small(0)), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		i := int(which % 8)
		tuple := abi.MakeTuple(data)
		got, err := tuple.Bytes(i)
		want, ok := naive(data, i, 1)
		if (err == nil) != ok || ok && !bytes.Equal(got, want) {
			t.Fatalf("bytes %d: %x, %v, want %x", i, got, err, want)
		}
		elements, n, err := tuple.Array(i)
		want, ok = naive(data, i, 32)
		if (err == nil) != ok || ok && (n*32 != len(want) || elements.Len() < len(want)) {
			t.Fatalf("array %d: %d, %v, want %d bytes", i, n, err, len(want))
		}
		for k := range n {
			w, err := elements.Word(k)
			if err != nil || !bytes.Equal(w[:], want[32*k:32*k+32]) {
				t.Fatalf("element %d: %x, %v", k, w, err)
			}
		}
		if inner, err := tuple.Struct(i); err == nil && inner.Len() > len(data) {
			t.Fatal("a struct is longer than the data")
		}
	})
}

// naive returns the bytes of value i, of elements of a size.
func naive(data []byte, i int, size int64) ([]byte, bool) {
	at := func(place *big.Int) (*big.Int, bool) {
		end := new(big.Int).Add(place, small(32))
		if end.Cmp(small(int64(len(data)))) > 0 {
			return nil, false
		}
		return new(big.Int).SetBytes(data[place.Int64():end.Int64()]), true
	}
	offset, ok := at(small(int64(32 * i)))
	if !ok {
		return nil, false
	}
	n, ok := at(offset)
	if !ok {
		return nil, false
	}
	from := new(big.Int).Add(offset, small(32))
	end := new(big.Int).Add(from, n.Mul(n, small(size)))
	if end.Cmp(small(int64(len(data)))) > 0 {
		return nil, false
	}
	return data[from.Int64():end.Int64()], true
}
