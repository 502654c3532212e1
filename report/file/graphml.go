package file

import (
	"bufio"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
	"clew.example/clew/ledger"
)

// GraphML writes everything that a trace visited for tools that draw graphs.
// Transactions are nodes t0, t1 and so on in ledger order; the places where
// taint ended are nodes too: one for each account of a service, listed or
// mixer, one for fees, one for what is burnt, else one for each output. Edges
// are outputs, with their value and, for each policy, the taint that goes this
// way; an output that one policy follows and another ends has two. Amounts are
// base units. Backward, an end is where value came from: its edge leads to the
// transaction that made the output, or that has the input.
func GraphML(w io.Writer, g *trace.Graph) error {
	x := &graphML{w: bufio.NewWriter(w), g: g, exits: map[string]string{}}
	x.begin()
	for i := range g.Txs {
		x.tx(i)
	}
	for i := range g.Txs {
		x.edges(i)
	}
	x.text("</graph>\n</graphml>\n")
	return x.w.Flush()
}

// graphML is a document being written. Errors of writing stay in w.
type graphML struct {
	w     *bufio.Writer
	g     *trace.Graph
	exits map[string]string // ids of the nodes of exits by what they stand for
}

func (x *graphML) text(s string) { _, _ = x.w.WriteString(s) }

// The attributes of nodes and edges, besides a taint_POLICY on edges.
var nodeKeys = [][2]string{{"label", "string"}, {"kind", "string"}, {"txid", "string"}, {"height", "int"}, {"time", "string"},
	{"hop", "int"}, {"account", "string"}, {"address", "string"}, {"entity", "string"}, {"category", "string"}}

var edgeKeys = [][2]string{{"outpoint", "string"}, {"value", "long"}, {"address", "string"}, {"entity", "string"}, {"started", "boolean"}}

func (x *graphML) begin() {
	x.text(xml.Header)
	x.text(`<graphml xmlns="http://graphml.graphdrawing.org/xmlns">` + "\n")
	for _, k := range nodeKeys {
		x.key("n_", "node", k[0], k[1])
	}
	for _, k := range edgeKeys {
		x.key("e_", "edge", k[0], k[1])
	}
	for _, p := range x.g.Policies {
		x.key("e_", "edge", taintKey(p), "long")
	}
	x.text(`<graph id="trace" edgedefault="directed">` + "\n")
}

func taintKey(p lot.Policy) string { return "taint_" + p.String() }

func (x *graphML) key(prefix, of, name, kind string) {
	x.text(fmt.Sprintf("<key id=%q for=%q attr.name=%q attr.type=%q/>\n", prefix+name, of, name, kind))
}

// data writes an attribute; one without a value is left out.
func (x *graphML) data(key, value string) {
	if value == "" {
		return
	}
	x.text(`<data key="` + key + `">`)
	_ = xml.EscapeText(x.w, []byte(plain.Text(value)))
	x.text("</data>")
}

func (x *graphML) tx(i int) {
	t := &x.g.Txs[i]
	kind := "transaction"
	switch {
	case t.Start:
		kind = "start"
	case t.Coinbase:
		kind = "coinbase"
	}
	id := t.ID.String()
	x.text(fmt.Sprintf(`<node id="t%d">`, i))
	x.data("n_label", id[:8])
	x.data("n_kind", kind)
	x.data("n_txid", id)
	x.data("n_height", fmt.Sprint(t.Pos.Height()))
	x.data("n_time", time.Unix(int64(t.Time), 0).UTC().Format(time.RFC3339))
	x.data("n_hop", fmt.Sprint(t.Hop))
	x.text("</node>\n")
}

// edges writes the outputs of a transaction that carry taint, and its fee.
func (x *graphML) edges(i int) {
	t := &x.g.Txs[i]
	for vout := range t.Outs {
		o := &t.Outs[vout]
		ways := map[trace.Kind][]ledger.Amount{}
		for p, a := range o.Taint {
			if a == 0 {
				continue
			}
			k := endOf(o, p)
			if ways[k] == nil {
				ways[k] = make([]ledger.Amount, len(o.Taint))
			}
			ways[k][p] = a
		}
		for k := trace.KindNone; k <= trace.KindCoinbase; k++ {
			if taint := ways[k]; taint != nil {
				x.output(i, vout, k, taint)
			}
		}
		if x.g.Backward && o.Taint != nil {
			x.came(i, vout, o)
		}
	}
	for k := range t.Ins {
		if in := &t.Ins[k]; in.Taint != nil {
			prev := in.Prev.String()
			from := x.exit("unknown_input "+prev, trace.KindUnknownInput, &trace.OutNode{})
			x.edge(from, fmt.Sprintf("t%d", i), &trace.OutNode{Value: in.Value}, prev, in.Taint)
		}
	}
	if t.FeeTaint != nil {
		end := x.exit("fee", trace.KindFee, &trace.OutNode{})
		x.edge(fmt.Sprintf("t%d", i), end, &trace.OutNode{Value: t.Fee}, t.ID.String()+":fee", t.FeeTaint)
	}
}

func endOf(o *trace.OutNode, policy int) trace.Kind {
	if policy < len(o.Ends) {
		return o.Ends[policy]
	}
	return trace.KindNone
}

// output writes an output towards the transaction that spends it, or towards
// where its taint ends.
func (x *graphML) output(i, vout int, k trace.Kind, taint []ledger.Amount) {
	o := &x.g.Txs[i].Outs[vout]
	outpoint := ledger.Outpoint{TxID: x.g.Txs[i].ID, Vout: uint32(vout)}.String()
	to, made := "", fmt.Sprintf("t%d", i)
	switch {
	case k == trace.KindNone && x.g.Backward: // written by came
		return
	case k == trace.KindNone && o.Tx >= 0:
		to = fmt.Sprintf("t%d", o.Tx)
	case k == trace.KindNone:
		return
	case k == trace.KindService, k == trace.KindListed, k == trace.KindMixer:
		to = x.exit(k.String()+" "+string(o.Account), k, o)
	case k == trace.KindBurn:
		to = x.exit("burn", k, &trace.OutNode{})
	default:
		to = x.exit(k.String()+" "+outpoint, k, o)
	}
	if x.g.Backward {
		made, to = to, made
	}
	x.edge(made, to, o, outpoint, taint)
}

// came writes, backward, an output towards the transaction that spends it, or
// towards the start that it is.
func (x *graphML) came(i, vout int, o *trace.OutNode) {
	outpoint := ledger.Outpoint{TxID: x.g.Txs[i].ID, Vout: uint32(vout)}.String()
	to := ""
	switch {
	case o.Started:
		to = x.place("start "+outpoint, "start", o)
	case o.Tx >= 0:
		to = fmt.Sprintf("t%d", o.Tx)
	default:
		return
	}
	x.edge(fmt.Sprintf("t%d", i), to, o, outpoint, o.Taint)
}

// exit returns the node of an exit, which it writes when it meets it first.
// GraphML lets nodes and edges stand in any order.
func (x *graphML) exit(key string, k trace.Kind, o *trace.OutNode) string {
	return x.place(key, k.String(), o)
}

func (x *graphML) place(key, kind string, o *trace.OutNode) string {
	if id, known := x.exits[key]; known {
		return id
	}
	id := fmt.Sprintf("x%d", len(x.exits))
	x.exits[key] = id
	label := kind
	switch {
	case o.Name.Entity != "":
		label = o.Name.Entity
	case o.Address != "":
		label = o.Address
	}
	x.text(`<node id="` + id + `">`)
	x.data("n_label", label)
	x.data("n_kind", kind)
	x.data("n_account", hex.EncodeToString(o.Account))
	x.data("n_address", o.Address)
	x.data("n_entity", o.Name.Entity)
	x.data("n_category", o.Name.Category)
	x.text("</node>\n")
	return id
}

func (x *graphML) edge(from, to string, o *trace.OutNode, outpoint string, taint []ledger.Amount) {
	x.text(`<edge source="` + from + `" target="` + to + `">`)
	x.data("e_outpoint", outpoint)
	x.data("e_value", o.Value.String())
	x.data("e_address", o.Address)
	x.data("e_entity", o.Name.Entity)
	if o.Started {
		x.data("e_started", "true")
	}
	for p, a := range taint {
		if a > 0 && p < len(x.g.Policies) {
			x.data("e_"+taintKey(x.g.Policies[p]), a.String())
		}
	}
	x.text("</edge>\n")
}
