package chain

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// MetaFile is the name of a chain's description.
const MetaFile = "meta.json"

// Meta describes a chain. It depends on the parameters alone: no clock, no
// machine.
type Meta struct {
	Addresses int            `json:"addresses"`
	Blocks    int            `json:"blocks"`
	Bytes     int64          `json:"bytes"` // of the block files, record heads included
	Files     int            `json:"files"`
	InHist    map[string]int `json:"in_hist_4plus"`       // transactions by number of inputs, "4" being 4 or more
	Inputs    int            `json:"inputs_non_coinbase"` // also the number of spend edges
	OutHist   map[string]int `json:"out_hist_4plus"`      // likewise by outputs drawn, coinbases left out
	Outputs   int            `json:"outputs"`
	PerBlock  int            `json:"per_block"`
	Seed      int64          `json:"seed"`
	SHA256    string         `json:"sha256"`           // of the block files, one after the other
	TotalOut  int64          `json:"total_output_sat"` // sum of all outputs
	Txs       int            `json:"tx"`
	Wallets   int            `json:"users"`
}

func (m Meta) matches(p Params) bool {
	return m.Txs == p.Txs && m.Seed == p.Seed && m.PerBlock == p.PerBlock
}

// ReadMeta reads the description of the chain in dir; fs.ErrNotExist if there
// is no complete chain.
func ReadMeta(dir string) (Meta, error) {
	var m Meta
	b, err := os.ReadFile(filepath.Join(dir, MetaFile))
	if err != nil {
		return m, fmt.Errorf("read chain description: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read chain description in %s: %w", dir, err)
	}
	return m, nil
}

// writeMeta puts the description in place under its name in one step, so that
// an interrupted run leaves none.
func writeMeta(dir string, m Meta) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("write chain description: %w", err)
	}
	name := filepath.Join(dir, MetaFile)
	if err := os.WriteFile(name+".tmp", b, 0o644); err != nil {
		return fmt.Errorf("write chain description: %w", err)
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return fmt.Errorf("write chain description: %w", err)
	}
	return nil
}

// histogram counts transactions by a number of which 4 and more are one class.
type histogram [5]int

func (h *histogram) add(n int) { h[min(n, 4)]++ }

// asMap returns the classes that occur, keyed as the description has them.
func (h *histogram) asMap() map[string]int {
	m := map[string]int{}
	for i, n := range h {
		if n > 0 {
			m[strconv.Itoa(i)] = n
		}
	}
	return m
}
