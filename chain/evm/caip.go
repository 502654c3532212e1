package evm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/holiman/uint256"

	"clew.example/clew/ledger"
)

// caip19 are the words that CAIP-19 has for assets of contracts (CAIP-21, 22
// and 29), by kind.
var caip19 = map[ledger.AssetKind]string{ledger.AssetToken: "erc20", ledger.AssetItem: "erc721", ledger.AssetStack: "erc1155"}

// AssetID returns the CAIP-19 id of an asset, such as "eip155:1/slip44:60" or
// "eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7".
func (c *Chain) AssetID(a ledger.Asset) string {
	if a.Kind == ledger.AssetNative {
		return string(c.CAIP2()) + "/slip44:" + strconv.FormatUint(uint64(c.Native.SLIP44), 10)
	}
	contract, _ := AddressOf(a.Contract)
	id := string(c.CAIP2()) + "/" + caip19[a.Kind] + ":" + contract.String()
	if a.Kind != ledger.AssetToken {
		id += "/" + a.ID.Dec()
	}
	return id
}

// ParseAsset reads a CAIP-19 id of this chain.
func (c *Chain) ParseAsset(s string) (ledger.Asset, error) {
	a, err := c.parseAsset(s)
	if err != nil {
		return ledger.Asset{}, fmt.Errorf("asset %.120q: %w", s, err)
	}
	return a, nil
}

func (c *Chain) parseAsset(s string) (a ledger.Asset, err error) {
	rest, ok := strings.CutPrefix(s, string(c.CAIP2())+"/")
	if !ok {
		return a, fmt.Errorf("want one of %s", c.CAIP2())
	}
	if rest == "slip44:"+strconv.FormatUint(uint64(c.Native.SLIP44), 10) {
		return a, nil
	}
	word, what, _ := strings.Cut(rest, ":")
	contract, item, hasItem := strings.Cut(what, "/")
	for kind, w := range caip19 {
		if w == word {
			a.Kind = kind
		}
	}
	if a.Kind == ledger.AssetNative || hasItem != (a.Kind != ledger.AssetToken) {
		return a, errors.New("want slip44, erc20:CONTRACT, erc721:CONTRACT/ID or erc1155:CONTRACT/ID")
	}
	address, err := ParseAddress(contract)
	if err != nil {
		return a, err
	}
	a.Contract = address.Key()
	if hasItem {
		err = setDecimal(&a.ID, item)
	}
	return a, err
}

// setDecimal reads a whole number below 2^256 that is written without sign and
// without zeros before it.
func setDecimal(n *uint256.Int, s string) error {
	if strings.HasPrefix(s, "+") || len(s) > 1 && s[0] == '0' {
		return fmt.Errorf("number %.90q: want plain decimal digits", s)
	}
	if err := n.SetFromDecimal(s); err != nil {
		return fmt.Errorf("number %.90q: %w", s, err)
	}
	return nil
}

// ParseCAIP2 reads an id such as "eip155:1".
func ParseCAIP2(s string) (id uint64, err error) {
	digits, ok := strings.CutPrefix(s, "eip155:")
	id, err = strconv.ParseUint(digits, 10, 64)
	if !ok || err != nil || string(caip2(id)) != s {
		return 0, fmt.Errorf("chain %.80q: want eip155: and a number", s)
	}
	return id, nil
}
