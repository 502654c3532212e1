package esplora

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// block is a block of the best chain, whose header was checked.
type block struct {
	hash   ledger.Hash
	prev   ledger.Hash
	merkle ledger.Hash
	time   uint32
	header []byte
}

// groupSize is how many blocks a server lists in one answer. A server that
// lists fewer is asked for the rest one by one.
const groupSize = 10

// checkHeader checks 80 bytes that should be a header.
func checkHeader(b []byte, n *bitcoin.Network) (block, error) {
	if len(b) != ledger.HeaderSize {
		return block{}, fmt.Errorf("a header of %d bytes", len(b))
	}
	h, err := bitcoin.ParseHeader(b)
	if err != nil {
		return block{}, err
	}
	hash := bitcoin.HashHeader(b)
	if err := bitcoin.CheckPow(hash, h.Bits, n); err != nil {
		return block{}, err
	}
	return block{hash, h.Prev, h.Merkle, h.Time, b}, nil
}

// decodeHeader reads a header as hex.
func decodeHeader(b []byte, n *bitcoin.Network) (block, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil {
		return block{}, fmt.Errorf("no header: %w", err)
	}
	return checkHeader(raw, n)
}

// decodeBlocks reads a list of blocks from the given height down, and returns
// those from its front that hash to their id with proof of work and lead to
// each other.
func decodeBlocks(b []byte, from ledger.Height, n *bitcoin.Network) []block {
	var told list[wireBlock]
	if json.Unmarshal(b, &told) != nil {
		return nil
	}
	var blocks []block
	for i := range told {
		bl, err := told[i].check(n)
		if err != nil || uint64(told[i].Height)+uint64(i) != uint64(from) || i > 0 && blocks[i-1].prev != bl.hash {
			break
		}
		blocks = append(blocks, bl)
	}
	return blocks
}

func (w *wireBlock) check(n *bitcoin.Network) (block, error) {
	version, ok := signed(w.Version)
	if !ok {
		return block{}, fmt.Errorf("version %d", w.Version)
	}
	h := bitcoin.Header{Version: version, Time: w.Time, Bits: w.Bits, Nonce: w.Nonce}
	var err error
	if h.Merkle, err = ledger.ParseHash(w.Merkle); err != nil {
		return block{}, err
	}
	if w.Prev != "" {
		if h.Prev, err = ledger.ParseHash(w.Prev); err != nil {
			return block{}, err
		}
	}
	bl, err := checkHeader(h.Append(nil), n)
	if err == nil && bl.hash.String() != w.ID {
		err = fmt.Errorf("hashes to %s", bl.hash)
	}
	return bl, err
}

// block starts to fetch the block of a height, which is not above the pin.
func (v *View) block(h ledger.Height) *cell[block] {
	return v.blocks.start(v, h, func(ctx context.Context) (block, error) { return v.fetchBlock(ctx, h) })
}

func heightName(h ledger.Height) string { return fmt.Sprintf("%0*d", heightDigits, h) }

func (v *View) fetchBlock(ctx context.Context, h ledger.Height) (block, error) {
	if bl, err, ok := v.cachedBlock(h); ok {
		return bl, err
	}
	if v.e.client == nil {
		return block{}, fmt.Errorf("block %d: %w", h, ErrOffline)
	}
	group, err := v.group(h / groupSize).wait(ctx)
	if err != nil {
		return block{}, err
	}
	at := v.groupTop(h/groupSize) - h
	if int(at) < len(group) {
		v.keepBlock(h, group[at])
		return group[at], nil
	}
	bl, err := v.fetchSingle(ctx, h)
	switch {
	case err == nil:
		v.keepBlock(h, bl)
	case errors.Is(err, ErrNotFound):
		v.keep("header", heightName(h), noBlock, false)
	}
	return bl, err
}

// noBlock is kept for a height that the server has no block of: one made up
// for tests, which begins later.
var noBlock = []byte("null")

// cachedBlock returns what the cache says of a height, which may be ErrNotFound.
func (v *View) cachedBlock(h ledger.Height) (bl block, err error, ok bool) {
	b, ok := v.cached("header", heightName(h), 2*ledger.HeaderSize)
	switch {
	case !ok:
		return block{}, nil, false
	case bytes.Equal(b, noBlock):
		return block{}, fmt.Errorf("block %d: %w", h, ErrNotFound), true
	}
	bl, err = decodeHeader(b, v.e.net)
	return bl, nil, err == nil
}

func (v *View) keepBlock(h ledger.Height, bl block) {
	v.keep("header", heightName(h), hex.AppendEncode(nil, bl.header), v.deep(h))
}

// groupTop is the highest block of a group, as far as the pin.
func (v *View) groupTop(g ledger.Height) ledger.Height {
	return min(g*groupSize+groupSize-1, v.tip.Height)
}

// group starts to fetch neighbouring blocks in one answer, from groupTop down.
// It is a short cut: what it does not give is asked for in another way.
func (v *View) group(g ledger.Height) *cell[[]block] {
	return v.groups.start(v, g, func(ctx context.Context) ([]block, error) {
		top := v.groupTop(g)
		b, err := v.e.client.get(ctx, fmt.Sprintf("/blocks/%d", top), blocksMax)
		if errors.Is(err, errAbsent) || errors.Is(err, errRefused) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return decodeBlocks(b, top, v.e.net), nil
	})
}

func (v *View) fetchSingle(ctx context.Context, h ledger.Height) (block, error) {
	hash, err := v.hashAt(ctx, h)
	if err != nil {
		return block{}, err
	}
	path := "/block/" + hash.String() + "/header"
	b, err := v.e.client.get(ctx, path, textMax)
	if err != nil {
		return block{}, notHeld(path, err)
	}
	bl, err := decodeHeader(b, v.e.net)
	switch {
	case err != nil:
		return bl, lie(path, "%v", err)
	case bl.hash != hash:
		return bl, lie(path, "hashes to %s", bl.hash)
	}
	return bl, nil
}

// hashAt asks for the hash of a height, ErrNotFound where there is none.
func (v *View) hashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error) {
	path := fmt.Sprintf("/block-height/%d", h)
	b, err := v.e.client.get(ctx, path, textMax)
	if errors.Is(err, errAbsent) {
		return ledger.Hash{}, fmt.Errorf("block %d: %w", h, ErrNotFound)
	}
	if err != nil {
		return ledger.Hash{}, err
	}
	hash, err := ledger.ParseHash(strings.TrimSpace(string(b)))
	if err != nil {
		return hash, lie(path, "%v", err)
	}
	return hash, nil
}
