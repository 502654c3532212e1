package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"clew.example/clew/bench/meter"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// childFlag starts this program as a child that does one task, described in
// JSON, and answers in JSON. What has to be measured in a fresh process goes
// there: peaks of memory, and a first query.
const childFlag = "-child"

// task is what a child does: ingest Blocks or what a Node has into Ledger, or,
// if Trace is set, walk forward from that outpoint in Ledger.
type task struct {
	Blocks  string `json:"blocks,omitempty"`
	Network string `json:"network,omitempty"` // of the blocks; empty: generated ones
	Node    string `json:"node,omitempty"`    // URL
	Ledger  string `json:"ledger"`
	Memory  int64  `json:"memory,omitempty"`
	Trace   string `json:"trace,omitempty"` // txid:vout
}

// outcome is what a child found.
type outcome struct {
	Seconds float64      `json:"seconds"` // of the task alone, not of the process
	Reach   flat.Reach   `json:"reach"`
	Usage   meter.Usage  `json:"usage"`
	Memory  meter.Memory `json:"memory"` // peaks
	Tip     string       `json:"tip"`    // hash of the ledger's newest block, where it was asked for
}

// spawn runs a task in a fresh process.
func spawn(ctx context.Context, t task) (outcome, error) {
	var out outcome
	arg, err := json.Marshal(t)
	if err != nil {
		return out, err
	}
	self, err := os.Executable()
	if err != nil {
		return out, err
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self, childFlag, string(arg))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return out, fmt.Errorf("child: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		return out, fmt.Errorf("child's answer: %w", err)
	}
	return out, nil
}

func runChild(ctx context.Context, arg string, stdout io.Writer) error {
	var t task
	if err := json.Unmarshal([]byte(arg), &t); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	var out outcome
	start := time.Now()
	if t.Trace != "" {
		if err := traceOnce(ctx, t, &out); err != nil {
			return err
		}
		out.Seconds = time.Since(start).Seconds()
	} else {
		sampler := meter.StartSampler(20 * time.Millisecond)
		if err := t.ingest(ctx, &out); err != nil {
			return err
		}
		out.Seconds = time.Since(start).Seconds()
		out.Memory = sampler.Stop()
	}
	out.Usage = meter.ReadUsage()
	return json.NewEncoder(stdout).Encode(out)
}

func (t *task) ingest(ctx context.Context, out *outcome) (err error) {
	switch {
	case t.Node != "":
		out.Tip, err = ingestNode(ctx, t.Node, t.Ledger)
	case t.Network != "":
		out.Tip, err = ingestNetwork(ctx, t.Blocks, t.Network, t.Ledger)
	default:
		err = ingestAll(ctx, t.Blocks, t.Ledger, t.Memory)
	}
	return err
}

// traceOnce is all that a person's first query does: open, pin, find, walk.
func traceOnce(ctx context.Context, t task, out *outcome) error {
	start, err := ledger.ParseOutpoint(t.Trace)
	if err != nil {
		return err
	}
	return withViewAt(ctx, t.Ledger, flat.MaxHeight, func(v *flat.View) error {
		ref, err := findOut(ctx, v, start)
		if err != nil {
			return err
		}
		out.Reach, err = v.NewSweep().From(ctx, []ledger.OutRef{ref})
		return err
	})
}

// findOut returns the handle of an outpoint.
func findOut(ctx context.Context, v *flat.View, o ledger.Outpoint) (ledger.OutRef, error) {
	tx, ok, err := v.TxByID(o.TxID)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("output %v: not in the ledger", o)
	}
	views, err := v.AppendTxs(ctx, nil, []ledger.TxRef{tx})
	if err != nil {
		return 0, err
	}
	if int64(o.Vout) >= int64(len(views[0].Outs)) {
		return 0, fmt.Errorf("output %v: its transaction has %d", o, len(views[0].Outs))
	}
	return views[0].Outs[o.Vout].Ref, nil
}

func (o *outcome) elapsed() time.Duration { return time.Duration(o.Seconds * float64(time.Second)) }
