package mock

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type request struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params []any           `json:"params"`
}

// ServeHTTP answers one request or a batch of them.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	down, login := n.down, n.login
	n.mu.Unlock()
	user, password, _ := r.BasicAuth()
	switch {
	case down:
		panic(http.ErrAbortHandler)
	case user+":"+password != login:
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil {
		return
	}
	var requests []request
	batch := bytes.HasPrefix(body, []byte("["))
	if !batch {
		body = append(append([]byte("["), body...), ']')
	}
	if json.Unmarshal(body, &requests) != nil || len(requests) == 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	whole, replies := n.answers(r, requests)
	if batch {
		n.send(w, r, whole, replies)
	} else {
		n.send(w, r, whole, replies[0])
	}
}

// answers answers each request, and says what befalls all of them.
func (n *Node) answers(r *http.Request, requests []request) (whole Answer, replies []any) {
	n.mu.Lock()
	tamper := n.tamper
	n.mu.Unlock()
	for _, q := range requests {
		if q.Method == "waitfornewblock" {
			n.linger(r, q.Params)
		}
		a := n.answer(q.Method, q.Params)
		if tamper != nil {
			tamper(q.Method, q.Params, &a)
		}
		whole.Status, whole.Stall = max(whole.Status, a.Status), max(whole.Stall, a.Stall)
		whole.Cut, whole.Endless = whole.Cut || a.Cut, whole.Endless || a.Endless
		whole.Body += a.Body
		replies = append(replies, a.reply(q.ID))
	}
	return whole, replies
}

// linger waits for another tip than the one named, as waitfornewblock does.
func (n *Node) linger(r *http.Request, params []any) {
	n.mu.Lock()
	changed, tip, btcd := n.changed, n.tip().String(), n.btcd
	n.mu.Unlock()
	if btcd || len(params) > 1 && params[1] != tip {
		return
	}
	n.pause(r, time.Duration(number(params, 0))*time.Millisecond, changed)
}

func (n *Node) pause(r *http.Request, d time.Duration, changed chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-r.Context().Done():
	case <-n.gone:
	}
}

func (n *Node) send(w http.ResponseWriter, r *http.Request, whole Answer, reply any) {
	n.pause(r, whole.Stall, nil)
	switch {
	case whole.Status != 0:
		w.WriteHeader(whole.Status)
	case whole.Endless:
		n.sendEndless(w)
	case whole.Body != "":
		_, _ = io.WriteString(w, whole.Body)
	default:
		body, err := json.Marshal(reply)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		if whole.Cut {
			body = body[:len(body)/2]
		}
		_, _ = w.Write(body)
	}
}

// sendEndless sends a gigabyte of one number.
func (n *Node) sendEndless(w http.ResponseWriter) {
	chunk := strings.Repeat("1", 1<<16)
	_, _ = io.WriteString(w, `{"id":0,"result":`)
	for range 1 << 14 {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
		n.mu.Lock()
		n.written += int64(len(chunk))
		n.mu.Unlock()
	}
}
