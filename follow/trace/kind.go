package trace

import "fmt"

// Kind says where taint ended. An absorber is all that ended in one kind.
type Kind uint8

// The kinds. KindNone is an output that carries nothing, or is followed on.
const (
	KindNone         Kind = iota
	KindService           // an account labelled as a service that can be asked
	KindListed            // an account of the list to stop at
	KindMixer             // an account labelled as a mixer
	KindFee               // paid to miners
	KindBurn              // an output that says itself that nobody can spend it
	KindCutoff            // beyond a limit that was set
	KindUndecoded         // into a protocol that is not decoded
	KindUnknownInput      // at a place that depends on values the source does not hold
	KindUnspent           // not spent as of the tip
	KindDiluted           // pure only: mixed with anything else
	KindOverlap           // stolen again from who held it: counted with the earlier theft
	KindCoinbase          // backward only: newly made
	kindCount
)

var kindNames = [kindCount]string{"", "service", "listed", "mixer", "fee", "burn", "cutoff", "undecoded", "unknown_input",
	"unspent", "diluted", "overlap", "coinbase"}

// String returns the name of a kind as JSON has it.
func (k Kind) String() string { return kindNames[k] }

// MarshalText writes the name of a kind.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the name of a kind.
func (k *Kind) UnmarshalText(b []byte) error {
	for i, name := range kindNames {
		if string(b) == name {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("kind of exit %.40q is not known", b)
}

// Reason says which limit cut taint off.
type Reason uint8

// The limits.
const (
	ReasonNone     Reason = iota
	ReasonMinValue        // less taint than --min-value
	ReasonMaxHops         // more hops than --max-hops
	ReasonUntil           // spent after --until
	reasonCount
)

var reasonNames = [reasonCount]string{"", "min_value", "max_hops", "until"}

// String returns the name of a reason as JSON has it.
func (r Reason) String() string { return reasonNames[r] }

// MarshalText writes the name of a reason.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name of a reason.
func (r *Reason) UnmarshalText(b []byte) error {
	for i, name := range reasonNames {
		if string(b) == name {
			*r = Reason(i)
			return nil
		}
	}
	return fmt.Errorf("reason %.40q is not known", b)
}
