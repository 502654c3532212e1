package opsdb

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// alphabet is Crockford's base 32 in small letters: in the order of bytes, and
// without letters that are taken for digits.
var alphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newID returns a name for a row: 48 bits of time in unix milliseconds and 80
// random bits, as a ULID, in 26 characters. Ids sort by time; those of one
// millisecond sort in any order, but always in the same.
func newID(now time.Time) string {
	var b [16]byte
	rand.Read(b[6:]) // never fails since Go 1.24
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	return alphabet.EncodeToString(b[:])
}
