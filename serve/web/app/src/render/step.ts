import type { Model } from '../graph/model';
import type { Placement } from '../layout/place';

// stepFrom is the node that an arrow key leads to: later and earlier go along the
// edge that is widest, up and down to the nearest node above or below that is not
// far along x. -1: none.
export function stepFrom(m: Model, p: Placement, share: Float32Array, v: number, direction: 'later' | 'earlier' | 'up' | 'down'): number {
  if (direction === 'later') return along(m.outAt, m.out, m.to, share, v);
  if (direction === 'earlier') return along(m.intoAt, m.into, m.from, share, v);
  return across(p, v, direction === 'down' ? 1 : -1);
}

function along(starts: Int32Array, list: Int32Array, ends: Int32Array, share: Float32Array, v: number): number {
  let best = -1;
  for (let k = starts[v]!; k < starts[v + 1]!; k++) {
    const e = list[k]!;
    if (best < 0 || share[e]! > share[best]!) best = e;
  }
  return best < 0 ? -1 : ends[best]!;
}

// A step to the side counts as much as this many up or down.
const sideways = 0.5;

function across(p: Placement, v: number, sign: number): number {
  let [best, least] = [-1, Infinity];
  for (let w = 0; w < p.y.length; w++) {
    const dy = (p.y[w]! - p.y[v]!) * sign;
    if (w === v || dy <= 0.5) continue;
    const far = dy + Math.abs(p.x[w]! - p.x[v]!) * sideways;
    if (far < least) [best, least] = [w, far];
  }
  return best;
}
