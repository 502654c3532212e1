package simnet

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"clew.example/clew/ledger"
)

// client speaks to one node as its owner: it does not look at the certificate.
type client struct {
	http *http.Client
	url  string
}

// callMax bounds a call: taking back fifty blocks takes a moment.
const callMax = time.Minute

func newClient(addr string, secure bool) client {
	c := client{url: "http://" + addr, http: &http.Client{Timeout: callMax}}
	if secure {
		c.url = "https://" + addr
	}
	// btcd ends the connection after each answer.
	c.http.Transport = &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	return c
}

// Call makes an RPC call and returns its result.
func (n *Node) Call(ctx context.Context, method string, params ...any) (json.RawMessage, error) {
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": append([]any{}, params...)})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.rpc.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(User, Password)
	resp, err := n.rpc.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Result json.RawMessage
		Error  *struct {
			Code    int
			Message string
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("btcd: %s: HTTP %s: %.200s", method, resp.Status, text)
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("btcd: %s: %s (%d)", method, answer.Error.Message, answer.Error.Code)
	}
	return answer.Result, nil
}

// Submit gives the node a block. A block that it knows is no error.
func (n *Node) Submit(ctx context.Context, b *Block) error {
	said, err := n.Call(ctx, "submitblock", hex.EncodeToString(b.Raw))
	if err != nil {
		return err
	}
	if text := string(said); text != "null" && !bytes.Contains(said, []byte("already have block")) {
		return fmt.Errorf("btcd: block %v: %s", b, text)
	}
	return nil
}

// Invalidate makes the node give up a block and all after it.
func (n *Node) Invalidate(ctx context.Context, h ledger.Hash) error {
	_, err := n.Call(ctx, "invalidateblock", h.String())
	return err
}

// Reconsider takes back what Invalidate did.
func (n *Node) Reconsider(ctx context.Context, h ledger.Hash) error {
	_, err := n.Call(ctx, "reconsiderblock", h.String())
	return err
}

// Tip returns the hash of the node's newest block.
func (n *Node) Tip(ctx context.Context) (h ledger.Hash, err error) {
	result, err := n.Call(ctx, "getbestblockhash")
	if err != nil {
		return h, err
	}
	var text string
	if err := json.Unmarshal(result, &text); err != nil {
		return h, err
	}
	return ledger.ParseHash(text)
}
