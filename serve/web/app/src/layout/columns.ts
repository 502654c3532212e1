import { gather } from '../graph/model';
import { shapes, type Input } from './input';
import type { Order } from './order';

// Columns are the places along x of what value went through. Whatever happens later
// stands further right, or in the same column. Where value ended has no column of
// its own: it stands beside the one it belongs to, before the next.
export interface Columns {
  of: Int32Array; // by node
  endOf: Int32Array; // by node: of a card's right side; else as of
  beside: Uint8Array; // by node: 1 where value ended
  time: Float64Array; // by column: the first time in it
  x: Float64Array; // by column, in pixels
  nowX: number; // where what rests ends
  tail: number; // room for the words of the last column
}

// Distances in pixels: of the design, and what the words at both edges need. The
// margins and the room for words are those on the screen: a picture that is shown
// smaller gets them larger, since words are not shown smaller.
const gapLeast = 72;
const cardLeast = 200;
const besideBy = 52;
const marginLeft = 52;
const marginNow = 28;
// What the words of the last places need before now.
const lastLeast = 140;
const lastMost = 280;

// More columns than this are put together where no edge is between them, and stand
// closer: the picture of a large trace would be wider than anyone scrolls.
const columnsMost = 240;
const gapDense = 24;

// columnsOf is told by how much the picture will be shown smaller, 1 or more.
export function columnsOf(input: Input, o: Order, smaller: number): Columns {
  const hop = input.scale === 'hop';
  const start = hop ? Float64Array.from(o.depth) : o.start;
  const end = hop ? start.map((s, i) => s + (input.shape[i] === shapes.card ? 0.5 : 0)) : o.end;
  const c = gathered(input, o, start, end);
  if (hop) timesOf(c, o);
  c.tail = tailOf(input, c) * smaller;
  if (input.scale === 'linear') linear(input, c, smaller);
  else elastic(input, c, smaller);
  return c;
}

// The times of hop columns, for the ticks: the first in each, never going back.
function timesOf(c: Columns, o: Order) {
  c.time.fill(Infinity);
  c.of.forEach((k, v) => { c.time[k] = Math.min(c.time[k]!, o.start[v]!); });
  c.endOf.forEach((k, v) => { c.time[k] = Math.min(c.time[k]!, o.end[v]!); });
  for (let k = 1; k < c.time.length; k++) c.time[k] = Math.max(c.time[k]!, c.time[k - 1]!);
}

// gathered widens what counts as the same time until there are few enough columns.
function gathered(input: Input, o: Order, start: Float64Array, end: Float64Array): Columns {
  const events = eventsOf(input, o, start, end);
  const beside = endsOf(input, o);
  const span = events.length === 0 ? 0 : events[events.length - 1]!.t - events[0]!.t;
  let c = fill(input, o, events, beside, 0);
  for (let wide = span / 4096; c.time.length > columnsMost && wide > 0 && wide <= span; wide *= 2) {
    c = fill(input, o, events, beside, wide);
  }
  return c;
}

// endsOf finds where value ended: what has a way in and none out. Backward the
// earliest are such places, and they stand in columns like all others.
function endsOf(input: Input, o: Order): Uint8Array {
  const beside = new Uint8Array(input.start.length);
  if (input.backward) return beside;
  input.to.forEach((v, e) => { if (o.kept[e] && input.shape[v] !== shapes.card) beside[v] = 1; });
  input.from.forEach((u, e) => { if (o.kept[e]) beside[u] = 0; });
  return beside;
}

interface Event {
  t: number;
  d: number; // how many events of the same time must come before
  v: number;
  ends: boolean;
}

function eventsOf(input: Input, o: Order, start: Float64Array, end: Float64Array): Event[] {
  const n = start.length;
  const [intoAt, into] = gather(n, input.to);
  const first = new Int32Array(n); // d of the first and the last event of a node
  const last = new Int32Array(n);
  const events: Event[] = [];
  for (const v of o.sequence) {
    let d = 0;
    for (let k = intoAt[v]!; k < intoAt[v + 1]!; k++) {
      const u = input.from[into[k]!]!;
      if (!o.kept[into[k]!]) continue;
      if (start[u] === start[v]) d = Math.max(d, first[u]! + 1);
      if (end[u] === start[v]) d = Math.max(d, last[u]! + 1);
    }
    first[v] = d;
    events.push({ t: start[v]!, d, v, ends: false });
    last[v] = d;
    if (input.shape[v] !== shapes.card) continue;
    last[v] = end[v] === start[v] ? d + 1 : 0;
    events.push({ t: end[v]!, d: last[v]!, v, ends: true });
  }
  return events.sort((a, b) => a.t - b.t || a.d - b.d || a.v - b.v || Number(a.ends) - Number(b.ends));
}

// fill goes through the events in order and begins a column when the time is too
// far from the first in it, or when something in it leads to the event.
function fill(input: Input, o: Order, events: Event[], beside: Uint8Array, wide: number): Columns {
  const n = input.start.length;
  const [intoAt, into] = gather(n, input.to);
  const of = new Int32Array(n).fill(-1);
  const endOf = new Int32Array(n).fill(-1);
  const time: number[] = [];
  const follows = (e: Event, c: number) => {
    if (e.ends) return of[e.v] === c;
    for (let k = intoAt[e.v]!; k < intoAt[e.v + 1]!; k++) {
      const u = input.from[into[k]!]!;
      if (o.kept[into[k]!] && (of[u] === c || endOf[u] === c)) return true;
    }
    return false;
  };
  for (const e of events) {
    const c = time.length - 1;
    if (c < 0 || (!beside[e.v] && (e.t - time[c]! > wide || follows(e, c)))) time.push(e.t);
    (e.ends ? endOf : of)[e.v] = time.length - 1;
    if (input.shape[e.v] !== shapes.card) endOf[e.v] = time.length - 1;
  }
  return { of, endOf, beside, time: Float64Array.from(time), x: new Float64Array(time.length), nowX: 0, tail: lastLeast };
}

function tailOf(input: Input, c: Columns): number {
  let tail = lastLeast;
  c.of.forEach((k, v) => { if (k === c.time.length - 1) tail = Math.max(tail, input.label[v]! + 34); });
  return Math.min(lastMost, tail);
}

// elastic gives each column at least its distance and spreads what is left of the
// view by the logarithm of the time between.
function elastic(input: Input, c: Columns, smaller: number) {
  const [left, right] = [marginLeft * smaller, marginNow * smaller];
  const n = c.time.length;
  const cards = new Map<number, number>(); // column of the right side: the latest left side
  input.shape.forEach((s, v) => {
    if (s === shapes.card) cards.set(c.endOf[v]!, Math.max(cards.get(c.endOf[v]!) ?? 0, c.of[v]!));
  });
  const gap = n > columnsMost ? gapDense : gapLeast;
  for (let k = 0; k < n; k++) {
    const card = cards.get(k);
    const before = k === 0 ? left : c.x[k - 1]! + gap;
    c.x[k] = card === undefined ? before : Math.max(before, c.x[card]! + cardLeast);
  }
  const need = (n === 0 ? left : c.x[n - 1]!) + besideBy + c.tail + right;
  const pull = Float64Array.from(c.time, (t, k) => Math.log1p(Math.max(0, (k + 1 < n ? c.time[k + 1]! : input.now) - t)) + 1);
  const all = pull.reduce((a, b) => a + b, 0);
  const spare = Math.max(0, input.width - need);
  let moved = 0;
  for (let k = 0; k < n; k++) {
    c.x[k]! += (spare * moved) / (all || 1);
    moved += pull[k]!;
  }
  c.nowX = need - right + spare;
}

// placesOf says where each node stands along x: a place beside a column goes as far
// to the next one as its time does.
export function placesOf(input: Input, o: Order, c: Columns): { x: Float64Array; endX: Float64Array } {
  const x = Float64Array.from(c.of, (k) => c.x[k]!);
  const endX = Float64Array.from(c.endOf, (k) => c.x[k]!);
  c.beside.forEach((yes, v) => {
    if (yes) x[v] = endX[v] = besideX(input, o, c, v);
  });
  return { x, endX };
}

function besideX(input: Input, o: Order, c: Columns, v: number): number {
  const k = c.of[v]!;
  const last = k + 1 >= c.x.length;
  const [from, to] = [c.x[k]!, last ? c.nowX : c.x[k + 1]!];
  const by = Math.min(besideBy, (to - from) * 0.6);
  const [t0, t1] = [c.time[k]!, last ? input.now : c.time[k + 1]!];
  const t = input.scale === 'hop' || t1 <= t0 ? 0 : Math.min(1, Math.max(0, (o.start[v]! - t0) / (t1 - t0)));
  const room = last ? Math.max(0, to - from - by - c.tail) : (to - from - by) * 0.7;
  return from + by + room * t;
}

// linear keeps distances true; what is close together then lies on top of each other
// along x, and is kept apart along y.
function linear(input: Input, c: Columns, smaller: number) {
  const from = c.time[0] ?? input.now;
  const span = Math.max(1, input.now - from);
  const left = marginLeft * smaller;
  const room = Math.max(400, input.width - left - marginNow * smaller);
  c.time.forEach((t, k) => { c.x[k] = left + (Math.min(t, input.now) - from) / span * room; });
  c.nowX = left + room;
}
