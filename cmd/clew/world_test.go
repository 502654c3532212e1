package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/sim/launder"
)

// The commands that scripts have besides clew itself.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":    cmdExits,
	"world":    cmdWorld,
	"explorer": cmdExplorer,
	"node":     cmdNode,
	"labels":   cmdLabels,
	"stops":    cmdStops,
	"said":     cmdSaid,
	"altered":  cmdAltered,
	"digest":   cmdDigest,
	"poke":     cmdPoke,
	"lock":     cmdLock,
}

// worldPlan is what the options of "world" ask for.
type worldPlan struct {
	form         string // blk or raw
	pad, cut     int
	xor          bool
	from, to     int // blocks of the main branch; to -1: all
	damage       int // this block, -1: none
	network      *bitcoin.Network
	file, target string
}

// cmdWorld is "world CASE DIR OPTION...": it writes the blocks of a case in the
// language of package launder to DIR, and sets a variable for each name:
// $tx_NAME, $addr_NAME and $block_N by number.
//
//	raw          files of raw blocks, named by hash; else blk*.dat
//	magic=NAME   of another network than regtest
//	xor          obfuscated
//	pad=N        N zeros behind the records
//	cut=N        N bytes off the end
//	from=I to=J  blocks I to J-1 only
//	damage=I     a bit of block I is turned
func cmdWorld(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: world CASE DIR OPTION...")
	}
	p := worldPlan{form: "blk", to: -1, damage: -1, file: args[0], target: ts.MkAbs(args[1])}
	p.network, _ = bitcoin.NetworkByName("regtest")
	for _, o := range args[2:] {
		ts.Check(p.option(o))
	}
	w, err := launder.Parse(ts.ReadFile(p.file))
	ts.Check(err)
	p.nameAll(ts, w, ts.ReadFile(p.file))
	ts.Check(p.write(w))
}

func (p *worldPlan) option(o string) (err error) {
	key, value, _ := strings.Cut(o, "=")
	number := func(into *int) { *into, err = strconv.Atoi(value) }
	switch key {
	case "raw":
		p.form = key
	case "xor":
		p.xor = true
	case "magic":
		p.network, err = bitcoin.NetworkByName(value)
	case "pad":
		number(&p.pad)
	case "cut":
		number(&p.cut)
	case "from":
		number(&p.from)
	case "to":
		number(&p.to)
	case "damage":
		number(&p.damage)
	default:
		err = fmt.Errorf("world: option %q", o)
	}
	return err
}

// nameAll sets the variables. Every word of the case that may be an account is
// taken for one.
func (p *worldPlan) nameAll(ts *testscript.TestScript, w *launder.World, text string) {
	for i, ref := range w.Chain() {
		ts.Setenv("block_"+strconv.Itoa(i), ref.Hash.String())
	}
	for _, word := range strings.Fields(text) {
		name, _, _ := strings.Cut(word, ":")
		if id, ok := w.TxID(name); ok {
			ts.Setenv("tx_"+name, id.String())
		} else if a, ok := bitcoin.AppendAddress(nil, launder.AccountOf(name), p.network); ok {
			ts.Setenv("addr_"+name, string(a))
		}
	}
}

func (p *worldPlan) write(w *launder.World) error {
	raws := w.Raws(w.Chain())
	if p.damage >= 0 {
		bad := append([]byte(nil), raws[p.damage]...)
		bad[len(bad)-1] ^= 1
		raws[p.damage] = bad
	}
	if p.to < 0 {
		p.to = len(raws)
	}
	raws = raws[p.from:p.to]
	if p.form == "raw" {
		if err := os.MkdirAll(p.target, 0o755); err != nil {
			return err
		}
		for i, raw := range raws {
			if err := os.WriteFile(filepath.Join(p.target, fmt.Sprintf("%02d", p.from+i)), raw[:len(raw)-p.cut], 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	f := launder.BlkFiles{Magic: p.network.Magic, Padding: p.pad}
	if p.xor {
		f.Key = [8]byte{9, 8, 7, 6, 5, 4, 3, 2}
	}
	if err := launder.WriteBlkFiles(p.target, f, raws); err != nil || p.cut == 0 {
		return err
	}
	name := filepath.Join(p.target, "blk00000.dat")
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.Truncate(name, info.Size()-int64(p.cut))
}

// cmdPoke is "poke FILE OFFSET HEX": it writes bytes over those of a file.
func cmdPoke(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: poke FILE OFFSET HEX")
	}
	off, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	var b []byte
	_, err = fmt.Sscanf(args[2], "%x", &b)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	_, err = f.WriteAt(b, off)
	ts.Check(err)
	ts.Check(f.Close())
}

// cmdLock is "lock DIR": it holds the lock of a chain's folder, as a writer
// does, until the script ends.
func cmdLock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lock DIR")
	}
	l, err := vfs.NewOS(ts.MkAbs(args[0])).Lock("lock")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
}
