package blkfile

import (
	"errors"
	"fmt"
	"math/big"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Spent outputs are compressed as in Bitcoin Core's compressor.h: a number, in
// which trailing decimal zeros of the value cost nothing, then the script.
//
//	VARINT  script
//	     0  pay to the key hash that follows, 20 bytes
//	     1  pay to the script hash that follows, 20 bytes
//	  2, 3  pay to a compressed key: this number and the 32 bytes that follow
//	  4, 5  pay to an uncompressed key of which x follows, 32 bytes; y is even
//	        for 4 and odd for 5
//	n >= 6  n-6 bytes, the script as it is
const specialScripts = 6

// scriptSizeMax is the longest script that can be spent, and so the longest in
// an undo file (Core's MAX_SCRIPT_SIZE).
const scriptSizeMax = 10_000

var errUndoEnd = errors.New("bytes end")

// undoReader reads an undo record. Its methods return errUndoEnd where the
// bytes end.
type undoReader struct {
	b       []byte
	off     int
	scripts []byte // what was decompressed; results point into it
}

func (r *undoReader) left() int { return len(r.b) - r.off }

func (r *undoReader) take(n int) ([]byte, error) {
	if n > r.left() {
		return nil, errUndoEnd
	}
	r.off += n
	return r.b[r.off-n : r.off : r.off], nil
}

// varint reads Core's VARINT: base 128, most significant digit first, the high
// bit set on all digits but the last, one subtracted from all but the last so
// that each number has one form.
func (r *undoReader) varint() (uint64, error) {
	var n uint64
	for ; ; r.off++ {
		if r.left() == 0 {
			return 0, errUndoEnd
		}
		if n > 1<<(64-7)-1 {
			return 0, errors.New("number above 64 bits")
		}
		digit := r.b[r.off]
		n = n<<7 | uint64(digit&0x7f)
		if digit&0x80 == 0 {
			r.off++
			return n, nil
		}
		if n++; n == 0 {
			return 0, errors.New("number above 64 bits")
		}
	}
}

// compactSize reads a number in the form that blocks use.
func (r *undoReader) compactSize() (uint64, error) {
	w := walker{b: r.b, off: r.off}
	n := w.compactSize()
	if w.over {
		return 0, errUndoEnd
	}
	r.off = w.off
	return n, nil
}

// amount reads a compressed value.
func (r *undoReader) amount() (ledger.Amount, error) {
	x, err := r.varint()
	if err != nil {
		return 0, err
	}
	v, ok := decompressAmount(x)
	if !ok {
		return 0, fmt.Errorf("compressed value %d is above 21,000,000 BTC", x)
	}
	return v, nil
}

// decompressAmount undoes Core's CompressAmount. A value n*10^e, with e at
// most 9 and as great as can be, was written as
//
//	0                           if it is zero
//	1 + 10*(9*(n/10) + n%10-1) + e   if e < 9
//	1 + 10*(n-1) + 9                 if e = 9
func decompressAmount(x uint64) (ledger.Amount, bool) {
	if x == 0 {
		return 0, true
	}
	x--
	e := x % 10
	x /= 10
	n := x + 1
	if e < 9 {
		n = x/9*10 + x%9 + 1
	}
	for ; e > 0 && n <= uint64(bitcoin.MaxMoney); e-- {
		n *= 10
	}
	return ledger.Amount(n), n <= uint64(bitcoin.MaxMoney)
}

// script reads a compressed script.
func (r *undoReader) script() (ledger.Account, error) {
	kind, err := r.varint()
	if err != nil {
		return nil, err
	}
	switch {
	case kind < 2:
		return r.hashScript(kind)
	case kind < specialScripts:
		return r.keyScript(kind)
	case kind-specialScripts > scriptSizeMax:
		return nil, fmt.Errorf("script of %d bytes is above %d", kind-specialScripts, scriptSizeMax)
	}
	s, err := r.take(int(kind - specialScripts))
	return ledger.Account(s), err
}

// hashScript makes a P2PKH or P2SH script.
func (r *undoReader) hashScript(kind uint64) (ledger.Account, error) {
	hash, err := r.take(20)
	if err != nil {
		return nil, err
	}
	at := len(r.scripts)
	if kind == 0 {
		r.scripts = append(r.scripts, 0x76, 0xa9, 20) // DUP HASH160
		r.scripts = append(r.scripts, hash...)
		r.scripts = append(r.scripts, 0x88, 0xac) // EQUALVERIFY CHECKSIG
	} else {
		r.scripts = append(r.scripts, 0xa9, 20) // HASH160
		r.scripts = append(r.scripts, hash...)
		r.scripts = append(r.scripts, 0x87) // EQUAL
	}
	return r.from(at), nil
}

// keyScript makes a P2PK script.
func (r *undoReader) keyScript(kind uint64) (ledger.Account, error) {
	x, err := r.take(32)
	if err != nil {
		return nil, err
	}
	at := len(r.scripts)
	if kind < 4 {
		r.scripts = append(r.scripts, 33, byte(kind))
		r.scripts = append(r.scripts, x...)
	} else {
		y, err := curveY(x, uint(kind&1))
		if err != nil {
			return nil, err
		}
		r.scripts = append(r.scripts, 65, 0x04)
		r.scripts = append(r.scripts, x...)
		r.scripts = append(r.scripts, y[:]...)
	}
	r.scripts = append(r.scripts, 0xac) // CHECKSIG
	return r.from(at), nil
}

// from returns what was decompressed from at on. Should scripts move when it
// grows, what was returned before stays where it was.
func (r *undoReader) from(at int) ledger.Account {
	return ledger.Account(r.scripts[at:len(r.scripts):len(r.scripts)])
}

// The curve secp256k1 (SEC 2, 2.4.1): y^2 = x^3 + 7 modulo a prime that is 3
// modulo 4, so that raising to (p+1)/4 takes a square root.
var (
	curveP, _ = new(big.Int).SetString("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16)
	curveRoot = new(big.Int).Rsh(new(big.Int).Add(curveP, big.NewInt(1)), 2)
)

// curveY returns the y of the point of the curve with this x and parity. Keys
// written uncompressed are rare enough after 2012 for big.Int.
func curveY(xBytes []byte, odd uint) (y [32]byte, err error) {
	x := new(big.Int).SetBytes(xBytes)
	if x.Cmp(curveP) >= 0 {
		return y, errors.New("key is not on the curve")
	}
	square := new(big.Int).Mul(x, x)
	square.Mul(square, x).Add(square, big.NewInt(7)).Mod(square, curveP)
	root := new(big.Int).Exp(square, curveRoot, curveP)
	back := new(big.Int).Mul(root, root)
	if back.Mod(back, curveP).Cmp(square) != 0 {
		return y, errors.New("key is not on the curve")
	}
	if root.Bit(0) != odd {
		root.Sub(curveP, root)
	}
	root.FillBytes(y[:])
	return y, nil
}
