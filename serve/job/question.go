package job

import (
	"clew.example/clew/casefile"
	"clew.example/clew/question"
)

// Question is what a trace is asked, as JSON. Its texts are those of the
// command line and of case files.
type Question struct {
	Chain      string   `json:"chain" maxLength:"80" doc:"CAIP-2 id or alias"`
	Title      string   `json:"title,omitempty" maxLength:"500"`
	Notes      string   `json:"notes,omitempty" maxLength:"65536"`
	Starts     []string `json:"starts,omitempty" maxItems:"10000" doc:"TXID, TXID:VOUT or ADDRESS[@FROM..TO]"`
	StartFiles []string `json:"start_files,omitempty" maxItems:"100" doc:"files of the case with such lists"`
	Stops      []string `json:"stops,omitempty" maxItems:"10000" doc:"addresses to stop at"`
	StopFiles  []string `json:"stop_files,omitempty" maxItems:"100" doc:"files of the case with such lists"`
	Labels     []string `json:"labels,omitempty" maxItems:"100" doc:"files of the case that say who is who"`
	Prices     string   `json:"prices,omitempty" maxLength:"1000" doc:"a file of the case with prices"`
	Facts      string   `json:"facts,omitempty" maxLength:"1000" doc:"a file of the case to answer from, in place of a ledger"`
	Policies   []string `json:"policies,omitempty" maxItems:"20" doc:"left out: fifo and haircut; all: every one"`
	AsOf       string   `json:"as_of,omitempty" maxLength:"40" doc:"a height or a time; left out: the newest block"`
	Until      string   `json:"until,omitempty" maxLength:"40" doc:"a height or a time"`
	MinValue   string   `json:"min_value,omitempty" maxLength:"40" doc:"base units, or coins as in 0.5btc"`
	MaxHops    string   `json:"max_hops,omitempty" maxLength:"20"`
	Backward   bool     `json:"backward,omitempty"`
}

// ToCase is the question as a case file has it.
func (q *Question) ToCase() *casefile.Case {
	return &casefile.Case{
		Title: q.Title, Notes: q.Notes, Chain: q.Chain,
		Starts: q.Starts, StartFiles: q.StartFiles, Stops: q.Stops, StopFiles: q.StopFiles, Labels: q.Labels, Prices: q.Prices, Facts: q.Facts,
		Policies: q.Policies, AsOf: q.AsOf, MinValue: q.MinValue, MaxHops: q.MaxHops, Until: q.Until, Backward: q.Backward,
	}
}

// FromCase is the question of a case file.
func FromCase(c *casefile.Case) Question {
	return Question{
		Chain: c.Chain, Title: c.Title, Notes: c.Notes,
		Starts: c.Starts, StartFiles: c.StartFiles, Stops: c.Stops, StopFiles: c.StopFiles, Labels: c.Labels, Prices: c.Prices, Facts: c.Facts,
		Policies: c.Policies, AsOf: c.AsOf, Until: c.Until, MinValue: c.MinValue, MaxHops: c.MaxHops, Backward: c.Backward,
	}
}

// caseFolder stands for the folder of a case, whose files lie in the store.
const caseFolder = "case"

// asked is the question as package question has it.
func (q *Question) asked() *question.Question { return question.FromCase(q.ToCase(), caseFolder) }
