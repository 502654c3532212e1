package bitcoin

import (
	"errors"
	"fmt"
	"strings"
)

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// What the checksum comes to: bech32 for witness version 0 (BIP 173), bech32m
// for 1 to 16 (BIP 350).
const (
	bech32Const  = 1
	bech32mConst = 0x2bc830a3

	bech32Max      = 90 // characters
	bech32Checksum = 6  // of them
)

// appendSegwit appends the address of a witness program.
func appendSegwit(dst []byte, hrp string, version int, program []byte) []byte {
	dst = append(dst, hrp...)
	dst = append(dst, '1')
	sum := bech32Prefix(hrp)
	put := func(digit byte) {
		sum = bech32Step(sum, digit)
		dst = append(dst, bech32Alphabet[digit])
	}
	put(byte(version))
	held, bits := uint32(0), 0
	for _, b := range program {
		held, bits = held<<8|uint32(b), bits+8
		for ; bits >= 5; bits -= 5 {
			put(byte(held>>(bits-5)) & 31)
		}
	}
	if bits > 0 {
		put(byte(held<<(5-bits)) & 31)
	}
	for range bech32Checksum {
		sum = bech32Step(sum, 0)
	}
	sum ^= bech32ConstOf(version)
	for i := range bech32Checksum {
		dst = append(dst, bech32Alphabet[sum>>(5*(bech32Checksum-1-i))&31])
	}
	return dst
}

// parseSegwit reads a segwit address: what appendSegwit writes, in lower or in
// upper case.
func parseSegwit(s string) (hrp string, version int, program []byte, err error) {
	lower, err := foldBech32(s)
	if err != nil {
		return "", 0, nil, err
	}
	at := strings.LastIndexByte(lower, '1')
	if at < 1 || len(lower)-at-1 < 1+bech32Checksum {
		return "", 0, nil, errors.New("bech32: no separator before version and checksum")
	}
	hrp = lower[:at]
	digits, sum, err := bech32Digits(hrp, lower[at+1:])
	if err != nil {
		return "", 0, nil, err
	}
	version = int(digits[0])
	switch {
	case sum != bech32Const && sum != bech32mConst:
		return "", 0, nil, errors.New("bech32: checksum does not match")
	case version > 16:
		return "", 0, nil, fmt.Errorf("bech32: witness version %d", version)
	case sum != bech32ConstOf(version):
		return "", 0, nil, fmt.Errorf("bech32: checksum of the wrong variant for witness version %d", version)
	}
	program, err = bech32Program(digits[1 : len(digits)-bech32Checksum])
	if err != nil {
		return "", 0, nil, err
	}
	if n := len(program); n < 2 || n > 40 || version == 0 && n != 20 && n != 32 {
		return "", 0, nil, fmt.Errorf("bech32: program of %d bytes for witness version %d", n, version)
	}
	return hrp, version, program, nil
}

// foldBech32 returns s in lower case. Mixed case is refused (BIP 173).
func foldBech32(s string) (string, error) {
	if len(s) > bech32Max {
		return "", fmt.Errorf("bech32: %d characters, at most %d", len(s), bech32Max)
	}
	for i := range len(s) {
		if s[i] < 33 || s[i] > 126 {
			return "", fmt.Errorf("bech32: character %q at %d", s[i], i)
		}
	}
	lower := strings.ToLower(s)
	if lower != s && strings.ToUpper(s) != s {
		return "", errors.New("bech32: upper and lower case mixed")
	}
	return lower, nil
}

func bech32Digits(hrp, data string) (digits []byte, sum uint32, err error) {
	digits = make([]byte, len(data))
	sum = bech32Prefix(hrp)
	for i := range len(data) {
		digit := strings.IndexByte(bech32Alphabet, data[i])
		if digit < 0 {
			return nil, 0, fmt.Errorf("bech32: character %q at %d", data[i], len(hrp)+1+i)
		}
		digits[i] = byte(digit)
		sum = bech32Step(sum, byte(digit))
	}
	return digits, sum, nil
}

// bech32Program joins digits of five bits to bytes. What is left over is fewer
// than five bits, all zero (BIP 173).
func bech32Program(digits []byte) ([]byte, error) {
	program := make([]byte, 0, len(digits)*5/8)
	held, bits := uint32(0), 0
	for _, d := range digits {
		held, bits = held<<5|uint32(d), bits+5
		if bits >= 8 {
			bits -= 8
			program = append(program, byte(held>>bits))
		}
	}
	if bits >= 5 || held&(1<<bits-1) != 0 {
		return nil, errors.New("bech32: padding is not zero or too long")
	}
	return program, nil
}

func bech32ConstOf(version int) uint32 {
	if version == 0 {
		return bech32Const
	}
	return bech32mConst
}

// bech32Prefix is the checksum's state after the human-readable part.
func bech32Prefix(hrp string) uint32 {
	sum := uint32(1)
	for i := range len(hrp) {
		sum = bech32Step(sum, hrp[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(hrp) {
		sum = bech32Step(sum, hrp[i]&31)
	}
	return sum
}

// bech32Step takes one digit into the checksum, a BCH code (BIP 173).
func bech32Step(sum uint32, digit byte) uint32 {
	generator := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(digit)
	for i, g := range generator {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
