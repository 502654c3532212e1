package bitcoin

import (
	"clew.example/clew/ledger"
)

// witness is what one input's witness shows.
type witness struct {
	items  int
	first  ledger.Span
	before ledger.Span // the last item but one
	last   ledger.Span
	traits ledger.Traits // signatures and keys among the items
}

// witnesses reads the witness of every input and notes what the inputs show.
func (d *Decoder) witnesses() error {
	at := d.off
	if !d.committed {
		return errorAt(at, "witness, but the coinbase commits to none")
	}
	d.witnessed = true
	d.tx.traits |= ledger.TraitWitness
	empty := true
	for i, script := range d.scripts {
		w, err := d.witness()
		if err != nil {
			return within("witness of input", i, err)
		}
		empty = empty && w.items == 0
		if d.tx.index > 0 {
			d.tx.noteInput(d.witnessTraits(d.bytes(script), w))
		} else if w.items == 1 {
			d.reserved = w.last
		}
	}
	if empty {
		// A second encoding of the same transaction; nodes refuse it too.
		return errorAt(at, "witness marker, but no input has a witness")
	}
	return nil
}

// witness reads the witness of one input.
func (d *Decoder) witness() (witness, error) {
	var w witness
	n, err := d.count("witness items", 1)
	if err != nil {
		return w, err
	}
	w.items = n
	for i := range n {
		item, err := d.span("item bytes")
		if err != nil {
			return w, err
		}
		if i == 0 {
			w.first = item
		}
		w.before, w.last = w.last, item
		w.traits |= itemTraits(d.bytes(item))
	}
	return w, nil
}

// bareInputs notes what the inputs of a transaction without witness show.
func (d *Decoder) bareInputs() {
	for _, script := range d.scripts {
		d.tx.noteInput(scriptSigTraits(d.bytes(script)))
	}
}

// witnessTraits returns what an input with this scriptSig and witness shows.
func (d *Decoder) witnessTraits(script []byte, w witness) ledger.Traits {
	switch {
	case w.items == 0:
		return scriptSigTraits(script)
	case len(script) == 0:
		return d.nativeTraits(w)
	case len(script) == 23 && string(script[:3]) == "\x16\x00\x14":
		return w.traits | ledger.InputP2SHP2WPKH
	case len(script) == 35 && string(script[:3]) == "\x22\x00\x20":
		return w.traits | ledger.InputP2SHP2WSH | multisigTraits(d.bytes(w.last))
	}
	return w.traits | ledger.InputOther
}

// nativeTraits tells apart the witness programs that leave the scriptSig
// empty. A witness script of 64 or 65 bytes that takes no arguments can not be
// told from a taproot signature; anyone could have spent such an output.
func (d *Decoder) nativeTraits(w witness) ledger.Traits {
	const annex = 0x50 // first byte of the last item of two or more (BIP 341); no script begins with it
	last, items := d.bytes(w.last), w.items
	if items >= 2 && len(last) > 0 && last[0] == annex {
		last, items = d.bytes(w.before), items-1
	}
	switch {
	case items == 1 && (len(last) == 64 || len(last) == 65):
		return ledger.InputTaprootKey | ledger.TraitKeyXOnly
	case items >= 2 && isControlBlock(last):
		return ledger.InputTaprootPath | ledger.TraitKeyXOnly
	case items == 2 && isSignature(d.bytes(w.first)) && keyTraits(last) == ledger.TraitKeyCompressed:
		return w.traits | ledger.InputP2WPKH
	}
	return w.traits | ledger.InputP2WSH | multisigTraits(last)
}

// isControlBlock reports whether b is a control block of leaf version 0xc0 (BIP
// 341): the version with the key's parity, the internal key, and at most 128
// hashes. No witness script begins so: 0xc0 and 0xc1 are no opcodes.
func isControlBlock(b []byte) bool {
	return len(b) >= 33 && len(b) <= 33+128*32 && (len(b)-33)%32 == 0 && b[0]&0xfe == 0xc0
}
