import type { Flow, FlowEdge, FlowNode } from './flow';

// Model is a flow with its ends looked up: nodes and edges are numbered in the
// order of the document, and what goes into and out of node i are the edges
// into[intoAt[i]..intoAt[i+1]) and out[outAt[i]..outAt[i+1]), in that order.
export interface Model {
  flow: Flow;
  nodes: FlowNode[];
  edges: FlowEdge[];
  at: Map<string, number>;
  from: Int32Array;
  to: Int32Array;
  outAt: Int32Array;
  out: Int32Array;
  intoAt: Int32Array;
  into: Int32Array;
}

// modelOf leaves out edges whose ends are not among the nodes, and later nodes of
// an id that was there: a page that was cut, or a server that is not ours, must not
// bring the picture down. lost counts them.
export function modelOf(flow: Flow): Model & { lost: number } {
  const at = new Map<string, number>();
  const nodes: FlowNode[] = [];
  for (const n of flow.nodes) {
    if (at.has(n.id)) continue;
    at.set(n.id, nodes.length);
    nodes.push(n);
  }
  const ids = new Set<string>();
  const edges = flow.edges.filter((e) => {
    const known = at.has(e.from) && at.has(e.to) && e.from !== e.to && !ids.has(e.id);
    ids.add(e.id);
    return known;
  });
  const from = Int32Array.from(edges, (e) => at.get(e.from) as number);
  const to = Int32Array.from(edges, (e) => at.get(e.to) as number);
  const [outAt, out] = gather(nodes.length, from);
  const [intoAt, into] = gather(nodes.length, to);
  const lost = flow.nodes.length - nodes.length + flow.edges.length - edges.length;
  return { flow, nodes, edges, at, from, to, outAt, out, intoAt, into, lost };
}

// gather groups the indexes of ends by their value: the numbers whose end is i
// stand in list from starts[i] to starts[i+1], in order.
export function gather(n: number, ends: Int32Array): [starts: Int32Array, list: Int32Array] {
  const starts = new Int32Array(n + 1);
  for (const e of ends) starts[e + 1]! += 1;
  for (let i = 0; i < n; i++) starts[i + 1]! += starts[i]!;
  const list = new Int32Array(ends.length);
  const next = starts.slice(0, n);
  ends.forEach((e, i) => {
    list[next[e]!++] = i;
  });
  return [starts, list];
}

export function policyIndex(flow: Flow, policy: string): number {
  const i = flow.policies.indexOf(policy);
  return i < 0 ? 0 : i;
}
