package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"clew.example/clew/chain/bitcoin"
)

// stamp writes the magic of a network before each record of the block files. The
// blocks stay as they are.
func stamp(out, network string) error {
	n, err := bitcoin.NetworkByName(network)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(out, "blocks", "blk*.dat"))
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := stampFile(name, n.Magic); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

func stampFile(name string, magic uint32) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	for at := int64(0); ; {
		var head [8]byte // magic, then the size of the block
		if _, err := f.ReadAt(head[:], at); errors.Is(err, io.EOF) {
			return f.Sync()
		} else if err != nil {
			return err
		}
		binary.LittleEndian.PutUint32(head[:4], magic)
		if _, err := f.WriteAt(head[:4], at); err != nil {
			return err
		}
		at += int64(len(head)) + int64(binary.LittleEndian.Uint32(head[4:]))
	}
}
