package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/question"
	"clew.example/clew/report/lookup"
	"clew.example/clew/store/flat"
)

// crowds are how many clients ask at once.
var crowds = []int{1, 8, 50}

// How often each kind of question is asked by a crowd, in all. A key may ask
// 1,200 times at once, and each client has one.
const (
	serverLooks  = 1000
	serverTraces = 100
	// outputsShown is how many outputs of an address the server lists unasked.
	outputsShown = 100
)

// server measures what programs wait for that ask "clew serve" over HTTP, and
// what the same answers take within a process. The server is a process of its
// own, as people run it; it shares the machine with its clients. Every answer
// is compared.
func (b *bench) server(ctx context.Context) error {
	if err := b.ensureLedger(ctx); err != nil {
		return err
	}
	l, err := flat.Open(vfs.NewOS(b.ledger), flat.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	dir, err := os.MkdirTemp(b.dir, "server-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startServed(ctx, dir, b.ledger)
	if err != nil {
		return err
	}
	defer s.stop()
	network, err := bitcoin.NetworkByName("mainnet")
	if err != nil {
		return err
	}
	in := &inside{b: b, ledger: l, network: network, rng: rand.New(rand.NewPCG(uint64(b.params.Seed), serverLooks))}
	for _, kind := range []questions{
		{"look-up of a transaction", serverLooks, in.tx, (*servedClient).look},
		{"look-up of an address", serverLooks, in.address, (*servedClient).look},
		{"small trace, its events and result", serverTraces, in.trace, (*servedClient).trace},
	} {
		if err := b.crowd(ctx, s, &kind); err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
	}
	return s.stop()
}

// questions are one kind of what is asked.
type questions struct {
	name  string
	count int
	here  func(ctx context.Context) (one asked, err error)                       // makes one up
	there func(c *servedClient, ctx context.Context, ask string) ([]byte, error) // asks it over HTTP
}

// asked is one question: as it is sent, and how it is answered in this process.
type asked struct {
	text   string
	answer func() ([]byte, error)
}

// crowd asks the same questions within the process and by each crowd.
func (b *bench) crowd(ctx context.Context, s *servedProcess, q *questions) error {
	asks, answers, here, err := q.prepare(ctx)
	if err != nil {
		return err
	}
	check := func(c *servedClient, ctx context.Context, i int) error {
		answer, err := q.there(c, ctx, asks[i].text)
		if err == nil && !bytes.Equal(answer, answers[i]) {
			err = fmt.Errorf("%s: the server says %.200s, want %.200s", asks[i].text, answer, answers[i])
		}
		return err
	}
	if _, err := s.ask(ctx, crowds[1], q.count, check); err != nil { // maps the pages, as the first pass in this process does
		return err
	}
	for _, n := range crowds {
		there, err := s.ask(ctx, n, q.count, check)
		if err != nil {
			return err
		}
		who := fmt.Sprintf("%d clients", n)
		if n == 1 {
			who = "1 client"
		}
		b.add(report.Goal{What: q.name + " over HTTP, " + who + ", p50", Unit: report.Seconds}, percentile(there, 50).Seconds(), percentile(here, 50).Seconds(),
			fmt.Sprintf("yardstick: the same within a process; %d answers, all equal; wall time", q.count))
		b.add(report.Goal{What: "  its p99", Unit: report.Seconds}, percentile(there, 99).Seconds(), percentile(here, 99).Seconds())
	}
	return nil
}

// prepare makes the questions up and answers them in this process, twice: the
// first pass pays for mapping the ledger's pages.
func (q *questions) prepare(ctx context.Context) (asks []asked, answers [][]byte, times meter.Timings, err error) {
	for range q.count {
		one, err := q.here(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		answer, err := one.answer()
		if err != nil {
			return nil, nil, nil, err
		}
		asks, answers = append(asks, one), append(answers, answer)
	}
	for i := range asks {
		begun := time.Now()
		if _, err := asks[i].answer(); err != nil {
			return nil, nil, nil, err
		}
		times = append(times, time.Since(begun))
	}
	return asks, answers, times, nil
}

// inside answers from the ledger within this process, as the server does.
type inside struct {
	b       *bench
	ledger  *flat.Ledger
	network *bitcoin.Network
	rng     *rand.Rand
}

// look answers from the newest block.
func (in *inside) look(ctx context.Context, find func(*lookup.Query) (any, error)) (answer []byte, err error) {
	err = question.AskLedger(ctx, in.ledger, flat.MaxHeight, func(v *flat.View) error {
		found, err := find(lookup.New(ctx, v, in.network))
		if err != nil {
			return err
		}
		var text bytes.Buffer
		err = lookup.WriteJSON(&text, found)
		answer = text.Bytes()
		return err
	})
	return answer, err
}

func (in *inside) tx(ctx context.Context) (one asked, err error) {
	o, err := in.b.outpoint(uint32(in.rng.IntN(in.b.meta.Txs)), 0)
	if err != nil {
		return one, err
	}
	name, err := lookup.ParseTxName(o.TxID.String())
	return asked{"/v1/txs/bitcoin/" + o.TxID.String(), func() ([]byte, error) {
		return in.look(ctx, func(q *lookup.Query) (any, error) { return q.Tx(name) })
	}}, err
}

func (in *inside) address(ctx context.Context) (one asked, err error) {
	script := chain.Script(uint32(in.rng.IntN(in.b.meta.Addresses)))
	var text string
	answer := func() ([]byte, error) {
		return in.look(ctx, func(q *lookup.Query) (any, error) {
			a, err := q.Address(script, outputsShown)
			if err == nil {
				text = a.Account.Shown()
			}
			return a, err
		})
	}
	_, err = answer()
	return asked{"/v1/addresses/bitcoin/" + text, answer}, err
}

// trace follows an output of the last hundredth of the chain under the default
// policies; the answer is the result's digest.
func (in *inside) trace(ctx context.Context) (one asked, err error) {
	txs := in.b.meta.Txs
	o, err := in.b.outpoint(uint32(txs-1-in.rng.IntN(txs/100)), 0)
	if err != nil {
		return one, err
	}
	q := question.Question{Starts: []string{"bitcoin:" + o.String()}}
	j, err := q.Job(in.network, nil)
	if err != nil {
		return one, err
	}
	text, err := json.Marshal(map[string]any{"chain": "bitcoin", "starts": []string{o.String()}})
	return asked{string(text), func() ([]byte, error) {
		a, err := j.Answer(ctx, question.Ledger(in.ledger, in.network))
		if err != nil {
			return nil, err
		}
		_, err = trace.Canonical(a.Result) // the server writes it, so it counts
		return []byte(a.Result.ResultDigest), err
	}}, err
}
