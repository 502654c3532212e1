package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Page is a part of a list.
type Page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"the cursor of the next page; null: this is the last"`
}

// PageIn says which part of a list is asked for.
type PageIn struct {
	Cursor string `query:"cursor" maxLength:"600" doc:"next of the page before; left out: the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"at most so many items"`
}

// A cursor is what the next page begins behind, and a MAC over it and the list
// that it is of, in base64url. So it is opaque, and nobody can point a list at
// what it would not have led to.
//
//	 0  16  HMAC-SHA-256, the first half, of LIST, a zero byte and AFTER
//	16  ..  AFTER
const macSize = 16

func (s *server) macOf(list, after string) []byte {
	mac := hmac.New(sha256.New, s.o.CursorKey[:])
	mac.Write([]byte(list + "\x00" + after))
	return mac.Sum(nil)[:macSize]
}

func (s *server) cursor(list, after string) *string {
	text := base64.RawURLEncoding.EncodeToString(append(s.macOf(list, after), after...))
	return &text
}

// after returns what a page begins behind, empty for the first.
func (s *server) after(list, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) < macSize || !hmac.Equal(b[:macSize], s.macOf(list, string(b[macSize:]))) {
		return "", wrong("query.cursor", "is not one that this list gave; begin with the first page")
	}
	return string(b[macSize:]), nil
}

// pageOf makes a page of up to limit items, of which one more may have been
// asked for to see whether there is a next page.
func pageOf[T any](s *server, list string, items []T, limit int, name func(*T) string) Page[T] {
	p := Page[T]{Items: append([]T{}, items[:min(len(items), limit)]...)}
	if len(items) > limit {
		p.Next = s.cursor(list, name(&p.Items[limit-1]))
	}
	return p
}
