package evm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
)

const oneTx = "block base=10\ntx alice -> bob value=5\nlog token Transfer(address,address,uint256) 2 alice bob 1\n"

// decode returns the error of answers about a block of Ethereum.
func decode(a evm.Answers) error {
	ethereum, _ := evm.ChainByID(1)
	return evm.NewDecoder(ethereum).Decode(&evm.Block{}, a)
}

// TestCut cuts each answer at every byte: all of it or an error.
func TestCut(t *testing.T) {
	whole, _ := build(t, oneTx)
	if err := decode(whole); err != nil {
		t.Fatal(err)
	}
	for which, pick := range map[string]func(*evm.Answers) *[]byte{
		"block":    func(a *evm.Answers) *[]byte { return &a.Block },
		"receipts": func(a *evm.Answers) *[]byte { return &a.Receipts },
		"traces":   func(a *evm.Answers) *[]byte { return &a.Traces },
	} {
		for n := 1; n < len(*pick(&whole)); n++ {
			a := whole
			part := pick(&a)
			if *part = (*part)[:n:n]; decode(a) == nil {
				t.Errorf("%s: %d bytes are enough", which, n)
			}
		}
		a := whole
		part := pick(&a)
		if *part = append(slices.Clone(*part), '1'); decode(a) == nil {
			t.Errorf("%s: more than the whole is accepted", which)
		}
	}
}

// TestDepth nests calls as deep as they can, and one deeper, in both forms; and
// nests what is passed over, which costs nothing.
func TestDepth(t *testing.T) {
	a, _ := build(t, oneTx)
	frame := string(a.Traces)
	root := frame[strings.Index(frame, `"result":`)+len(`"result":`) : len(frame)-1]
	root = root[:strings.LastIndex(root, "}")+1]
	root, _, _ = strings.Cut(root, `,"txHash"`)
	inner := `{"type":"CALL","from":"0x1111111111111111111111111111111111111111","to":"0x1111111111111111111111111111111111111111","value":"0x1"`
	for depth, want := range map[int]string{1024: "", 1025: "calls nest deeper than 1024"} {
		deep := strings.Repeat(inner+`,"calls":[`, depth-1) + inner + "}" + strings.Repeat("]}", depth-1)
		nested := a
		nested.Traces = []byte(`[{"result":` + root[:len(root)-1] + `,"calls":[` + deep + "]}}]")
		checkRefused(t, fmt.Sprint("nested ", depth), decode(nested), want)
		flat := a
		flat.Traces = []byte(fmt.Sprintf(`[{"type":"call","action":{},"subtraces":0,"traceAddress":[%s0],"transactionPosition":0}]`, strings.Repeat("0,", depth-1)))
		if want == "" {
			checkRefused(t, "flat", decode(flat), "not a kind of call")
		} else {
			checkRefused(t, "flat", decode(flat), want)
		}
	}
	unknown := a
	unknown.Receipts = []byte(strings.Replace(string(a.Receipts), `{`, `{"other":`+strings.Repeat(`[{"x":`, 1_000_000)+"1"+strings.Repeat("}]", 1_000_000)+",", 1))
	checkRefused(t, "passed over", decode(unknown), "")
	unclosed := a
	unclosed.Traces = []byte(strings.Repeat("[", 1_000_000))
	checkRefused(t, "unclosed", decode(unclosed), "want an object")
}

func checkRefused(t *testing.T, what string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: %.300v, want %q", what, err, want)
	}
}

// TestLargeCalldata gives 10 MB of calldata, and a log as large, which say that
// they are lists of more.
func TestLargeCalldata(t *testing.T) {
	const size = 10 << 20
	a, chain := build(t, "block base=10\ntx alice -> token input=0x"+strings.Repeat("ff", size)+"\n"+
		"log items TransferBatch(address,address,address,uint256[],uint256[]) 3 operator alice bob "+strings.Repeat("max ", size/1024)+"\n")
	var b evm.Block
	if err := evm.NewDecoder(chain).Decode(&b, a); err != nil {
		t.Fatal(err)
	}
	if len(b.Bytes(b.Txs[0].Input)) != size {
		t.Errorf("%d bytes", b.Txs[0].Input.Len)
	}
	if _, err := evm.CelerCall(b.Bytes(b.Txs[0].Input)); err == nil {
		t.Error("is a call of Celer's")
	}
}

// TestTwice gives a field twice: it would mean one thing here and another to
// whoever reads it next.
func TestTwice(t *testing.T) {
	a, _ := build(t, oneTx)
	a.Block = []byte(strings.Replace(string(a.Block), `"gas":`, `"gas":"0x1","gas":`, 1))
	checkRefused(t, "gas", decode(a), "given twice")
}

// TestManyLegs makes a transaction of thousands of logs that each look for
// another that is not there.
func TestManyLegs(t *testing.T) {
	lock := evm.TestLog{Topics: []evm.Hash{evm.Topic("LockEvent(address,address,uint64,bytes,bytes,uint256)")}, Data: words(t, name("usdt"), name("alice"), 6, 192, 224, 100, 0, 0)}
	const many = 20_000
	if legs := evm.LegsOfLogs(1, slices.Repeat([]evm.TestLog{lock}, many)...); len(legs) != many || legs[0].Key != "" {
		t.Errorf("%d legs", len(legs))
	}
}
