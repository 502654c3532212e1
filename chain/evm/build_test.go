package evm_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
)

// builder makes the answers of a node about a block, from lines:
//
//	block [chain=C] [number=N] [base=N] [miner=NAME] [difficulty=N] [uncles=x] [cancun] [notraces]
//	tx FROM -> TO [value=N] [gas=N] [limit=N] [price=N] [max=N tip=N] [type=N] [fail] [plain] [mint=N] [data=N] [blobs=x…] [root]
//	  call FROM -> TO [value=N] [fail]      deeper by two spaces for each call
//	  delegate, static, callcode, create, destroy likewise
//	log CONTRACT SIGNATURE [TOPIC,…] [WORD…]
//	withdrawal TO GWEI
//	lie PATH VALUE        after everything is hashed; VALUE is JSON, or "drop"
//
// Accounts are names, which are the bytes of their addresses. TO is "new" for
// a creation.
type builder struct {
	tb       testing.TB
	chain    *evm.Chain
	header   object
	txs      []object
	receipts []object
	traces   []object // the outermost frames
	open     []object // the frames that are open, by depth
	used     int64
	notraces bool
	lies     [][2]string
}

func name(s string) (a evm.Address) {
	if n, ok := new(big.Int).SetString(s, 0); ok {
		n.FillBytes(a[:])
		return a
	}
	copy(a[:], s)
	return a
}

// nameOf returns the name whose bytes an address is.
func nameOf(raw []byte) string {
	s := strings.TrimRight(string(raw), "\x00")
	for _, c := range s {
		if c < '!' || c > '~' {
			return "0x" + hex.EncodeToString(raw)
		}
	}
	if s == "" && len(raw) > 0 {
		return "zero"
	}
	return s
}

// options are the words of a line after its fixed ones: NAME=VALUE, or NAME.
func options(words []string) map[string]string {
	o := map[string]string{}
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		o[k] = v
	}
	return o
}

// number writes a decimal as a quantity; "max" is the greatest there is.
func number(s string) string {
	n, _ := new(big.Int).SetString("0"+s, 10)
	if s == "max" {
		n = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	}
	return fmt.Sprintf("0x%x", n)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func lower(a evm.Address) string { return strings.ToLower(a.String()) }

// emptyUncles is the hash of no uncles.
const emptyUncles = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"

func zeroHex(n int) string { return "0x" + strings.Repeat("00", n) }

func build(tb testing.TB, input string) (evm.Answers, *evm.Chain) {
	b := &builder{tb: tb, txs: []object{}, receipts: []object{}}
	b.chain, _ = evm.ChainByID(1)
	for _, line := range strings.Split(strings.TrimRight(input, "\n"), "\n") {
		words := strings.Fields(line)
		depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
		switch {
		case depth > 0:
			b.call(depth, words)
		case words[0] == "block":
			b.block(options(words[1:]))
		case words[0] == "tx":
			b.tx(words[1], words[3], options(words[4:]))
		case words[0] == "log":
			b.log(words[1:])
		case words[0] == "withdrawal":
			list, _ := b.header["withdrawals"].([]object)
			b.header["withdrawals"] = append(list, object{"index": "0x1", "validatorIndex": "0x2", "address": lower(name(words[1])), "amount": number(words[2])})
		case words[0] == "lie":
			b.lies = append(b.lies, [2]string{words[1], strings.Join(words[2:], " ")})
		default:
			tb.Fatalf("%q is not a line", line)
		}
	}
	return b.seal(), b.chain
}

func (b *builder) block(o map[string]string) {
	if o["chain"] != "" {
		var err error
		if b.chain, err = evm.ChainByName(o["chain"]); err != nil {
			b.tb.Fatal(err)
		}
	}
	b.header = object{
		"hash": zeroHex(32), "parentHash": zeroHex(32), "sha3Uncles": or(strings.Repeat(zeroHex(32), len(o["uncles"])), emptyUncles), "miner": lower(name(or(o["miner"], "miner"))), "stateRoot": zeroHex(32),
		"transactionsRoot": zeroHex(32), "receiptsRoot": zeroHex(32), "logsBloom": zeroHex(256), "difficulty": number(o["difficulty"]),
		"number": number(or(o["number"], "18000000")), "gasLimit": "0x1c9c380", "gasUsed": "0x0", "timestamp": "0x1", "extraData": "0x",
		"mixHash": zeroHex(32), "nonce": zeroHex(8), "uncles": []string{},
	}
	if o["uncles"] != "" {
		b.header["uncles"] = []string{zeroHex(32)}
	}
	if base, ok := o["base"]; ok {
		b.header["baseFeePerGas"] = number(base)
	}
	if _, ok := o["cancun"]; ok {
		b.header["blobGasUsed"], b.header["excessBlobGas"], b.header["parentBeaconBlockRoot"] = "0x0", "0x0", zeroHex(32)
		b.header["withdrawals"] = []object{}
	}
	_, b.notraces = o["notraces"]
}

func (b *builder) tx(from, to string, o map[string]string) {
	i := len(b.txs)
	gas, _ := strconv.ParseInt(or(o["gas"], "50000"), 10, 64)
	b.used += gas
	at := object{"blockHash": zeroHex(32), "blockNumber": b.header["number"], "transactionIndex": fmt.Sprintf("0x%x", i), "type": number(or(o["type"], "0"))}
	tx := merge(at, object{
		"hash": zeroHex(32), "from": lower(name(from)), "nonce": fmt.Sprintf("0x%x", i), "gas": number(or(o["limit"], "100000")), "value": number(o["value"]),
		"input": or(o["input"], "0x01"), "gasPrice": number(or(o["price"], "20")), "v": "0x1b", "r": "0x1", "s": "0x2", "chainId": fmt.Sprintf("0x%x", b.chain.ID),
		"maxFeePerGas": number(o["max"]), "maxPriorityFeePerGas": number(o["tip"]), "mint": number(o["mint"]),
	})
	receipt := merge(at, object{
		"transactionHash": zeroHex(32), "status": "0x1", "cumulativeGasUsed": fmt.Sprintf("0x%x", b.used), "gasUsed": fmt.Sprintf("0x%x", gas),
		"logsBloom": zeroHex(256), "logs": []object{}, "l1Fee": number(o["data"]),
	})
	if _, plain := o["plain"]; plain {
		tx["input"] = "0x"
	}
	frame := object{"type": "CALL", "from": tx["from"], "value": tx["value"]}
	if to == "new" {
		frame["type"], frame["to"] = "CREATE", lower(evm.Created(name(from), uint64(i)))
	} else {
		tx["to"], frame["to"] = lower(name(to)), lower(name(to))
	}
	if _, before := o["root"]; before {
		delete(receipt, "status")
		receipt["root"] = zeroHex(32)
	}
	for range len(o["blobs"]) {
		hashes, _ := tx["blobVersionedHashes"].([]string)
		tx["blobVersionedHashes"] = append(hashes, zeroHex(32))
		receipt["blobGasPrice"] = "0x3"
	}
	if _, failed := o["fail"]; failed {
		receipt["status"], frame["error"] = "0x0", "execution reverted"
	}
	b.txs, b.receipts, b.traces = append(b.txs, tx), append(b.receipts, receipt), append(b.traces, frame)
	b.open = []object{frame}
}

func merge(objects ...object) object {
	out := object{}
	for _, o := range objects {
		for k, v := range o {
			out[k] = v
		}
	}
	return out
}

var callTypes = map[string]string{"call": "CALL", "delegate": "DELEGATECALL", "static": "STATICCALL", "callcode": "CALLCODE", "create": "CREATE", "destroy": "SELFDESTRUCT"}

func (b *builder) call(depth int, words []string) {
	o := options(words[4:])
	frame := object{"type": callTypes[words[0]], "from": lower(name(words[1])), "to": lower(name(words[3]))}
	if words[0] != "static" && words[0] != "delegate" {
		frame["value"] = number(o["value"])
	}
	if _, failed := o["fail"]; failed {
		frame["error"] = "execution reverted"
	}
	parent := b.open[depth-1]
	calls, _ := parent["calls"].([]object)
	parent["calls"] = append(calls, frame)
	b.open = append(b.open[:depth], frame)
}

// log writes a log of the last transaction. Words are names or decimals; the
// first of them are topics, as many as the line says after the signature.
func (b *builder) log(words []string) {
	topics := []string{evm.Topic(words[1]).String()}
	indexed, err := strconv.Atoi(words[2])
	if err != nil {
		b.tb.Fatal(err)
	}
	data := "0x"
	for i, w := range words[3:] {
		var raw []byte
		switch n, ok := new(big.Int).SetString(w, 0); {
		case strings.HasPrefix(w, "'"):
			raw = append([]byte(w[1:]), make([]byte, 31-(len(w)-2)%32)...)
		case ok:
			raw = word(b.tb, n)
		case w == "max":
			raw = []byte(strings.Repeat("\xff", 32))
		case w == "zero":
			raw = make([]byte, 32)
		default:
			raw = word(b.tb, name(w))
		}
		if i < indexed {
			topics = append(topics, "0x"+hex.EncodeToString(raw))
		} else {
			data += hex.EncodeToString(raw)
		}
	}
	r := b.receipts[len(b.receipts)-1]
	r["logs"] = append(r["logs"].([]object), object{
		"address": lower(name(words[0])), "topics": topics, "data": data, "blockHash": zeroHex(32), "transactionHash": zeroHex(32),
		"transactionIndex": r["transactionIndex"], "logIndex": "0x0", "removed": false,
	})
}

// seal fills in all hashes, from the inside out, and then tells the lies.
func (b *builder) seal() evm.Answers {
	var encodedTxs, encodedReceipts [][]byte
	bloom := make([]byte, 256)
	logs := 0
	for i, tx := range b.txs {
		encoded, err := evm.EncodedTx(marshal(b.tb, merge(tx, object{"transactionIndex": "0x0"})))
		if err != nil {
			b.tb.Fatal(err)
		}
		hash := evm.Hash(evm.Keccak(encoded))
		tx["hash"], b.receipts[i]["transactionHash"] = hash.String(), hash.String()
		encodedTxs = append(encodedTxs, encoded)
		for _, l := range b.receipts[i]["logs"].([]object) {
			l["transactionHash"], l["logIndex"] = hash.String(), fmt.Sprintf("0x%x", logs)
			logs++
		}
		encoded, sum := b.sealReceipt(i)
		encodedReceipts = append(encodedReceipts, encoded)
		for k := range bloom {
			bloom[k] |= sum[k]
		}
	}
	b.header["logsBloom"] = "0x" + hex.EncodeToString(bloom)
	b.header["transactionsRoot"], b.header["receiptsRoot"] = evm.TrieRoot(encodedTxs).String(), evm.TrieRoot(encodedReceipts).String()
	b.header["transactions"] = []object{}
	_, withdrawals, err := evm.SealedHeader(marshal(b.tb, b.header), b.chain.Header)
	if err == nil && b.header["withdrawals"] != nil {
		b.header["withdrawalsRoot"] = withdrawals.String()
	}
	hash, _, err2 := evm.SealedHeader(marshal(b.tb, b.header), b.chain.Header)
	if err != nil || err2 != nil {
		b.tb.Fatal(err, err2)
	}
	b.header["hash"], b.header["transactions"] = hash.String(), b.txs
	for i := range b.txs {
		b.txs[i]["blockHash"], b.receipts[i]["blockHash"] = hash.String(), hash.String()
		for _, l := range b.receipts[i]["logs"].([]object) {
			l["blockHash"] = hash.String()
		}
	}
	return b.answers()
}

// sealReceipt fills in a receipt's filter, through the decoder's own reader,
// which wants the logs to be of the only transaction there is.
func (b *builder) sealReceipt(i int) (encoded, bloom []byte) {
	r := merge(b.receipts[i])
	logs := []object{}
	for n, l := range r["logs"].([]object) {
		logs = append(logs, merge(l, object{"logIndex": fmt.Sprintf("0x%x", n), "transactionIndex": "0x0", "transactionHash": zeroHex(32)}))
	}
	r["logs"] = logs
	encoded, bloom, err := evm.EncodedReceipt(marshal(b.tb, r))
	if err != nil {
		b.tb.Fatal(err)
	}
	b.receipts[i]["logsBloom"] = "0x" + hex.EncodeToString(bloom)
	return encoded, bloom
}

func (b *builder) answers() evm.Answers {
	traced := []object{}
	for i, f := range b.traces {
		traced = append(traced, object{"txHash": b.txs[i]["hash"], "result": f})
	}
	all := object{"block": b.header, "receipts": b.receipts, "traces": traced}
	if len(b.lies) > 0 {
		var plain object
		if err := json.Unmarshal(marshal(b.tb, all), &plain); err != nil {
			b.tb.Fatal(err)
		}
		for _, l := range b.lies {
			b.lie(plain, strings.Split(l[0], "."), l[1])
		}
		all = plain
	}
	a := evm.Answers{Block: marshal(b.tb, all["block"]), Receipts: marshal(b.tb, all["receipts"])}
	if !b.notraces {
		a.Traces = marshal(b.tb, all["traces"])
	}
	return a
}

// lie changes the value at a path.
func (b *builder) lie(at object, path []string, value string) {
	for len(path) > 1 {
		next := at[path[0]]
		path = path[1:]
		if list, ok := next.([]any); ok {
			i, err := strconv.Atoi(path[0])
			if err != nil || i >= len(list) {
				b.tb.Fatalf("no element %s", path[0])
			}
			if len(path) == 1 {
				b.tb.Fatal("a lie is about a field")
			}
			next, path = list[i], path[1:]
		}
		at = next.(object)
	}
	switch {
	case value == "drop":
		delete(at, path[0])
	case value == "pop":
		list := at[path[0]].([]any)
		at[path[0]] = list[:len(list)-1]
	case value == "swap":
		list := at[path[0]].([]any)
		list[0], list[1] = list[1], list[0]
	default:
		at[path[0]] = json.RawMessage(value)
		if !json.Valid([]byte(value)) {
			b.tb.Fatalf("%q is not JSON", value)
		}
	}
}
