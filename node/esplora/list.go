package esplora

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// listMax bounds every list in an answer. A block has room for 111,111 outputs
// and fewer of anything else. Without it a few bytes for each element of a list
// of nothing would make us reserve gigabytes.
const listMax = 120_000

// list is a JSON list of at most listMax elements.
type list[T any] []T

// UnmarshalJSON reads the elements one by one.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	d := json.NewDecoder(bytes.NewReader(b))
	open, err := d.Token()
	if err != nil || open == nil {
		return err
	}
	if open != json.Delim('[') {
		return fmt.Errorf("want a list, have %.20q", b)
	}
	for d.More() {
		if len(*l) == listMax {
			return fmt.Errorf("a list of more than %d", listMax)
		}
		var t T
		if err := d.Decode(&t); err != nil {
			return err
		}
		*l = append(*l, t)
	}
	return nil
}
