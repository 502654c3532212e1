package bitcoin_test

import (
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/chaincfg"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// oracleParams are btcd's parameters of the networks it knows.
var oracleParams = map[string]*chaincfg.Params{
	"mainnet": &chaincfg.MainNetParams,
	"testnet": &chaincfg.TestNet3Params,
	"signet":  &chaincfg.SigNetParams,
	"regtest": &chaincfg.RegressionNetParams,
	"simnet":  &chaincfg.SimNetParams,
}

func TestNetworks(t *testing.T) {
	for name, want := range oracleParams {
		n, err := bitcoin.NetworkByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if n.Genesis != ledger.Hash(*want.GenesisHash) || n.Magic != uint32(want.Net) || n.PowLimitBits != want.PowLimitBits {
			t.Errorf("%s: genesis %s, magic %08x, limit %08x", name, n.Genesis, n.Magic, n.PowLimitBits)
		}
		if n.P2PKHVersion != want.PubKeyHashAddrID || n.P2SHVersion != want.ScriptHashAddrID || n.HRP != want.Bech32HRPSegwit {
			t.Errorf("%s: address versions %02x %02x %s", name, n.P2PKHVersion, n.P2SHVersion, n.HRP)
		}
		if want := "bip122:" + want.GenesisHash.String()[:32]; string(n.Chain) != want {
			t.Errorf("%s: chain %s, want %s", name, n.Chain, want)
		}
	}
	if _, err := bitcoin.NetworkByName("litecoin"); err == nil {
		t.Error("litecoin is known")
	}
}

func TestNetworkLookups(t *testing.T) {
	if got := len(bitcoin.Networks()); got != 6 {
		t.Errorf("%d networks", got)
	}
	for _, n := range bitcoin.Networks() {
		if got, ok := bitcoin.NetworkByMagic(n.Magic); !ok || got != n {
			t.Errorf("%s: not found by magic", n.Name)
		}
		if got, ok := bitcoin.NetworkByChain(n.Chain); !ok || got != n {
			t.Errorf("%s: not found by chain", n.Name)
		}
	}
	if _, ok := bitcoin.NetworkByMagic(0); ok {
		t.Error("magic 0 is known")
	}
}

// TestTestnet4Genesis stands in for btcd, which does not know testnet4: the
// header of BIP 94 hashes to the genesis hash and meets its own target.
func TestTestnet4Genesis(t *testing.T) {
	n, err := bitcoin.NetworkByName("testnet4")
	if err != nil {
		t.Fatal(err)
	}
	merkle, err := ledger.ParseHash("7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e")
	if err != nil {
		t.Fatal(err)
	}
	h := bitcoin.Header{Version: 1, Merkle: merkle, Time: 1714777860, Bits: 0x1d00ffff, Nonce: 393743547}
	hash := bitcoin.HashHeader(h.Append(nil))
	if hash != n.Genesis {
		t.Errorf("hash %s", hash)
	}
	if err := bitcoin.CheckPow(hash, h.Bits, n); err != nil {
		t.Error(err)
	}
}

// TestWork compares targets and work with btcd's over random and special bits.
func TestWork(t *testing.T) {
	r := newRand(t, 6)
	special := []uint32{0, 1, 0x01003456, 0x01123456, 0x04923456, 0x20800000, 0x2000ffff, 0x21000001, 0x220000ff, 0x22000100, 0x23000001, 0xff7fffff, 0x1d00ffff, 0x207fffff, 0x03000001}
	for i := range 20_000 {
		bits := r.Uint32N(40)<<24 | r.Uint32()&0xffffff
		if i < len(special) {
			bits = special[i]
		}
		big256 := blockchain.CompactToBig(bits)
		wantOK := big256.Sign() > 0 && big256.BitLen() <= 256
		target, ok := bitcoin.Target(bits)
		if ok != wantOK || ok && target.String() != hex.EncodeToString(big256.FillBytes(make([]byte, 32))) {
			t.Fatalf("bits %08x: target %s %v, want %x", bits, target, ok, big256)
		}
		want := big.NewInt(0)
		if wantOK {
			want = blockchain.CalcWork(bits)
		}
		if got := bitcoin.Work(bits).String(); got != hex.EncodeToString(want.FillBytes(make([]byte, 32))) {
			t.Fatalf("bits %08x: work %s, want %x", bits, got, want)
		}
	}
}

func TestUint256(t *testing.T) {
	most := bitcoin.Uint256{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	one := bitcoin.Uint256{1}
	if got := most.Add(one); got != most {
		t.Errorf("the sum wraps: %s", got)
	}
	if got := (bitcoin.Uint256{^uint64(0), 1}).Add(one); got != (bitcoin.Uint256{0, 2}) {
		t.Errorf("carry: %s", got)
	}
	if one.Cmp(most) != -1 || most.Cmp(one) != 1 || one.Cmp(one) != 0 {
		t.Error("order")
	}
}

// TestPow checks the three ways a header can lack proof of work.
func TestPow(t *testing.T) {
	n := bitcoin.Networks()[0]
	if err := bitcoin.CheckPow(n.Genesis, 0x1d00ffff, n); err != nil {
		t.Error(err)
	}
	for _, bits := range []uint32{0, 0x1d800001, 0x207fffff, 0x1d00fffe &^ 0xff00} {
		if err := bitcoin.CheckPow(ledger.Hash{31: 1}, bits, n); err == nil {
			t.Errorf("bits %08x pass", bits)
		}
	}
}

func TestHeader(t *testing.T) {
	r := newRand(t, 7)
	for range 100 {
		raw := randomBytes(r, ledger.HeaderSize)
		h, err := bitcoin.ParseHeader(append(raw, 1))
		if err != nil {
			t.Fatal(err)
		}
		if string(h.Append(nil)) != string(raw) {
			t.Fatalf("%x is written as %x", raw, h.Append(nil))
		}
	}
	if _, err := bitcoin.ParseHeader(make([]byte, 79)); err == nil {
		t.Error("79 bytes are a header")
	}
}
