package chain

import (
	"bufio"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"clew.example/clew/ledger"
)

// The truth about a chain: files of fixed-width little-endian rows, in chain
// order. Transactions and addresses are numbered from 0 in the order they
// appear.
//
//	edges.bin    Edge, 12 bytes each
//	outputs.bin  Output, 20 bytes each
//	inaddr.bin   per transaction whose inputs have more than one address:
//	             u16 count, then count times u32 address
//	txids.bin    32 bytes each, wire order
//	owners.bin   u32 wallet of each address, wallets from 1
//	edges.csv    only if asked for; its first line names the columns
const (
	EdgesFile    = "edges.bin"
	EdgesCSVFile = "edges.csv"
	OutputsFile  = "outputs.bin"
	InAddrFile   = "inaddr.bin"
	TxIDsFile    = "txids.bin"
	OwnersFile   = "owners.bin"
)

// Edge is a spent output leading to the transaction that spends it.
//
//	u32 Src | u16 Vout | u16 Vin | u32 Dst    12 bytes
type Edge struct {
	Src       uint32
	Vout, Vin uint16
	Dst       uint32
}

// EdgeSize is the length of an Edge in bytes.
const EdgeSize = 12

func (e Edge) appendTo(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, e.Src)
	dst = binary.LittleEndian.AppendUint16(dst, e.Vout)
	dst = binary.LittleEndian.AppendUint16(dst, e.Vin)
	return binary.LittleEndian.AppendUint32(dst, e.Dst)
}

// ParseEdge reads an Edge from its EdgeSize bytes.
func ParseEdge(b []byte) Edge {
	_ = b[EdgeSize-1]
	return Edge{
		Src:  binary.LittleEndian.Uint32(b),
		Vout: binary.LittleEndian.Uint16(b[4:]),
		Vin:  binary.LittleEndian.Uint16(b[6:]),
		Dst:  binary.LittleEndian.Uint32(b[8:]),
	}
}

// Output is an output of the chain.
//
//	u32 Tx | u32 Vout | u32 Addr | u64 Value    20 bytes
type Output struct {
	Tx, Vout, Addr uint32
	Value          ledger.Amount
}

// OutputSize is the length of an Output in bytes.
const OutputSize = 20

func (o Output) appendTo(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, o.Tx)
	dst = binary.LittleEndian.AppendUint32(dst, o.Vout)
	dst = binary.LittleEndian.AppendUint32(dst, o.Addr)
	return binary.LittleEndian.AppendUint64(dst, uint64(o.Value))
}

// ParseOutput reads an Output from its OutputSize bytes.
func ParseOutput(b []byte) Output {
	_ = b[OutputSize-1]
	return Output{
		Tx:    binary.LittleEndian.Uint32(b),
		Vout:  binary.LittleEndian.Uint32(b[4:]),
		Addr:  binary.LittleEndian.Uint32(b[8:]),
		Value: ledger.Amount(binary.LittleEndian.Uint64(b[12:])),
	}
}

// rows is a truth file being written. Its writer remembers the first error,
// so rows are added unchecked and the error is asked for once a block.
type rows struct {
	f *os.File
	w *bufio.Writer
}

func createRows(dir, name string) (*rows, error) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	return &rows{f, bufio.NewWriterSize(f, 1<<20)}, nil
}

// err returns the first error of a write so far.
func (r *rows) err() error {
	_, err := r.w.Write(nil)
	return err
}

func (r *rows) close() error { return errors.Join(r.w.Flush(), r.f.Close()) }

// truthFiles writes the truth. csv is nil unless asked for.
type truthFiles struct {
	edges, outputs, inAddr, txids, owners, csv *rows
	all                                        []*rows
}

func createTruth(dir string, csv bool) (*truthFiles, error) {
	t := &truthFiles{}
	files := []struct {
		name string
		dst  **rows
	}{
		{EdgesFile, &t.edges}, {OutputsFile, &t.outputs}, {InAddrFile, &t.inAddr},
		{TxIDsFile, &t.txids}, {OwnersFile, &t.owners}, {EdgesCSVFile, &t.csv},
	}
	if !csv {
		files = files[:len(files)-1]
	}
	for _, f := range files {
		r, err := createRows(dir, f.name)
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		*f.dst = r
		t.all = append(t.all, r)
	}
	if csv {
		t.csv.w.WriteString("src_tx,src_vout,dst_tx,dst_vin,value,height\n")
	}
	return t, nil
}

func (t *truthFiles) err() (err error) {
	for _, r := range t.all {
		err = errors.Join(err, r.err())
	}
	return err
}

func (t *truthFiles) close() (err error) {
	for _, r := range t.all {
		err = errors.Join(err, r.close())
	}
	return err
}

func (t *truthFiles) edge(e Edge, value int64, height int) {
	t.edges.w.Write(e.appendTo(t.edges.w.AvailableBuffer()))
	if t.csv == nil {
		return
	}
	b := t.csv.w.AvailableBuffer()
	for i, n := range [...]int64{int64(e.Src), int64(e.Vout), int64(e.Dst), int64(e.Vin), value, int64(height)} {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	t.csv.w.Write(append(b, '\n'))
}

func (t *truthFiles) output(o Output) {
	t.outputs.w.Write(o.appendTo(t.outputs.w.AvailableBuffer()))
}

func (t *truthFiles) inputAddresses(addrs []uint32) {
	b := binary.LittleEndian.AppendUint16(t.inAddr.w.AvailableBuffer(), uint16(len(addrs)))
	for _, a := range addrs {
		b = binary.LittleEndian.AppendUint32(b, a)
	}
	t.inAddr.w.Write(b)
}

// lookups writes the two files that are known at the end: the id of every
// transaction and the owner of every address.
func (t *truthFiles) lookups(txids []ledger.TxID, owner []uint32) {
	for i := range txids {
		t.txids.w.Write(txids[i][:])
	}
	for _, o := range owner {
		t.owners.w.Write(binary.LittleEndian.AppendUint32(t.owners.w.AvailableBuffer(), o))
	}
}
