import { gather } from '../graph/model';
import { shapes, type Input } from './input';
import type { Columns } from './columns';
import type { Order } from './order';

// Tree is what each node hangs on: the edge that brings most. It says which bodies
// run straight; the other edges are drawn between places that it gave.
export interface Tree {
  parent: Int32Array; // by node; -1: a root
  edge: Int32Array; // by node: the edge to its parent; -1
  heavy: Int32Array; // by node: the child that goes straight on; -1: none
  roots: number[];
  children: number[][]; // by node, without the heavy one, in order of rank
  above: Uint8Array; // by node: 1 if it stands above the heavy child of its parent
  sequence: Int32Array; // parents before children
}

export function treeOf(input: Input, o: Order, c: Columns): Tree {
  const t = hang(input, o);
  const leaves = leavesOf(t);
  chooseHeavy(input, t, c, leaves);
  chooseSides(input, t, c, leaves);
  const rank = sweep(input, t, c, ranksOf(t));
  t.children.forEach((list, v) => sortByRank(t, rank, list, v));
  return t;
}

// hang gives each node its parent. Backward, money comes from what is later: there
// the parent is where most goes.
function hang(input: Input, o: Order): Tree {
  const n = input.start.length;
  const [up, down] = input.backward ? [input.to, input.from] : [input.from, input.to];
  const edge = new Int32Array(n).fill(-1);
  for (let e = 0; e < up.length; e++) {
    const v = down[e]!;
    if (o.kept[e] && (edge[v]! < 0 || input.share[e]! > input.share[edge[v]!]!)) edge[v] = e;
  }
  const parent = edge.map((e) => (e < 0 ? -1 : up[e]!));
  const children: number[][] = Array.from({ length: n }, () => []);
  const roots: number[] = [];
  const sequence = input.backward ? o.sequence.slice().reverse() : o.sequence;
  for (const v of sequence) {
    if (parent[v]! < 0) roots.push(v);
    else children[parent[v]!]!.push(v);
  }
  return { parent, edge, heavy: new Int32Array(n).fill(-1), roots, children, above: new Uint8Array(n), sequence };
}

function leavesOf(t: Tree): Float64Array {
  const leaves = new Float64Array(t.parent.length);
  for (let i = t.sequence.length - 1; i >= 0; i--) {
    const v = t.sequence[i]!;
    leaves[v] = Math.max(1, leaves[v]!);
    if (t.parent[v]! >= 0) leaves[t.parent[v]!]! += leaves[v]!;
  }
  return leaves;
}

// goingCounts is how much more a child that goes on counts than one that ends: the
// straight line is for what can be followed, unless most of it does not go there.
const goingCounts = 2;

function chooseHeavy(input: Input, t: Tree, c: Columns, leaves: Float64Array) {
  const worth = (v: number) => input.share[t.edge[v]!]! * (t.children[v]!.length > 0 ? goingCounts : 1);
  // Nothing goes straight on from the middle of a card.
  const within = (v: number, w: number) => input.shape[v] === shapes.card && c.of[w]! < c.endOf[v]!;
  const going = t.children.map((list) => list.map(worth));
  t.children.forEach((list, v) => {
    let best = -1;
    list.forEach((w, i) => {
      if (within(v, w)) return;
      const more = best < 0 ? 1 : going[v]![i]! - going[v]![list.indexOf(best)]! || leaves[w]! - leaves[best]!;
      if (more > 0) best = w;
    });
    t.heavy[v] = best;
  });
  t.children.forEach((list, v) => { t.children[v] = list.filter((w) => w !== t.heavy[v]); });
}

// A card has its words below, so a few side branches leave from its top.
const cardBranchesAbove = 4;

// chooseSides puts children on the emptier side, the earliest first: it gets the
// outermost place, where later branches do not cross its line.
function chooseSides(input: Input, t: Tree, c: Columns, leaves: Float64Array) {
  t.children.forEach((list, v) => {
    const early = [...list].sort((a, b) => c.of[a]! - c.of[b]! || a - b);
    const card = input.shape[v] === shapes.card && list.length <= cardBranchesAbove;
    let [over, under] = [0, 0];
    for (const w of early) {
      const up = card || over <= under;
      t.above[w] = up ? 1 : 0;
      if (up) over += leaves[w]!;
      else under += leaves[w]!;
    }
    const tops = early.filter((w) => t.above[w]);
    const lows = early.filter((w) => !t.above[w]).reverse();
    t.children[v] = [...tops, ...lows];
  });
}

// ranksOf numbers the nodes from top to bottom as the tree has them.
function ranksOf(t: Tree): Float64Array {
  const rank = new Float64Array(t.parent.length);
  let next = 0;
  const stack: number[] = [...t.roots].reverse();
  const opened = new Uint8Array(t.parent.length);
  while (stack.length > 0) {
    const v = stack.pop()!;
    if (opened[v]) {
      rank[v] = next++;
      continue;
    }
    opened[v] = 1;
    const tops = t.children[v]!.filter((w) => t.above[w]);
    const lows = t.children[v]!.filter((w) => !t.above[w]);
    const down = t.heavy[v]! < 0 ? lows : [t.heavy[v]!, ...lows];
    stack.push(...[...tops, v, ...down].reverse());
  }
  return rank;
}

// sweeps is how often the columns are gone through each way.
const sweeps = 6;

// sweep moves nodes within their column to the weighted middle of their neighbours
// (Sugiyama, Tagawa and Toda 1981), forward and backward by turns, and keeps the
// order with the shortest edges. The ranks of a column are dealt out among its own
// nodes, so a picture that is a tree already stays as it is.
function sweep(input: Input, t: Tree, c: Columns, first: Float64Array): Float64Array {
  const edges = input.from.length;
  if (edges === t.parent.length - t.roots.length) return first;
  const byColumn = gather(c.time.length, c.of);
  const into = gather(t.parent.length, input.to);
  const out = gather(t.parent.length, input.from);
  let rank: Float64Array = first.slice();
  let best: Float64Array = first;
  let least = lengthOf(input, first);
  for (let k = 0; k < sweeps; k++) {
    const forward = k % 2 === 0;
    rank = sweepOnce(input, rank, byColumn, forward ? into : out, forward ? input.from : input.to, forward);
    const length = lengthOf(input, rank);
    if (length < least) {
      best = rank.slice();
      least = length;
    }
  }
  return best;
}

const weightLeast = 0.01;

function sweepOnce(
  input: Input, rank: Float64Array, [colAt, inColumn]: [Int32Array, Int32Array],
  [starts, list]: [Int32Array, Int32Array], ends: Int32Array, forward: boolean,
): Float64Array {
  const next = rank.slice();
  const middle = (v: number) => {
    let [sum, weight] = [0, 0];
    for (let k = starts[v]!; k < starts[v + 1]!; k++) {
      const w = input.share[list[k]!]! + weightLeast;
      sum += next[ends[list[k]!]!]! * w;
      weight += w;
    }
    return weight === 0 ? next[v]! : sum / weight;
  };
  const columns = colAt.length - 1;
  for (let i = 0; i < columns; i++) {
    const k = forward ? i : columns - 1 - i;
    const nodes = [...inColumn.subarray(colAt[k]!, colAt[k + 1]!)];
    if (nodes.length < 2) continue;
    const places = nodes.map((v) => next[v]!).sort((a, b) => a - b);
    const wish = new Map(nodes.map((v) => [v, middle(v)]));
    nodes.sort((a, b) => wish.get(a)! - wish.get(b)! || next[a]! - next[b]! || a - b);
    nodes.forEach((v, j) => { next[v] = places[j]!; });
  }
  return next;
}

function lengthOf(input: Input, rank: Float64Array): number {
  let sum = 0;
  input.from.forEach((u, e) => { sum += Math.abs(rank[u]! - rank[input.to[e]!]!) * (input.share[e]! + weightLeast); });
  return sum;
}

// sortByRank puts the children of a node into the order in which they are packed:
// from the heavy child outwards, those above it and then those below.
function sortByRank(t: Tree, rank: Float64Array, list: number[], v: number) {
  const heavy = t.heavy[v]!;
  if (heavy < 0) return;
  const tops = list.filter((w) => rank[w]! < rank[heavy]!).sort((a, b) => rank[b]! - rank[a]! || b - a);
  const lows = list.filter((w) => rank[w]! >= rank[heavy]!).sort((a, b) => rank[a]! - rank[b]! || a - b);
  for (const w of tops) t.above[w] = 1;
  for (const w of lows) t.above[w] = 0;
  t.children[v] = [...tops, ...lows];
}
