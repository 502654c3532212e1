// Quickstart asks a Clew server for a trace, follows it to its end, says where
// the coins lie, and saves the exits as CSV. It needs the standard library only.
//
//	CLEW_KEY=$(clew user key quickstart --scope read,write) go run ./examples/quickstart bitcoin TXID:VOUT exits.csv
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// client talks to one server with one key.
type client struct{ url, key string }

// problem is how the server says that something is wrong (RFC 9457). Branch on
// Code: Detail is for people.
type problem struct {
	Status    int
	Code      string
	Detail    string
	RequestID string `json:"request_id"` // ask the operator with it: it is in the server's log
}

func (p *problem) Error() string {
	return fmt.Sprintf("%s (%d %s, request %s)", p.Detail, p.Status, p.Code, p.RequestID)
}

// triesMax is how often a request is sent before it is given up.
const triesMax = 8

// send sends a request until it is answered. All requests here may be sent
// again: they read, or carry an Idempotency-Key. The caller closes the answer.
func (c client) send(method, path string, body []byte, header http.Header) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := c.sendOnce(method, path, body, header)
		if err == nil || try == triesMax {
			return resp, err
		}
		wait := time.Second
		var p *problem
		if errors.As(err, &p) {
			if !again(p) {
				return nil, err
			}
			if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n >= 0 && n <= 60 {
				wait = time.Duration(n) * time.Second
			}
		}
		time.Sleep(wait)
	}
}

// again reports whether a problem goes away by waiting.
func again(p *problem) bool {
	return p.Status == http.StatusTooManyRequests || p.Status >= 502 && p.Status <= 504 || p.Code == "pending"
}

func (c client) sendOnce(method, path string, body []byte, header http.Header) (*http.Response, error) {
	req, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode < 400 {
		return resp, err
	}
	defer resp.Body.Close()
	p := &problem{Status: resp.StatusCode, Detail: resp.Status}
	_ = json.NewDecoder(resp.Body).Decode(p) // a proxy's error page is no problem+json: its status will do
	return resp, p
}

// read gets a document.
func (c client) read(path string, into any) error {
	resp, err := c.send(http.MethodGet, path, nil, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(into)
}

// run is a trace that was asked for.
type run struct {
	ID, Status string
	Error      *struct{ Detail string }
}

// ask puts a trace into the server's queue. Its key makes one trace of it,
// however often it is sent.
func (c client) ask(chain, start string) (r run, err error) {
	body, err := json.Marshal(map[string]any{"chain": chain, "starts": []string{start}})
	if err != nil {
		return r, err
	}
	resp, err := c.send(http.MethodPost, "/v1/traces", body, http.Header{
		"Content-Type": {"application/json"}, "Idempotency-Key": {rand.Text()},
	})
	if err != nil {
		return r, err
	}
	defer resp.Body.Close()
	return r, json.NewDecoder(resp.Body).Decode(&r)
}

// follow tells events until the trace has ended. A stream that breaks goes on
// behind the last event that came; what counts is the status of the trace.
func (c client) follow(id string) (r run, err error) {
	last := ""
	for {
		if last, err = c.events(id, last); err != nil {
			return r, err
		}
		if err := c.read("/v1/traces/"+id, &r); err != nil {
			return r, err
		}
		if r.Status != "queued" && r.Status != "running" {
			return r, nil
		}
		time.Sleep(time.Second)
	}
}

// events reads one stream (HTML standard, 9.2) and returns the last id in it.
func (c client) events(id, last string) (string, error) {
	resp, err := c.send(http.MethodGet, "/v1/traces/"+id+"/events", nil, http.Header{"Last-Event-Id": {last}})
	if err != nil {
		return last, err
	}
	defer resp.Body.Close()
	for s := bufio.NewScanner(resp.Body); s.Scan(); {
		switch field, value, _ := strings.Cut(s.Text(), ": "); field {
		case "id":
			last = value
		case "data":
			fmt.Fprintln(os.Stderr, " ", value)
		}
	}
	return last, nil // broken off or not: the caller looks at the trace
}

// result is the part of clew.trace/1 that is shown. Amounts are integers in
// base units, as text: a float would lose digits.
type result struct {
	Theft    string
	Digest   string `json:"result_digest"`
	Input    struct{ Params struct{ Policies []string } }
	Policies map[string]struct {
		Absorbers []struct{ Kind, Amount string }
		Sum       string
	}
}

func (r *result) print() {
	fmt.Println("theft", r.Theft)
	for _, name := range r.Input.Params.Policies {
		p := r.Policies[name]
		for _, a := range p.Absorbers {
			fmt.Println(name, a.Kind, a.Amount)
		}
		fmt.Println(name, "sum", p.Sum)
	}
	fmt.Println("result", r.Digest)
}

// save writes the exits, a row each, to a file.
func (c client) save(id, name string) error {
	resp, err := c.send(http.MethodGet, "/v1/traces/"+id+"/export?format=csv", nil, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, resp.Body)
	return errors.Join(err, f.Close())
}

func (c client) trace(chain, start, file string) error {
	var chains struct {
		Items []struct {
			Alias string
			Tip   *struct{ Height int } // null: the ledger is empty
		}
	}
	if err := c.read("/v1/chains", &chains); err != nil {
		return err
	}
	for _, of := range chains.Items {
		if of.Tip != nil {
			fmt.Println("chain", of.Alias, "block", of.Tip.Height)
		}
	}
	asked, err := c.ask(chain, start)
	if err != nil {
		return err
	}
	ended, err := c.follow(asked.ID)
	if err != nil {
		return err
	}
	if ended.Error != nil {
		return errors.New(ended.Error.Detail)
	}
	if ended.Status != "done" {
		return fmt.Errorf("the trace is %s", ended.Status)
	}
	var r result
	if err := c.read("/v1/traces/"+asked.ID+"/result", &r); err != nil {
		return err
	}
	r.print()
	return c.save(asked.ID, file)
}

func main() {
	c := client{url: os.Getenv("CLEW_URL"), key: os.Getenv("CLEW_KEY")}
	if c.url == "" {
		c.url = "http://127.0.0.1:8420"
	}
	if len(os.Args) != 4 || c.key == "" {
		fmt.Fprintln(os.Stderr, "usage: CLEW_KEY=... quickstart CHAIN TXID:VOUT FILE.csv")
		os.Exit(2)
	}
	if err := c.trace(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
