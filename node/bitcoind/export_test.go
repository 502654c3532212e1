package bitcoind

// Inside views for tests.
var (
	ParseOne    = parseOne
	ParseBatch  = parseBatch
	ParseSpent  = parseSpent
	ParseAmount = parseAmount
	CheckTarget = checkTarget
	Spread      = spread
)

// SetPages sets how many headers are asked for at a time, and how many more than
// we have may be without more work.
func (c *Client) SetPages(page, spare int) { c.opt.page, c.opt.spare = page, spare }

// NewChainWork returns the work of part of a chain of these targets.
func NewChainWork(bits []uint32, from, to int) string {
	c := newChain(nil, 0)
	for _, b := range bits {
		c.push([32]byte{}, b)
	}
	return c.work(from, to).String()
}
