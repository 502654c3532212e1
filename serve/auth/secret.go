package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// secretSize is 256 bits: what can not be guessed needs no slow hash.
const secretSize = 32

func newSecret(rand io.Reader) (s [secretSize]byte, err error) {
	if _, err = io.ReadFull(rand, s[:]); err != nil {
		return s, fmt.Errorf("random numbers: %w", err)
	}
	return s, nil
}

// Tokens of links and sessions are the secret in base64url without padding
// (RFC 4648), 43 characters.

func formatToken(s [secretSize]byte) string { return base64.RawURLEncoding.EncodeToString(s[:]) }

// parseToken returns the secret of a token. Text that another text stands for
// too, as base64 with loose last bits, is refused.
func parseToken(text string) (s [secretSize]byte, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(secretSize) {
		return s, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != secretSize {
		return s, false
	}
	return [secretSize]byte(b), true
}

func hashOf(secret [secretSize]byte) Hash { return sha256.Sum256(secret[:]) }

// API keys are text of one word, so that a double click takes all of it, with
// a beginning that scanners for lost secrets can look for:
//
//	clew_ID_SECRETCHECK
//
// ID is 10 random bytes, SECRET 32 and CHECK the CRC-32 of "ID_SECRET" as it is
// written, each in base32 of RFC 4648 in small letters without padding: 16, 52
// and 7 characters. The checksum tells a key that was cut or typed wrongly from
// one that is not valid, without asking a store.
const (
	keyPrefix    = "clew_"
	keyIDSize    = 10
	keyIDChars   = 16
	secretChars  = 52
	checkChars   = 7
	keyTextChars = len(keyPrefix) + keyIDChars + 1 + secretChars + checkChars
)

var keyEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func checkOf(text string) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], crc32.ChecksumIEEE([]byte(text)))
	return keyEncoding.EncodeToString(b[:])
}

func formatKey(id string, secret [secretSize]byte) string {
	text := id + "_" + keyEncoding.EncodeToString(secret[:])
	return keyPrefix + text + checkOf(text)
}

var errKeyText = errors.New("not an API key, which is clew_ and 76 letters and digits with a checksum: it was cut, or is of something else")

// parseKey returns the id and the secret of a key's text.
func parseKey(text string) (id string, secret [secretSize]byte, err error) {
	body, ours := strings.CutPrefix(text, keyPrefix)
	if !ours || len(text) != keyTextChars || body[keyIDChars] != '_' {
		return "", secret, errKeyText
	}
	text, check := body[:len(body)-checkChars], body[len(body)-checkChars:]
	b, err := keyEncoding.DecodeString(text[keyIDChars+1:])
	if err != nil || len(b) != secretSize || check != checkOf(text) || formatKey(text[:keyIDChars], [secretSize]byte(b)) != keyPrefix+body {
		return "", secret, errKeyText
	}
	return text[:keyIDChars], [secretSize]byte(b), nil
}

// same compares hashes in a time that says nothing about them.
func same(a, b Hash) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }
