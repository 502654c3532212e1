package label

import (
	"cmp"
	"slices"
	"strings"
)

// Claim is one line of a file: somebody says something about a subject.
type Claim struct {
	Chain    string // a word in small letters, such as bitcoin; empty: not stated
	Subject  string // address, txid, txid:vout or script:HEX, as written; never empty
	Label    string // who it is said to be, at most 256 bytes; in a list the roles, joined by single blanks
	Category string // a word in small letters, such as exchange; empty: not stated
	Source   string // who says so; empty: not stated
	Line     int    // of the file, from 1
}

// Roles returns the words of the label: the roles that a list states.
func (c Claim) Roles() []string { return strings.Fields(c.Label) }

// services are the categories that stop a trace at a service that can be
// asked, in the order in which they name an account.
var services = []string{"exchange_deposit", "exchange", "service", "wallet_service", "payment", "gambling", "market"}

const mixerCategory = "mixer"

// Stops says whether a category ends a trace: as a service, or as a mixer.
// Other categories name and do not stop.
func Stops(category string) (service, mixer bool) {
	return slices.Contains(services, category), category == mixerCategory
}

// rank orders categories by how much they say about where a trace ends.
func rank(category string) int {
	if i := slices.Index(services, category); i >= 0 {
		return i
	}
	if category == mixerCategory {
		return len(services)
	}
	return len(services) + 1
}

// Compare orders claims about one account: the least one names it. Categories
// that stop come first (exchange_deposit, exchange, service, wallet_service,
// payment, gambling, market, mixer), then any others; among equals the order is
// that of the digest. So a set of one digest gives one name, however its files
// were sorted or joined.
func Compare(a, b Claim) int {
	return cmp.Or(cmp.Compare(rank(a.Category), rank(b.Category)), canonical(a, b))
}

// canonical is the order of the digest: bytewise by each field.
func canonical(a, b Claim) int {
	return cmp.Or(cmp.Compare(a.Chain, b.Chain), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Label, b.Label),
		cmp.Compare(a.Category, b.Category), cmp.Compare(a.Source, b.Source))
}
