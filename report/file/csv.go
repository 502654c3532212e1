package file

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
)

// CSV writes the exits of a trace, a row each, as RFC 4180 has it: amounts in
// base units, a column for each policy, empty where nothing came. What is left
// out of it (paths, peel chains) is in JSON.
func CSV(w io.Writer, r *trace.Result) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	policies := r.Input.Params.Policies
	row := []string{"kind", "entity", "category", "address", "account", "outpoint"}
	for _, p := range policies {
		row = append(row, p.String())
	}
	row = append(row, "count", "hops", "first_time", "last_time")
	if err := out.Write(row); err != nil {
		return err
	}
	for i := range r.Exits {
		e := &r.Exits[i]
		row = append(row[:0], e.Kind.String(), cell(e.Entity), cell(e.Category), cell(e.Address), cell(e.Account), cell(e.Outpoint))
		for _, p := range policies {
			amount := ""
			if a, ok := e.Amounts[p]; ok {
				amount = a.String()
			}
			row = append(row, amount)
		}
		row = append(row, strconv.Itoa(e.Count), hops(e.Hops, ""), harmless(e.FirstTime), harmless(e.LastTime))
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// hops writes a distance; none is one that was left out with its path.
func hops(n *uint32, none string) string {
	if n == nil {
		return none
	}
	return strconv.FormatUint(uint64(*n), 10)
}

func cell(s *string) string {
	if s == nil {
		return ""
	}
	return harmless(*s)
}

// formulaStarts are the characters by which spreadsheets tell a formula from
// text, those of full width included. What stands behind blanks is one to some.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// harmless keeps a spreadsheet from running a text as a formula, and shows
// what would be invisible there.
func harmless(s string) string {
	if trimmed := strings.TrimLeft(s, " "); trimmed != "" && strings.ContainsRune(formulaStarts, []rune(trimmed)[0]) {
		return "'" + plain.Text(s)
	}
	return plain.Text(s)
}
