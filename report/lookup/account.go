package lookup

import (
	"encoding/hex"
	"unicode"
	"unicode/utf8"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// scriptWord opens the text of a script that has no address.
const scriptWord = "script:"

// Account is who is paid: the script, and what it is known as.
type Account struct {
	Address *string `json:"address"` // null: it has none
	Kind    string  `json:"kind"`
	Script  string  `json:"script"`         // hex
	Text    string  `json:"text,omitempty"` // what an OP_RETURN output says, if it is text
}

func describeAccount(script ledger.Account, n *bitcoin.Network) Account {
	a := Account{Kind: bitcoin.KindOf(script).String(), Script: hex.EncodeToString(script)}
	if address, ok := bitcoin.AppendAddress(nil, script, n); ok {
		s := string(address)
		a.Address = &s
	}
	if bitcoin.KindOf(script) == bitcoin.KindOpReturn {
		a.Text = opReturnText(script[1:])
	}
	return a
}

// Unspendable reports whether the script says that nobody can spend it.
func (a *Account) Unspendable() bool { return a.Kind == bitcoin.KindOpReturn.String() }

// scriptShown is how many hex digits of a script are printed for people.
const scriptShown = 80

// Shown is the account for people: its address, its text, or its script.
func (a *Account) Shown() string {
	switch {
	case a.Address != nil:
		return *a.Address
	case a.Text != "":
		return "\"" + a.Text + "\""
	case len(a.Script) > scriptShown:
		return scriptWord + a.Script[:scriptShown] + "..."
	}
	return scriptWord + a.Script
}

// opReturnText returns what the pushes behind an OP_RETURN say, empty if that
// is not printable text.
func opReturnText(script []byte) string {
	var text []byte
	for len(script) > 0 {
		n, head := int(script[0]), 1
		switch {
		case n == 0x4c && len(script) > 1: // OP_PUSHDATA1
			n, head = int(script[1]), 2
		case n == 0x4d && len(script) > 2: // OP_PUSHDATA2
			n, head = int(script[1])|int(script[2])<<8, 3
		case n > 0x4b: // no push of bytes
			return ""
		}
		if head+n > len(script) {
			return ""
		}
		text = append(text, script[head:head+n]...)
		script = script[head+n:]
	}
	if !utf8.Valid(text) {
		return ""
	}
	for _, r := range string(text) {
		if !unicode.IsPrint(r) {
			return ""
		}
	}
	return string(text)
}
