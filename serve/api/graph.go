package api

import (
	"context"

	"clew.example/clew/report/flow"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
)

type (
	graphIn struct {
		TraceNamed
		Open   string `query:"open" maxLength:"8192" doc:"ids of folds to open, with commas between them"`
		Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"10000" doc:"at most so many nodes; what is left out is counted"`
		Cursor string `query:"cursor" maxLength:"600" doc:"next of the page before"`
		Strip  bool   `query:"strip" doc:"with where the theft lay over time"`
	}
	graphOut struct{ Body *flow.Flow }
	pathIn   struct {
		TraceNamed
		To     string `query:"to" required:"true" maxLength:"200" doc:"id of a node or fold, out:TXID:VOUT or account:HEX"`
		Policy int    `query:"policy" minimum:"0" maximum:"20" default:"0" doc:"its place in the policies of the trace"`
		Open   string `query:"open" maxLength:"8192" doc:"the folds that are open"`
	}
	pathOut struct{ Body *flow.Path }
)

func (s *server) addGraph() {
	op := get("/v1/traces/{id}/graph", "getGraph", "traces", "The folded graph of a trace, the document clew.flow/1")
	explain(op, "One whose graph is not kept in memory any more is traced again as of its block, and compared with what it said.")
	handle(s, route{op: op, scope: auth.ScopeRead, slow: true}, s.getGraph)
	path := get("/v1/traces/{id}/path", "getPath", "traces", "The way from the theft to a node of the graph")
	handle(s, route{op: path, scope: auth.ScopeRead, slow: true}, s.getPath)
}

// viewed returns a trace that can be drawn, and what is open in it.
func (s *server) viewed(ctx context.Context, id, open string) (*job.Kept, []string, error) {
	ids, err := flow.ParseOpen(open)
	if err != nil {
		return nil, nil, wrong("query.open", err.Error())
	}
	k, err := s.o.Runs.Answer(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if k.View == nil {
		return nil, nil, flow.ErrLarge
	}
	return k, ids, nil
}

func (s *server) getGraph(ctx context.Context, in *graphIn) (*graphOut, error) {
	k, open, err := s.viewed(ctx, in.ID, in.Open)
	if err != nil {
		return nil, err
	}
	list := "graph " + in.ID + " " + in.Open
	after, err := s.after(list, in.Cursor)
	if err != nil {
		return nil, err
	}
	f, err := k.View.Flow(flow.Query{Open: open, Limit: in.Limit, Cursor: after, Strip: in.Strip})
	if err == nil && f.Next != nil {
		f.Next = s.cursor(list, *f.Next)
	}
	return &graphOut{f}, err
}

func (s *server) getPath(ctx context.Context, in *pathIn) (*pathOut, error) {
	k, open, err := s.viewed(ctx, in.ID, in.Open)
	if err != nil {
		return nil, err
	}
	if in.Policy >= len(k.Graph.Policies) {
		return nil, wrong("query.policy", "the trace has fewer policies")
	}
	p, err := k.View.Path(in.Policy, in.To, open)
	return &pathOut{p}, err
}
