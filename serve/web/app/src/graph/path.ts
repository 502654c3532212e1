import { policyIndex, type Model } from './model';

// Way is the way from a start to a node, by index, in the order of the walk from
// the start.
export interface Way {
  nodes: number[];
  edges: number[];
}

// wayTo walks back from a node by the edge that brings most under a policy; of
// equals the one with the greater value, then the first. Where the policy brings
// nothing at all the way is still shown, by value. The server knows the way of a
// lot through folds; this one is drawn until it answers, and where there is none.
export function wayTo(m: Model, node: number, policy: string): Way {
  const p = policyIndex(m.flow, policy);
  const back = m.flow.backward;
  const [starts, list, ends] = back ? [m.outAt, m.out, m.to] : [m.intoAt, m.into, m.from];
  const way: Way = { nodes: [node], edges: [] };
  const seen = new Set(way.nodes);
  for (let at = node; m.nodes[at]?.kind !== 'theft'; ) {
    let best = -1;
    for (let k = starts[at]!; k < starts[at + 1]!; k++) {
      const e = list[k]!;
      if (!seen.has(ends[e]!) && (best < 0 || brings(m, e, best, p))) best = e;
    }
    if (best < 0) break;
    at = ends[best]!;
    seen.add(at);
    way.nodes.push(at);
    way.edges.push(best);
  }
  way.nodes.reverse();
  way.edges.reverse();
  return way;
}

function brings(m: Model, a: number, b: number, p: number): boolean {
  const [x, y] = [m.edges[a]!, m.edges[b]!];
  const more = units(x.amounts[p]) - units(y.amounts[p]);
  return more > 0n || (more === 0n && units(x.value) > units(y.value));
}

// units reads an amount; what is none brings nothing.
function units(text: string | undefined): bigint {
  return text !== undefined && /^\d{1,40}$/.test(text) ? BigInt(text) : 0n;
}

// wayOf looks the ids of a path that the server answered up; null if one of them
// is not shown.
export function wayOf(m: Model, nodes: string[], edges: string[]): Way | null {
  const byId = new Map(m.edges.map((e, i) => [e.id, i]));
  const way = { nodes: nodes.map((id) => m.at.get(id) ?? -1), edges: edges.map((id) => byId.get(id) ?? -1) };
  return way.nodes.includes(-1) || way.edges.includes(-1) ? null : way;
}
