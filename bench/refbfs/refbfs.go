// Package refbfs is the yardstick: forward reachability over the spend edges
// of a chain as plain arrays in memory (compressed sparse rows), the simplest
// thing that is fast. A rate of Clew means little on a machine that others
// share; its ratio to this walk, in the same run, means something.
//
// It is kept as simple and as fast as a plain walk can be: it allocates nothing
// per walk, so that it does not flatter what is held against it.
package refbfs

import (
	"encoding/binary"
	"fmt"
	"math"
)

// edgeSize is the length of a row of edges.bin: u32 source transaction, u16
// output, u16 input, u32 spending transaction, little endian. The package reads
// the bytes itself, to stay independent of what wrote them.
const edgeSize = 12

// Graph holds the spend edges of a chain by source transaction. It is not safe
// for use by several goroutines: walks share its marks.
type Graph struct {
	first []uint32 // transaction -> its first edge; one entry more than transactions
	dst   []uint32 // edge -> spending transaction
	vout  []uint16 // edge -> output of the source that it spends

	seen       []uint32 // transaction -> the walk that met it last
	walk       uint32
	queue, new []uint32
}

// Build makes a graph from the bytes of edges.bin, given in any order.
func Build(edges []byte) (*Graph, error) {
	if len(edges)%edgeSize != 0 {
		return nil, fmt.Errorf("edges: %d bytes are not whole rows of %d", len(edges), edgeSize)
	}
	n := len(edges) / edgeSize
	if n > math.MaxInt32 {
		return nil, fmt.Errorf("edges: %d rows, want %d at most", n, math.MaxInt32)
	}
	txs := uint32(0)
	for i := range n {
		src, dst := ends(edges[i*edgeSize:])
		if src >= dst || dst == math.MaxUint32 {
			return nil, fmt.Errorf("edges: row %d leads from transaction %d to %d: not later", i, src, dst)
		}
		txs = max(txs, dst+1)
	}
	g := &Graph{
		first: make([]uint32, txs+1),
		dst:   make([]uint32, n),
		vout:  make([]uint16, n),
		seen:  make([]uint32, txs),
	}
	g.fill(edges)
	return g, nil
}

// fill sorts the edges by source, keeping the order of each source's own.
func (g *Graph) fill(edges []byte) {
	n := len(g.dst)
	for i := range n {
		src, _ := ends(edges[i*edgeSize:])
		g.first[src+1]++
	}
	for i := 1; i < len(g.first); i++ {
		g.first[i] += g.first[i-1]
	}
	next := append([]uint32(nil), g.first...)
	for i := range n {
		row := edges[i*edgeSize:]
		src, dst := ends(row)
		g.dst[next[src]] = dst
		g.vout[next[src]] = binary.LittleEndian.Uint16(row[4:])
		next[src]++
	}
}

func ends(row []byte) (src, dst uint32) {
	return binary.LittleEndian.Uint32(row), binary.LittleEndian.Uint32(row[8:])
}

// Txs returns the number of transactions up to the last one that spends.
func (g *Graph) Txs() int { return len(g.seen) }

// Edges returns the number of edges.
func (g *Graph) Edges() int { return len(g.dst) }

// AppendVouts appends the outputs of transaction src that are spent.
func (g *Graph) AppendVouts(dst []uint32, src uint32) []uint32 {
	if int64(src) >= int64(len(g.seen)) {
		return dst
	}
	for _, v := range g.vout[g.first[src]:g.first[src+1]] {
		dst = append(dst, uint32(v))
	}
	return dst
}

// Reach walks forward from one output and counts the edges walked, each spent
// output leading to its spender being one, and the transactions reached, the
// source not among them. A transaction is expanded once.
func (g *Graph) Reach(src, vout uint32) (edges, txs int) {
	if int64(src) >= int64(len(g.seen)) {
		return 0, 0
	}
	g.newWalk()
	queue, next := g.queue[:0], g.new[:0]
	for e := g.first[src]; e < g.first[src+1]; e++ {
		if uint32(g.vout[e]) == vout {
			g.seen[g.dst[e]] = g.walk
			queue = append(queue, g.dst[e])
			edges++
			txs++
		}
	}
	for len(queue) > 0 {
		next = next[:0]
		for _, tx := range queue {
			from, to := g.first[tx], g.first[tx+1]
			edges += int(to - from)
			for _, d := range g.dst[from:to] {
				if g.seen[d] != g.walk {
					g.seen[d] = g.walk
					txs++
					next = append(next, d)
				}
			}
		}
		queue, next = next, queue
	}
	g.queue, g.new = queue, next
	return edges, txs
}

// newWalk gives the walk a number, so that no mark has to be cleared but every
// 2^32 walks.
func (g *Graph) newWalk() {
	g.walk++
	if g.walk == 0 {
		clear(g.seen)
		g.walk = 1
	}
}
