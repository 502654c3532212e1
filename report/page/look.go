package page

import "clew.example/clew/follow/trace"

// look is how a kind of end is shown.
type look struct {
	kind  trace.Kind
	class string // of fills in the bar and the strip
	glyph string // symbol
	name  string // of one place, where nobody has named it
	key   string // what follows an amount in the key
}

// looks stand in the order of the bar: what can be asked, what waits, what is
// lost, what was left out.
var looks = []look{
	{trace.KindService, "f-service", "service", "Service", "in named services"},
	{trace.KindListed, "f-listed", "listed", "Listed address", "at listed addresses"},
	{trace.KindUnspent, "f-rest", "rest", "At rest", "at rest"},
	{trace.KindMixer, "f-mix", "mixer", "Mixer", "in mixers"},
	{trace.KindUndecoded, "f-stripe", "undec", "Not decoded", "not decoded"},
	{trace.KindUnknownInput, "f-stripe", "undec", "Unknown inputs", "beside unknown inputs"},
	{trace.KindBurn, "f-burn", "burn", "Burned", "burned"},
	{trace.KindCutoff, "f-cut", "cutoff", "Left out", "left out by limits"},
	{trace.KindDiluted, "f-dilute", "dilute", "Diluted", "mixed with other money"},
	{trace.KindOverlap, "f-over", "dilute", "Overlap", "counted with an earlier theft"},
	{trace.KindCoinbase, "f-burn", "addr", "Newly made", "newly made"},
	{trace.KindFee, "f-fee", "fee", "Fees", "fees"},
}

func lookOf(k trace.Kind) look {
	for _, l := range looks {
		if l.kind == k {
			return l
		}
	}
	return look{kind: k, class: "f-fee", glyph: "undec", name: k.String(), key: k.String()}
}
