import { shapes, widthMost, type Input } from './input';
import { columnsOf, placesOf, type Columns } from './columns';
import { bendX, leaveX } from './curve';
import { orderOf, type Order } from './order';
import { treeOf, type Tree } from './tree';
import { above, below, binOf, cover, emptyContour, merge, reaching, type Contour } from './contour';

// Placement is where everything stands, in pixels at full size: y grows downwards
// from the top. The same input gives the same bytes on every machine.
export interface Placement {
  x: Float32Array; // by node: its middle, or the left side of a card
  endX: Float32Array; // the right side of a card; else x
  y: Float32Array;
  trunk: Int32Array; // by node: the edge that goes straight on; -1
  tickTime: Float64Array; // by column
  tickX: Float32Array;
  nowX: number;
  width: number;
  height: number;
  hash: string; // of all places
}

// Half heights in pixels: of a glyph, of a small circle, of a line of words.
const half = { [shapes.dot]: 8, [shapes.glyph]: 13, [shapes.rest]: 13, [shapes.card]: 22 } as Record<number, number>;
const labelHalf = 9;
const restLabelUp = 20;
// A card reaches from its title above the body to its two lines below it.
export const cardUp = 84;
export const cardDown = 34;
const cardWordsDown = 68;

const margin = 40;

// How close lanes are packed: the parts that sizes shrink to, and the gap between
// lanes in pixels. The first that fits into the view is taken, else the last.
interface Packed {
  dense: number;
  gap: number;
}

const usual: Packed = { dense: 1, gap: 4 };
const wider: Packed[] = [{ dense: 1, gap: 34 }, { dense: 1, gap: 26 }, { dense: 1, gap: 18 }, { dense: 1, gap: 10 }];
const closer: Packed[] = [{ dense: 0.9, gap: 3 }, { dense: 0.8, gap: 2 }];

export function place(input: Input): Placement {
  const order = orderOf(input);
  let picture = placeIn(input, order, 1);
  // What will be shown smaller, for its height, say, may be as much wider, and needs
  // more room for its words; that may make it wider again.
  for (let pass = 1, known = 1; pass < passesMost; pass++) {
    const smaller = smallerOf(input, picture);
    if (smaller <= known) break;
    known = smaller * passLeast;
    picture = placeIn({ ...input, width: input.width * smaller }, order, known);
  }
  return finish(picture);
}

// A picture is placed at most so often. Room is made for this much more than was
// asked for: a change of less is not worth another pass, and no margin gets too small.
const passesMost = 4;
const passLeast = 1.03;

// smallerOf is by how much a picture is shown smaller to fit into the view.
function smallerOf(input: Input, p: Picture): number {
  const need = Math.max(p.height / (input.height - axisRoom), p.columns.nowX / (input.width - marginRight));
  return Math.min(1 / zoomLeast, Math.max(1, need));
}

interface Picture {
  columns: Columns;
  along: { x: Float64Array; endX: Float64Array };
  tree: Tree;
  y: Float64Array;
  height: number;
}

function placeIn(input: Input, order: Order, smaller: number): Picture {
  const columns = columnsOf(input, order, smaller);
  const tree = treeOf(input, order, columns);
  const along = placesOf(input, order, columns);
  const at = { ...along, nowX: columns.nowX };
  const room = roomOf(input, columns, smaller);
  let best = pack(input, at, tree, usual);
  if (best.height <= room) {
    best = wider.map((w) => pack(input, at, tree, w)).find((w) => w.height <= room) ?? best;
  } else {
    for (const c of closer) {
      best = pack(input, at, tree, c);
      if (best.height <= room) break;
    }
  }
  return { columns, along, tree, ...best };
}

// A picture that is wider than the view is shown smaller, down to this; then there is
// more room for its height.
export const zoomLeast = 0.3;
const axisRoom = 24;

function roomOf(input: Input, c: Columns, smaller: number): number {
  const by = Math.min(1 / zoomLeast, smaller * Math.max(1, (c.nowX + marginRight) / input.width));
  return (input.height - axisRoom) * by;
}

const marginRight = 28;

interface Packing {
  input: Input;
  x: Float64Array;
  endX: Float64Array;
  nowX: number;
  tree: Tree;
  dense: number;
  gap: number;
  down: Float64Array; // by node: how far below its parent
}

type Along = Pick<Packing, 'x' | 'endX' | 'nowX'>;

function pack(input: Input, along: Along, tree: Tree, packed: Packed): { y: Float64Array; height: number } {
  const n = input.start.length;
  const p: Packing = { input, ...along, tree, ...packed, down: new Float64Array(n) };
  const contours: (Contour | null)[] = new Array<Contour | null>(n).fill(null);
  for (let i = tree.sequence.length - 1; i >= 0; i--) packNode(p, contours, tree.sequence[i]!);
  packRoots(p, contours);
  return heights(p);
}

function widthOf(p: Packing, v: number): number {
  const e = p.tree.edge[v]!;
  return e < 0 ? 0 : Math.max(1.6, p.input.share[e]! * widthMost);
}

// packNode puts the children around their parent: the heavy one straight on, the
// others one by one as near as what is there allows.
function packNode(p: Packing, contours: (Contour | null)[], v: number) {
  const { tree } = p;
  const heavy = tree.heavy[v]!;
  let c = own(p, v);
  if (heavy >= 0) {
    p.down[heavy] = straight(p, v);
    c = take(p, c, contours, v, heavy);
  }
  for (const w of tree.children[v]!) {
    const child = contours[w]!;
    const least = 10 * p.dense;
    p.down[w] = tree.above[w] ? above(c, child, p.gap, least) : below(c, child, p.gap, least);
    c = take(p, c, contours, v, w);
  }
  contours[v] = c;
}

// straight is where the heavy child must be for its body to run level: its port is
// off the middle by what the branches beside it take.
function straight(p: Packing, v: number): number {
  let [over, under] = [0, 0];
  for (const w of p.tree.children[v]!) {
    if (p.tree.above[w]) over += widthOf(p, w);
    else under += widthOf(p, w);
  }
  return p.input.shape[v] === shapes.card ? 0 : (over - under) / 2;
}

// own is the contour of a node alone: glyph and ports, words, and what it needs to
// the right (a line up to now) and towards its parent (the level half of its body).
function own(p: Packing, v: number): Contour {
  const { input, x, endX, dense } = p;
  const shape = input.shape[v]!;
  const size = Math.max(half[shape]! * dense, portsHalf(p, v) + 2);
  const right = endX[v]! + 14 + input.label[v]!;
  const parent = p.tree.parent[v]!;
  const mid = parent < 0 ? x[v]! - 14 : bendOf(p, parent, v);
  const far = shape === shapes.rest ? Math.max(right, p.nowX) : right;
  const left = Math.min(x[v]! - 14, mid);
  const c = emptyContour(binOf(left), binOf(Math.max(far, mid)));
  cover(c, x[v]! - 14, endX[v]! + 14, -size, size);
  cover(c, mid, x[v]!, -widthOf(p, v) / 2 - 2, widthOf(p, v) / 2 + 2);
  if (shape === shapes.card) {
    cover(c, x[v]!, endX[v]!, -cardUp, cardWordsDown);
  } else if (shape === shapes.rest) {
    cover(c, x[v]!, right, -restLabelUp * dense, 2);
    cover(c, x[v]!, far, -6 * dense, 6 * dense);
  } else if (input.label[v]! > 0) {
    cover(c, x[v]!, right, -labelHalf * dense, labelHalf * dense);
  }
  return c;
}

function portsHalf(p: Packing, v: number): number {
  let out = p.tree.heavy[v]! < 0 ? 0 : widthOf(p, p.tree.heavy[v]!);
  for (const w of p.tree.children[v]!) out += widthOf(p, w);
  return Math.max(out, widthOf(p, v)) / 2;
}

// bendOf is where the body to a child is level again.
function bendOf(p: Packing, v: number, w: number): number {
  return bendX(leaveOf(p, v, w), p.x[w]!);
}

function leaveOf(p: Packing, v: number, w: number): number {
  return p.input.backward ? p.x[v]! : leaveX(p.x[v]!, p.endX[v]!, p.x[w]!);
}

// take merges a child and the slope of its body into the contour of its parent.
function take(p: Packing, c: Contour, contours: (Contour | null)[], v: number, w: number): Contour {
  const child = contours[w]!;
  contours[w] = null;
  const dy = p.down[w]!;
  const from = leaveOf(p, v, w);
  const bend = bendOf(p, v, w);
  const wide = reaching(c, Math.min(child.lo, binOf(Math.min(from, bend))), Math.max(child.lo + child.top.length - 1, binOf(Math.max(from, bend))));
  merge(wide, child, dy);
  const w2 = widthOf(p, w) / 2;
  cover(wide, from, bend, Math.min(0, dy) - w2, Math.max(0, dy) + w2);
  return wide;
}

function packRoots(p: Packing, contours: (Contour | null)[]) {
  let all: Contour | null = null;
  p.tree.roots.forEach((r) => {
    const c = contours[r]!;
    if (all === null) {
      all = c;
      return;
    }
    const wide: Contour = reaching(all, Math.min(all.lo, c.lo), Math.max(all.lo + all.top.length, c.lo + c.top.length));
    p.down[r] = below(wide, c, p.gap + 6, 0);
    merge(wide, c, p.down[r]!);
    all = wide;
  });
}

// heights adds up what each node is below its parent, and moves all down so that
// the highest is at the margin.
function heights(p: Packing): { y: Float64Array; height: number } {
  const y = new Float64Array(p.down.length);
  let [top, bottom] = [Infinity, -Infinity];
  for (const v of p.tree.sequence) {
    const parent = p.tree.parent[v]!;
    y[v] = p.down[v]! + (parent < 0 ? 0 : y[parent]!);
    const card = p.input.shape[v] === shapes.card;
    top = Math.min(top, y[v]! - (card ? cardUp : 20));
    bottom = Math.max(bottom, y[v]! + (card ? cardWordsDown : 20));
  }
  if (y.length === 0) return { y, height: 2 * margin };
  for (let v = 0; v < y.length; v++) y[v]! += margin - top;
  return { y, height: bottom - top + margin + 16 };
}

// Places are cut to eighths of a pixel: far below what can be seen, and far above
// what two machines may differ in when they compute a logarithm.
const grain = 8;
const cut = (v: number) => Math.round(v * grain) / grain;

function finish({ columns: c, along, tree, y, height }: Picture): Placement {
  const x = Float32Array.from(along.x, cut);
  const endX = Float32Array.from(along.endX, cut);
  const yOut = Float32Array.from(y, cut);
  return {
    x, endX, y: yOut,
    trunk: tree.heavy.map((w) => (w < 0 ? -1 : tree.edge[w]!)),
    tickTime: c.time, tickX: Float32Array.from(c.x, cut),
    nowX: cut(c.nowX), width: cut(c.nowX) + marginRight, height: cut(height),
    hash: hashOf([x, endX, yOut]),
  };
}

// hashOf is FNV-1a over the places, to tell whether two pictures are the same one.
export function hashOf(lists: Float32Array[]): string {
  let [a, b] = [0x811c9dc5, 0xcbf29ce4];
  for (const list of lists) {
    for (const byte of new Uint8Array(list.buffer, list.byteOffset, list.byteLength)) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x01000197);
    }
  }
  return [a, b].map((h) => (h >>> 0).toString(16).padStart(8, '0')).join('');
}
