package casefile

// Case is a trace as it was asked. Texts are as the flags of the command take
// them and are not looked into here; empty means that the file does not say.
// Files are slash-separated paths below the folder of the case file. They may
// still lead elsewhere by symbolic links: open them with os.OpenInRoot.
type Case struct {
	Title string
	Notes string
	Chain string

	Starts     []string // TXID, TXID:VOUT or ADDRESS, each after its chain and a colon
	StartFiles []string // lists of such
	Stops      []string // addresses to stop at
	StopFiles  []string // lists of such
	Labels     []string // files
	Prices     string   // file
	Facts      string   // file

	Policies []string
	AsOf     string
	MinValue string
	MaxHops  string
	Until    string
	Backward bool
}
