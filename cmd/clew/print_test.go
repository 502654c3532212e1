package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"clew.example/clew/internal/plain"
)

func TestWriteJSON(t *testing.T) {
	type inner struct {
		Z, A int
	}
	for _, tc := range []struct {
		name string
		in   any
		want string
	}{
		{"sorted, nested too", struct {
			B []inner `json:"b"`
			A string  `json:"a"`
		}{[]inner{{1, 2}}, "x"}, `{"a":"x","b":[{"A":2,"Z":1}]}`},
		{"every digit", map[string]any{"n": uint64(1<<64 - 1)}, `{"n":18446744073709551615}`},
		{"markup as it is", "<a href='x'>&", `"<a href='x'>&"`},
		{"no terminal codes", "\x1b\u009b\u202e\x7f\U000e0041é", `"\u001b\u009b\u202e\u007f\udb40\udc41é"`},
		{"empty, not null", []int{}, `[]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeJSON(&b, tc.in); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != tc.want+"\n" {
				t.Errorf("have %s, want %s", got, tc.want)
			}
		})
	}
}

// FuzzWriteJSON feeds any string. Invariant: a reader gets the string back,
// and no byte of it can steer a terminal.
func FuzzWriteJSON(f *testing.F) {
	f.Add("\u2028\u009b\U000e0041\"\\")
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := writeJSON(&b, s); err != nil {
			t.Fatal(err)
		}
		line := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
		if plain.Text(string(line)) != string(line) {
			t.Fatalf("%q is not plain", line)
		}
		var got string
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(s)); got != want { // invalid bytes become U+FFFD
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

func TestPrintFailure(t *testing.T) {
	cause := errors.New("tail cut\x1b[2J")
	for _, tc := range []struct {
		name string
		err  error
		code int
		want string
	}{
		{"with a hint", fail(exitInput, cause, "fetch it again"), exitInput,
			"clew: error: tail cut\\x1b[2J\nclew: hint: fetch it again\n"},
		{"wrapped", fmt.Errorf("block 7: %w", fail(exitLedger, cause, "")), exitLedger,
			"clew: error: block 7: tail cut\\x1b[2J\n"},
		{"interrupted", fmt.Errorf("ingest: %w", context.Canceled), exitIncomplete,
			"clew: error: ingest: context canceled\n"},
		{"without a code", cause, exitUsage, "clew: error: tail cut\\x1b[2J\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b bytes.Buffer
			printFailure(&b, tc.err)
			if b.String() != tc.want || exitCode(tc.err) != tc.code {
				t.Errorf("prints %q, exits %d; want %q, %d", b.String(), exitCode(tc.err), tc.want, tc.code)
			}
		})
	}
}
