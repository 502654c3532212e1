package evm_test

import (
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// checksummed are the examples of EIP-55.
var checksummed = []string{
	"0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
	"0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
	"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
	"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
}

func TestAddress(t *testing.T) {
	for _, s := range checksummed {
		for _, form := range []string{s, strings.ToLower(s), "0x" + strings.ToUpper(s[2:])} {
			a, err := evm.ParseAddress(form)
			if err != nil || a.String() != s {
				t.Errorf("%s: %s, %v, want %s", form, a, err, s)
			}
		}
	}
	const spoiled = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
	if _, err := evm.ParseAddress(spoiled); err == nil {
		t.Errorf("%s: accepted", spoiled)
	}
	if a, err := evm.ParseAddressLenient(spoiled); err != nil || a.String() != checksummed[4] {
		t.Errorf("%s: %s, %v", spoiled, a, err)
	}
	for _, s := range []string{"", "0x", checksummed[0][2:], checksummed[0] + "0", "0X" + checksummed[0][2:], "0x" + strings.Repeat("g", 40)} {
		if _, err := evm.ParseAddressLenient(s); err == nil {
			t.Errorf("%q: accepted", s)
		}
	}
}

// TestCreated holds addresses of contracts against those that the tests of
// go-ethereum have for the first three of an account.
func TestCreated(t *testing.T) {
	by, _ := evm.ParseAddress("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
	for nonce, want := range []string{"0xcd234A471b72ba2F1Ccf0A70FCABA648a5eeCD8d", "0x343c43A37D37dfF08AE8C4A11544c718AbB4fCF8", "0xf778B86FA74E846c4f0a1fBd1335FE81c00a0C91"} {
		if got := evm.Created(by, uint64(nonce)); got.String() != want {
			t.Errorf("nonce %d: %s, want %s", nonce, got, want)
		}
	}
}

func TestAssetID(t *testing.T) {
	for _, c := range evm.Chains() {
		for _, s := range []string{"/erc20:" + checksummed[4], "/erc721:" + checksummed[4] + "/4711", "/erc1155:" + checksummed[4] + "/0"} {
			id := string(c.CAIP2()) + s
			a, err := c.ParseAsset(id)
			if err != nil || c.AssetID(a) != id {
				t.Errorf("%s: %s, %v", id, c.AssetID(a), err)
			}
		}
		native := c.AssetID(ledger.Asset{})
		if a, err := c.ParseAsset(native); err != nil || a != (ledger.Asset{}) {
			t.Errorf("%s: %+v, %v", native, a, err)
		}
		if found, err := evm.ChainByName(c.Name); err != nil || found != c {
			t.Errorf("%s is not found: %v", c.Name, err)
		}
		if id, err := evm.ParseCAIP2(string(c.CAIP2())); err != nil || id != c.ID {
			t.Errorf("%s: %d, %v", c.CAIP2(), id, err)
		}
	}
	ethereum, _ := evm.ChainByID(1)
	for _, s := range []string{"", "eip155:1", "eip155:10/slip44:60", "eip155:1/slip44:61", "eip155:1/erc20:0x12", "eip155:1/erc721:" + checksummed[4], "eip155:1/erc20:" + checksummed[4] + "/1", "eip155:1/erc721:" + checksummed[4] + "/-1", "eip155:1/erc721:" + checksummed[4] + "/01"} {
		if a, err := ethereum.ParseAsset(s); err == nil {
			t.Errorf("%q: %+v, want an error", s, a)
		}
	}
	for _, s := range []string{"eip155:", "eip155:01", "eip155:-1", "bip122:1", "1"} {
		if _, err := evm.ParseCAIP2(s); err == nil {
			t.Errorf("%q: accepted", s)
		}
	}
}

// TestRoot wants a root of its own for each length of a list, of values that
// real blocks do not have: short ones, which parents hold whole, and for more
// than 128 of them, where keys grow by a byte. Real blocks hold it to theirs.
func TestRoot(t *testing.T) {
	seen := map[evm.Hash]int{}
	for n := range 300 {
		values := make([][]byte, n)
		for i := range values {
			values[i] = make([]byte, 1+i%40)
			values[i][0] = byte(i)
		}
		root := evm.TrieRoot(values)
		if before, twice := seen[root]; twice {
			t.Fatalf("%d and %d values have one root", before, n)
		}
		seen[root] = n
	}
	if got := evm.TrieRoot(nil).String(); got != "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421" {
		t.Errorf("the empty root is %s", got)
	}
}
