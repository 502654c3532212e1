package bitcoin

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58check text of a version byte, a hash of 20 bytes and a checksum.
const (
	base58Payload = 1 + 20
	base58Bytes   = base58Payload + 4
	// base58Digits holds 25 bytes: 25 * log 256 / log 58 is 34.1.
	base58Digits = 35
)

// appendBase58Check appends version and hash with their checksum, the first
// four bytes of their double SHA-256, as one number in base 58. Each leading
// zero byte is written as a 1.
func appendBase58Check(dst []byte, version byte, hash []byte) []byte {
	var full [base58Bytes]byte
	full[0] = version
	copy(full[1:], hash)
	sum := DoubleHash(full[:base58Payload])
	copy(full[base58Payload:], sum[:4])

	var digits [base58Digits]byte
	for _, b := range full {
		carry := int(b)
		for i := len(digits) - 1; i >= 0; i-- {
			carry += int(digits[i]) << 8
			digits[i] = byte(carry % 58)
			carry /= 58
		}
	}
	for i := 0; i < len(full) && full[i] == 0; i++ {
		dst = append(dst, base58Alphabet[0])
	}
	at := 0
	for at < len(digits) && digits[at] == 0 {
		at++
	}
	for _, d := range digits[at:] {
		dst = append(dst, base58Alphabet[d])
	}
	return dst
}

// parseBase58Check reads what appendBase58Check writes, and nothing else.
func parseBase58Check(s string) (version byte, hash []byte, err error) {
	if len(s) < base58Bytes || len(s) > base58Digits {
		return 0, nil, fmt.Errorf("base58: %d characters are no address", len(s))
	}
	var full [base58Bytes]byte
	for at := range len(s) {
		carry := strings.IndexByte(base58Alphabet, s[at])
		if carry < 0 {
			return 0, nil, fmt.Errorf("base58: character %q at %d", s[at], at)
		}
		for i := len(full) - 1; i >= 0; i-- {
			carry += int(full[i]) * 58
			full[i] = byte(carry)
			carry >>= 8
		}
		if carry != 0 {
			return 0, nil, errors.New("base58: number of more than 25 bytes")
		}
	}
	if err := checkBase58Zeros(s, full[:]); err != nil {
		return 0, nil, err
	}
	sum := DoubleHash(full[:base58Payload])
	if !bytes.Equal(sum[:4], full[base58Payload:]) {
		return 0, nil, errors.New("base58: checksum does not match")
	}
	return full[0], full[1:base58Payload], nil
}

// checkBase58Zeros checks that the text has one leading 1 per leading zero
// byte: else it stands for another number of bytes, and one address would have
// several texts.
func checkBase58Zeros(s string, full []byte) error {
	ones := len(s) - len(strings.TrimLeft(s, base58Alphabet[:1]))
	zeros := len(full) - len(bytes.TrimLeft(full, "\x00"))
	if ones != zeros {
		return fmt.Errorf("base58: text of %d bytes, want %d", len(full)-zeros+ones, len(full))
	}
	return nil
}
