package lot

import "fmt"

// Policy says which value leaves first where stolen and other value meet.
type Policy uint8

// The policies, in the order in which they are listed everywhere. Six of them
// apportion: what they give out sums to what was stolen. Pure gives out less
// and counts the rest as diluted; poison apportions nothing and only reaches.
const (
	FIFO Policy = iota
	LIFO
	Haircut
	TIHO
	DirtyFirst
	LIBR
	Pure
	Poison
	policyCount
)

var policyNames = [policyCount]string{"fifo", "lifo", "haircut", "tiho", "dirty_first", "libr", "pure", "poison"}

// Policies returns all policies in their order.
func Policies() []Policy {
	all := make([]Policy, policyCount)
	for i := range all {
		all[i] = Policy(i)
	}
	return all
}

// String returns the name of a policy as flags and JSON have it.
func (p Policy) String() string { return policyNames[p] }

// ParsePolicy reads what String writes.
func ParsePolicy(s string) (Policy, error) {
	for i, name := range policyNames {
		if s == name {
			return Policy(i), nil
		}
	}
	return 0, fmt.Errorf("policy %.40q is not known: there are fifo, lifo, haircut, tiho, dirty_first, libr, pure and poison", s)
}

// MarshalText writes the name of a policy.
func (p Policy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the name of a policy.
func (p *Policy) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePolicy(string(b))
	return err
}
