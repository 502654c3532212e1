package flat

import (
	"fmt"

	"clew.example/clew/internal/vfs"
)

// The two hash indexes.
const (
	txIndex      = iota // txid -> tx row, every duplicate too
	accountIndex        // scriptPubKey -> account row
	numIndexes
)

var indexNames = [numIndexes]string{"txs.index", "accounts.index"}

// index is a slots table in a mapped file of its own.
type index struct {
	slots
	at   indexFile
	name string
	file vfs.File
}

const (
	// indexLogMin is the size of a new index: 256 slots, half a page. Small, so
	// that tests of a few hundred rows see full indexes and their growth.
	indexLogMin = 8
	// indexLogMax bounds a record's claim: 2^38 slots are 2 TiB.
	indexLogMax = 38
	// loadNum/loadDen: an index grows before it is fuller than 7/10. At that
	// load a key that is absent costs 6 probes, within one or two cache lines.
	loadNum, loadDen = 7, 10
)

func indexName(which int, number uint32) string {
	return fmt.Sprintf("%s.%d", indexNames[which], number)
}

// logFor returns the size of an index that holds n rows.
func logFor(n uint64) uint32 {
	log := uint32(indexLogMin)
	for n > (1<<log)/loadDen*loadNum && log < 63 {
		log++
	}
	return log
}

func openIndex(fs vfs.FS, which int, at indexFile, mode vfs.Mode) (*index, error) {
	x := &index{at: at, name: indexName(which, at.Number)}
	if at.Log < indexLogMin || at.Log > indexLogMax {
		return nil, &Damage{File: x.name, Reason: fmt.Sprintf("2^%d slots", at.Log)}
	}
	var err error
	if x.file, err = fs.Open(x.name, mode); err != nil {
		return nil, fmt.Errorf("open index %s: %w", x.name, err)
	}
	bytes := int64(8) << at.Log
	if mode == vfs.Create {
		err = x.file.Allocate(bytes)
	} else {
		// A record names an index only when all of it is on disk, so a shorter
		// one has lost slots.
		var size int64
		if size, err = x.file.Size(); err == nil && size < bytes {
			err = &Damage{File: x.name, Reason: fmt.Sprintf("file has %d bytes of %d", size, bytes)}
		}
	}
	var b []byte
	if err == nil {
		b, err = x.file.Map(bytes)
	}
	if err != nil {
		x.file.Close()
		return nil, fmt.Errorf("open index %s: %w", x.name, err)
	}
	x.slots = makeSlots(words(b), at.Log)
	return x, nil
}

func (x *index) sync() error {
	if err := x.file.Sync(0, int64(len(x.w))*8); err != nil {
		return fmt.Errorf("sync index %s: %w", x.name, err)
	}
	return nil
}
