import { glyphSize } from './atlas';
import { axisHeight, cardOf, type Page } from './plate';
import { shapes } from '../layout/input';
import type { Box } from './taken';

// Spot is a place where a label may stand: the left of its box and its first base
// line. On two lines the value stands below the name, on one after it.
export interface Spot {
  x: number;
  y: number;
  two: boolean;
  align: 'left' | 'middle' | 'right'; // of the two lines among each other
}

export const lineHeight = 14;
// From a base line up to the top of the letters, and from there to their bottom.
const ascent = 9;
const letters = 12;
export const gapOfWords = 6;
// How near to the edges of the screen words come.
const edge = 5;

// Size is how wide the name and the value of a label are, in pixels; a label without
// a value has 0.
export interface Size {
  name: number;
  value: number;
}

export function boxOf(s: Spot, size: Size): Box {
  return { x: s.x, y: s.y - ascent, width: widthAt(s.two, size), height: letters + (s.two && size.value > 0 ? lineHeight : 0) };
}

function widthAt(two: boolean, { name, value }: Size): number {
  if (two) return Math.max(name, value);
  return value > 0 ? name + gapOfWords + value : name;
}

// inside says whether a box is where words may be: no word leaves the canvas, and
// none lies under the axis.
export function inside(p: Page, b: Box): boolean {
  return b.x >= edge && b.x + b.width <= p.look.width - edge && b.y >= axisHeight && b.y + b.height <= p.look.height;
}

// into moves a spot to where its box is inside, as far as there is room for it.
export function into(p: Page, s: Spot, size: Size): Spot {
  const b = boxOf(s, size);
  const x = Math.max(edge, Math.min(p.look.width - edge - b.width, s.x));
  const y = Math.max(axisHeight + ascent, Math.min(p.look.height - b.height + ascent, s.y));
  return { ...s, x, y };
}

// spotsOf lists where the label of a node may stand, the best first.
export function spotsOf(p: Page, v: number, size: Size): Spot[] {
  const at = placeOf(p, v);
  if (p.scene.shape[v] === shapes.card) return cardSpots(p, v);
  const kind = p.model.nodes[v]!.kind;
  if (kind === 'theft') return [below(p, v, at, size), above(p, v, at, size, 'middle')];
  if (kind === 'unspent') return restSpots(p, at, size, p.scene.half[v]! * p.look.zoom);
  if (p.model.outAt[v + 1]! === p.model.outAt[v]!) return endSpots(p, v, at, size);
  const middle = [above(p, v, at, size, 'middle'), above(p, v, at, size, 'right'), above(p, v, at, size, 'left'), below(p, v, at, size)];
  return rises(p, v) ? [middle[1]!, middle[0]!, middle[3]!, middle[2]!] : middle;
}

interface Point {
  x: number;
  y: number;
}

export function placeOf(p: Page, v: number): Point {
  const { x, y, endX } = p.scene.placement;
  return { x: ((x[v]! + endX[v]!) / 2) * p.look.zoom + p.look.x, y: y[v]! * p.look.zoom + p.look.y };
}

// rises says whether a branch leaves a node upwards, where its label would be.
function rises(p: Page, v: number): boolean {
  const { out, outAt } = p.model;
  for (let k = outAt[v]!; k < outAt[v + 1]!; k++) {
    const e = out[k]!;
    if (p.scene.y1[e]! < p.scene.y0[e]! - 8) return true;
  }
  return false;
}

// How far along its line the label of what rests may begin, in pixels, where there is
// no room at its glyph. Further off nobody would know whose it is.
const alongLine = [24, 48];

// What rests has its label above its line; near the right edge it begins further
// left, over the glyph, or stands before the glyph.
function restSpots(p: Page, at: Point, size: Size, half: number): Spot[] {
  const r = glyphSize(p.look.zoom);
  const width = widthAt(false, size);
  const after: Spot = { x: at.x + 11 * r + 3, y: at.y - 5, two: false, align: 'left' };
  const last = p.look.width - edge - width;
  const back: Spot = { ...after, x: at.x - 10 * r - 4 - width, y: at.y - 6 - half };
  if (after.x <= last) return [after, back, ...alongLine.map((dx) => ({ ...after, x: after.x + dx })).filter((s) => s.x <= last)];
  return [{ ...after, x: last, y: at.y - Math.max(6, 10 * r + 4, half + 5) }, back];
}

function endSpots(p: Page, v: number, at: Point, size: Size): Spot[] {
  const r = glyphSize(p.look.zoom);
  const right: Spot = { x: at.x + (v === p.scene.selected ? 15 : 12) * r + 5, y: at.y + 4, two: false, align: 'left' };
  return [right, { ...right, y: at.y - 4 }, { ...right, y: at.y + 12 }, above(p, v, at, size, 'middle'), below(p, v, at, size)];
}

// clearOf is how far a label must stay from the middle of a node: glyph and bodies.
function clearOf(p: Page, v: number): number {
  const tall = p.scene.glyph[v] === 'pill' ? 22 : p.scene.glyph[v] === 'addr' ? 6 : 11;
  return Math.max(tall * glyphSize(p.look.zoom), p.scene.half[v]! * p.look.zoom);
}

function above(p: Page, v: number, at: Point, size: Size, align: Spot['align']): Spot {
  const width = widthAt(true, size);
  const by = 4 * glyphSize(p.look.zoom);
  const x = align === 'right' ? at.x + by - width : align === 'left' ? at.x - by : at.x - width / 2;
  return { x: within(p, x, width), y: at.y - clearOf(p, v) - 6 - (size.value > 0 ? lineHeight : 0), two: true, align };
}

function below(p: Page, v: number, at: Point, size: Size): Spot {
  const width = widthAt(true, size);
  return { x: within(p, at.x - width / 2, width), y: at.y + clearOf(p, v) + 15, two: true, align: 'middle' };
}

const within = (p: Page, x: number, width: number) => Math.max(edge, Math.min(p.look.width - edge - width, x));

// A card that is too small for words inside has them above its left end, or below it.
function cardSpots(p: Page, v: number): Spot[] {
  const c = cardOf(p, v);
  const x = Math.max(edge, c.x + 2);
  return [{ x, y: c.y - 5, two: false, align: 'left' }, { x, y: c.y + c.height + 14, two: false, align: 'left' }];
}
