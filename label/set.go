package label

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"clew.example/clew/ledger"
)

// Set holds claims in the order of their files. Sets are joined by appending.
type Set []Claim

// Digest returns "sha256:" and the hash of the set's canonical form. It knows
// neither the order nor the number of equal claims, nor their lines; an empty
// set has one too.
func (s Set) Digest() string {
	sorted := slices.Clone(s)
	slices.SortFunc(sorted, canonical)
	sorted = slices.CompactFunc(sorted, func(a, b Claim) bool { return canonical(a, b) == 0 })
	sum := sha256.New()
	w := bufio.NewWriter(sum) // a hash does not fail
	w.WriteString("clew.labels/1\n")
	for _, c := range sorted {
		for _, field := range [...]string{c.Chain, c.Subject, c.Label, c.Category, c.Source} {
			w.WriteString(field)
			w.WriteByte('\n') // no field holds one
		}
	}
	w.Flush()
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// Skipped is a claim whose subject is no account.
type Skipped struct {
	Claim Claim
	Err   error
}

// Accounts returns for each account of a chain the claim that names it, the
// least by Compare, by the account's bytes. Parse reads a subject; what it
// refuses (wrong checksums, other networks, txids) is returned beside, in the
// order of the set. Claims about other chains are passed over.
func (s Set) Accounts(chain string, parse func(subject string) (ledger.Account, error)) (map[string]Claim, []Skipped) {
	named, skipped := map[string]Claim{}, []Skipped(nil)
	for _, c := range s {
		if c.Chain != chain {
			continue
		}
		account, err := parse(c.Subject)
		if err != nil {
			skipped = append(skipped, Skipped{c, err})
			continue
		}
		if best, ok := named[string(account)]; !ok || Compare(c, best) < 0 {
			named[string(account)] = c
		}
	}
	return named, skipped
}
