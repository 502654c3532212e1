import type { Model } from './model';

// Row is a node in the text form of a flow: depth is how often the way to it left
// the way that most went, edge is what it hangs on (-1: a root).
export interface Row {
  node: number;
  depth: number;
  edge: number;
  goesOn: boolean; // it is where most of the row before it at this depth went
}

// outline puts the nodes of a flow into reading order: a node, then its branches by
// time, each with all that hangs on it, then where most of it went. Every node is
// there once, under the edge that brings most by share.
export function outline(m: Model, share: Float32Array): Row[] {
  const [children, roots] = hang(m, share);
  const rows: Row[] = [];
  const stack: Row[] = roots.reverse().map((node) => ({ node, depth: 0, edge: -1, goesOn: false }));
  while (stack.length > 0) {
    const row = stack.pop()!;
    rows.push(row);
    const list = children[row.node]!;
    const heavy = heaviest(m, list, children, share);
    const sides = list.filter((e) => e !== heavy).map((edge) => ({ node: below(m, edge), depth: row.depth + 1, edge, goesOn: false }));
    if (heavy >= 0) stack.push({ node: below(m, heavy), depth: row.depth, edge: heavy, goesOn: true });
    stack.push(...sides.reverse());
  }
  return rows;
}

const below = (m: Model, e: number) => (m.flow.backward ? m.from : m.to)[e]!;

// hang gives each node the edge it hangs on; what would close a circle hangs nowhere.
function hang(m: Model, share: Float32Array): [children: number[][], roots: number[]] {
  const [up, down] = m.flow.backward ? [m.to, m.from] : [m.from, m.to];
  const edge = new Int32Array(m.nodes.length).fill(-1);
  const root = new Int32Array(m.nodes.length).map((_, v) => v);
  const topOf = (v: number): number => {
    while (root[v] !== v) v = root[v] = root[root[v]!]!;
    return v;
  };
  const order = [...m.edges.keys()].sort((a, b) => share[b]! - share[a]! || a - b);
  for (const e of order) {
    const [u, v] = [up[e]!, down[e]!];
    if (edge[v]! >= 0 || topOf(u) === v) continue;
    edge[v] = e;
    root[v] = topOf(u);
  }
  const children: number[][] = m.nodes.map(() => []);
  const roots: number[] = [];
  m.nodes.forEach((_, v) => (edge[v]! < 0 ? roots.push(v) : children[up[edge[v]!]!]!.push(edge[v]!)));
  const time = (e: number) => m.edges[e]!.first_time;
  for (const list of children) list.sort((a, b) => time(a) - time(b) || a - b);
  return [children, roots];
}

// heaviest is what carries most; what goes on counts double, since it can be followed.
function heaviest(m: Model, list: number[], children: number[][], share: Float32Array): number {
  let best = -1;
  const rank = (e: number) => share[e]! * (children[below(m, e)]!.length > 0 ? 2 : 1);
  for (const e of list) if (best < 0 || rank(e) > rank(best)) best = e;
  return best;
}
