import type { Row } from '../graph/outline';
import type { Weights } from '../graph/weight';

// Lane is a stretch of a trunk beside a row: how wide it comes in from above and how
// wide it leaves below, as shares of the theft.
export interface Lane {
  depth: number;
  above: number;
  below: number;
  taint: number; // of what comes in, as a part of its value
}

// reached leaves out the rows that the weights give nothing, with all that hangs on
// them. keep is a node that stays; -1: none.
export function reached(rows: Row[], node: Float32Array, keep: number): Row[] {
  const parents = parentsOf(rows);
  const stays = rows.map((r) => node[r.node]! > 0 || r.node === keep);
  for (let i = rows.length - 1; i >= 0; i--) if (stays[i] && parents[i]! >= 0) stays[parents[i]!] = true;
  return rows.filter((_, i) => stays[i]);
}

// parted sets the rows apart that are later than a time, with all that hangs on them,
// so that they are one stretch below the others and not every other row.
export function parted(rows: Row[], later: (node: number) => boolean): { before: Row[]; after: Row[] } {
  const parents = parentsOf(rows);
  const off: boolean[] = [];
  rows.forEach((r, i) => off.push(later(r.node) || (off[parents[i]!] ?? false)));
  return { before: rows.filter((_, i) => !off[i]), after: rows.filter((_, i) => off[i]) };
}

// parentsOf says which row each row hangs on; -1: a root.
function parentsOf(rows: Row[]): number[] {
  const chain: number[] = []; // by depth: the last row there
  return rows.map((row, i) => {
    const parent = row.edge < 0 ? -1 : (row.goesOn ? chain[row.depth] : chain[row.depth - 1]) ?? -1;
    chain[row.depth] = i;
    chain.length = row.depth + 1;
    return parent;
  });
}

// Nothing of a share is thinner than this and still there: sums of parts leave dust.
const dust = 1e-6;

// lanesOf follows the trunks down the rows: each goes on with what its branches leave.
export function lanesOf(rows: Row[], { share: edgeShare, taint, node: nodeShare }: Weights): Lane[][] {
  const left: number[] = []; // by depth: what is still to come off
  const dark: number[] = []; // by depth
  const going = outgoing(rows, edgeShare);
  return rows.map((row) => {
    const lanes: Lane[] = [];
    left.length = Math.min(left.length, row.depth + 1);
    for (let d = 0; d < row.depth; d++) {
      const above = left[d] ?? 0;
      if (d === row.depth - 1) left[d] = Math.max(0, above - edgeShare[row.edge]!);
      if (above > dust) lanes.push({ depth: d, above, below: left[d]! > dust ? left[d]! : 0, taint: dark[d]! });
    }
    dark[row.depth] = row.edge < 0 ? 1 : taint[row.edge]!;
    const into = row.goesOn ? edgeShare[row.edge]! : 0;
    const out = going.get(row.node) ?? 0;
    if (into > dust || out > dust) lanes.push({ depth: row.depth, above: into, below: out > dust ? out : 0, taint: dark[row.depth]! });
    left[row.depth] = row.edge < 0 ? Math.max(out, out > dust ? nodeShare[row.node]! : 0) : out;
    return lanes;
  });
}

// What leaves each node by the rows that hang on it.
function outgoing(rows: Row[], edgeShare: Float32Array): Map<number, number> {
  const sums = new Map<number, number>();
  parentsOf(rows).forEach((p, i) => {
    if (p >= 0) sums.set(rows[p]!.node, (sums.get(rows[p]!.node) ?? 0) + edgeShare[rows[i]!.edge]!);
  });
  return sums;
}
