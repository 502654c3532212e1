// Contour is how far up and down something reaches, in steps of x: top and bottom
// of bin lo+i, relative to its own zero. A bin that it leaves free has top above
// bottom, which no drawing has: top Infinity, bottom -Infinity.
export interface Contour {
  lo: number;
  top: Float64Array;
  bottom: Float64Array;
}

export const binWidth = 24;

export function binOf(x: number): number {
  return Math.floor(x / binWidth);
}

export function emptyContour(lo: number, hi: number): Contour {
  const n = Math.max(0, hi - lo + 1);
  return { lo, top: new Float64Array(n).fill(Infinity), bottom: new Float64Array(n).fill(-Infinity) };
}

function hiOf(c: Contour): number {
  return c.lo + c.top.length - 1;
}

// reaching returns a contour that covers at least lo to hi: c itself where it does.
export function reaching(c: Contour, lo: number, hi: number): Contour {
  if (lo >= c.lo && hi <= hiOf(c)) return c;
  if (c.top.length === 0) return emptyContour(lo, hi);
  const wide = emptyContour(Math.min(lo, c.lo), Math.max(hi, hiOf(c)));
  wide.top.set(c.top, c.lo - wide.lo);
  wide.bottom.set(c.bottom, c.lo - wide.lo);
  return wide;
}

// cover adds a box from x0 to x1 that reaches from top to bottom. The contour must
// reach over it.
export function cover(c: Contour, x0: number, x1: number, top: number, bottom: number): void {
  for (let b = binOf(Math.min(x0, x1)); b <= binOf(Math.max(x0, x1)); b++) {
    const i = b - c.lo;
    if (top < c.top[i]!) c.top[i] = top;
    if (bottom > c.bottom[i]!) c.bottom[i] = bottom;
  }
}

// merge adds another, moved down by dy. The first must reach over the second.
export function merge(c: Contour, other: Contour, dy: number): void {
  const shift = other.lo - c.lo;
  for (let i = 0; i < other.top.length; i++) {
    const j = i + shift;
    if (other.top[i]! + dy < c.top[j]!) c.top[j] = other.top[i]! + dy;
    if (other.bottom[i]! + dy > c.bottom[j]!) c.bottom[j] = other.bottom[i]! + dy;
  }
}

// below is how far down other must go to lie under c with a gap; above is how far up
// (a negative number) to lie over it. Both are at least `least` away.
export function below(c: Contour, other: Contour, gap: number, least: number): number {
  let dy = least;
  const shift = other.lo - c.lo;
  for (let i = Math.max(0, -shift); i < other.top.length && i + shift < c.top.length; i++) {
    const need = c.bottom[i + shift]! + gap - other.top[i]!;
    if (need > dy) dy = need;
  }
  return dy;
}

export function above(c: Contour, other: Contour, gap: number, least: number): number {
  let dy = -least;
  const shift = other.lo - c.lo;
  for (let i = Math.max(0, -shift); i < other.top.length && i + shift < c.top.length; i++) {
    const need = c.top[i + shift]! - gap - other.bottom[i]!;
    if (need < dy) dy = need;
  }
  return dy;
}
