import { gather } from '../graph/model';
import { shapes, type Input } from './input';

// Order is when each node happens so that no edge goes back in time: headers may
// lie by two hours, and a fold may begin before what it hangs on.
export interface Order {
  sequence: Int32Array; // nodes, each after all that lead to it
  start: Float64Array; // by node: never before what leads to it
  end: Float64Array;
  depth: Int32Array; // by node: the longest way to it
  kept: Uint8Array; // by edge: 0 where it closes a circle and was not counted
}

export function orderOf(input: Input): Order {
  const n = input.start.length;
  const [outAt, out] = gather(n, input.from);
  const waiting = new Int32Array(n);
  for (const t of input.to) waiting[t]! += 1;
  const o: Order = {
    sequence: new Int32Array(n),
    start: input.start.slice(),
    end: new Float64Array(n),
    depth: new Int32Array(n),
    kept: new Uint8Array(input.from.length),
  };
  const placed = new Uint8Array(n);
  const byTime = Int32Array.from(input.start.keys()).sort((a, b) => input.start[a]! - input.start[b]! || a - b);
  let [head, tail, skip] = [0, 0, 0];
  const put = (v: number) => {
    placed[v] = 1;
    o.sequence[tail++] = v;
  };
  for (const v of byTime) if (waiting[v] === 0) put(v);
  while (tail < n || head < tail) {
    if (head === tail) {
      // Only circles are left: the earliest node goes first, what leads back to it is not counted.
      while (placed[byTime[skip]!]) skip++;
      put(byTime[skip]!);
    }
    const v = o.sequence[head++]!;
    o.end[v] = Math.max(o.start[v]!, input.end[v]!);
    for (let k = outAt[v]!; k < outAt[v + 1]!; k++) {
      const e = out[k]!;
      const w = input.to[e]!;
      if (placed[w]) continue;
      o.kept[e] = 1;
      // What leaves a card may do so long before its end.
      o.start[w] = Math.max(o.start[w]!, input.shape[v] === shapes.card ? o.start[v]! : o.end[v]!);
      o.depth[w] = Math.max(o.depth[w]!, o.depth[v]! + 1);
      if (--waiting[w]! === 0) put(w);
    }
  }
  return o;
}
