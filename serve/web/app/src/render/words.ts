import type { Label } from './label';
import { shapes } from '../layout/input';
import { glyphSize } from './atlas';
import { axisHeight, drawAxis, fontOf, ring, type Page } from './plate';
import type { Pen } from './pen';
import { strength } from './scene';

// What is drawn on canvas above the graph: labels, the ring of what is selected,
// the line of the replay.

// Where a label stands beside its node.
type Side = 'right' | 'above' | 'before' | 'over' | 'below';

interface Candidate {
  v: number;
  rank: number; // greater is placed first
  side: Side;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

// labelsMost bounds the work of a frame; more would not be read.
const labelsMost = 300;
const triesMost = 600;
const sizeOfText = 12;
const lineHeight = 14;

export interface Words {
  label(v: number): Label;
  weight: Float32Array; // by node: what is greater keeps its label longer
  hovered: number;
  pinned: ReadonlySet<number>;
}

export function drawWords(p: Page, w: Words): void {
  const { c, look } = p;
  c.clearRect(0, 0, look.width, look.height);
  c.textBaseline = 'alphabetic';
  drawRing(p);
  const taken = new Taken();
  glyphBoxes(p, taken);
  let drawn = 0;
  for (const candidate of candidatesOf(p, w).slice(0, triesMost)) {
    if (drawn >= labelsMost) break;
    const must = candidate.v === p.scene.selected || candidate.v === w.hovered || w.pinned.has(candidate.v);
    if (drawLabel(p, w, candidate, taken, must)) drawn++;
  }
  drawAxis(p);
  drawCut(p);
}

function onScreen(p: Page, v: number): { x: number; y: number } | null {
  const { x, y, endX } = p.scene.placement;
  const at = { x: ((x[v]! + endX[v]!) / 2) * p.look.zoom + p.look.x, y: y[v]! * p.look.zoom + p.look.y };
  const out = at.x < -40 || at.x > p.look.width + 40 || at.y < axisHeight - 6 || at.y > p.look.height + 10;
  return out ? null : at;
}

function sideOf(p: Page, v: number): Side {
  if (p.model.nodes[v]!.kind === 'theft') return 'below';
  if (p.model.nodes[v]!.kind === 'unspent') return 'over';
  const goesOn = p.model.outAt[v + 1]! > p.model.outAt[v]!;
  if (!goesOn) return 'right';
  return rises(p, v) ? 'before' : 'above';
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

function candidatesOf(p: Page, w: Words): Candidate[] {
  const list: Candidate[] = [];
  for (let v = 0; v < p.model.nodes.length; v++) {
    if (p.scene.shape[v] === shapes.card || onScreen(p, v) === null) continue;
    const boost = v === w.hovered ? 4 : v === p.scene.selected ? 3 : w.pinned.has(v) ? 2 : p.scene.nodeStrength[v] === strength.path ? 1 : 0;
    const kind = p.model.nodes[v]!.kind;
    const quiet = kind === 'tx' && p.model.nodes[v]!.fan === null && p.model.nodes[v]!.fold === null ? -2 : 0;
    list.push({ v, rank: boost + quiet + w.weight[v]!, side: sideOf(p, v) });
  }
  return list.sort((a, b) => b.rank - a.rank || a.v - b.v);
}

// Taken are the boxes that nothing may be written over, found by rows of the screen.
class Taken {
  private rows = new Map<number, Box[]>();

  private *near(b: Box) {
    for (let row = Math.floor(b.y / 32); row <= Math.floor((b.y + b.height) / 32); row++) yield* this.rows.get(row) ?? [];
  }

  free(b: Box, but: number): boolean {
    for (const o of this.near(b)) {
      if ((o as Box & { v?: number }).v === but) continue;
      if (b.x < o.x + o.width && o.x < b.x + b.width && b.y < o.y + o.height && o.y < b.y + b.height) return false;
    }
    return true;
  }

  add(b: Box & { v?: number }): void {
    for (let row = Math.floor(b.y / 32); row <= Math.floor((b.y + b.height) / 32); row++) {
      const list = this.rows.get(row);
      if (list === undefined) this.rows.set(row, [b]);
      else list.push(b);
    }
  }
}

// A label never covers a glyph; near the size of a dot glyphs count no more.
function glyphBoxes(p: Page, taken: Taken) {
  const r = 9 * glyphSize(p.look.zoom);
  if (r < 3) return;
  for (let v = 0; v < p.model.nodes.length; v++) {
    const at = p.scene.shape[v] === shapes.card ? null : onScreen(p, v);
    if (at !== null) taken.add({ x: at.x - r, y: at.y - r, width: 2 * r, height: 2 * r, v });
  }
}

// drawLabel writes name and value, or the name alone, or nothing.
function drawLabel(p: Page, w: Words, { v, side }: Candidate, taken: Taken, must: boolean): boolean {
  const at = onScreen(p, v);
  const label = w.label(v);
  if (at === null) return false;
  const far = p.scene.nodeStrength[v] === strength.later;
  if (far && !must) return false;
  for (const value of [label.value, '']) {
    const box = boxOf(p, v, at, side, label.name, value);
    if (!taken.free(box, v) && !(must && value === '')) continue;
    taken.add(box);
    write(p, v, at, side, label.name, value, far);
    return true;
  }
  return false;
}

const twoLines = (side: Side) => side === 'above' || side === 'before' || side === 'below';

function boxOf(p: Page, v: number, at: { x: number; y: number }, side: Side, name: string, value: string): Box {
  const [a, b] = [widthOf(p.c, name, 600), value === '' ? 0 : widthOf(p.c, value, 400)];
  const two = twoLines(side);
  const width = two ? Math.max(a, b) : a + (b > 0 ? b + 6 : 0);
  const height = (two && value !== '' ? 2 : 1) * lineHeight;
  const start = startOf(p, v, at, side, width, value !== '');
  return { x: start.x, y: start.y - 11, width, height };
}

// startOf is where the first line of a label begins: left and base line. Above and
// below it clears the bodies of the node as well as its glyph.
function startOf(p: Page, v: number, at: { x: number; y: number }, side: Side, width: number, two: boolean) {
  const size = glyphSize(p.look.zoom);
  if (side === 'right') return { x: at.x + (v === p.scene.selected ? 15 : 12) * size + 5, y: at.y + 4 };
  if (side === 'over') return { x: at.x + 11 * size + 3, y: at.y - 6 };
  const tall = p.scene.glyph[v] === 'pill' ? 22 : p.scene.glyph[v] === 'addr' ? 6 : 11;
  const clear = Math.max(tall * size, p.scene.half[v]! * p.look.zoom);
  const wish = side === 'before' ? at.x + 4 * size - width : at.x - width / 2;
  const left = Math.max(6, Math.min(p.look.width - 6 - width, wish));
  if (side === 'below') return { x: left, y: at.y + clear + 15 };
  return { x: left, y: at.y - clear - 6 - (two ? lineHeight : 0) };
}

function write(p: Page, v: number, at: { x: number; y: number }, side: Side, name: string, value: string, far: boolean) {
  const { c, palette } = p;
  const [a, b] = [widthOf(c, name, 600), value === '' ? 0 : widthOf(c, value, 400)];
  const two = twoLines(side);
  const width = two ? Math.max(a, b) : a + b + 6;
  const start = startOf(p, v, at, side, width, value !== '');
  c.globalAlpha = far ? 0.06 : 1;
  c.textAlign = 'left';
  const inset = (own: number) => (side === 'before' ? width - own : two ? (width - own) / 2 : 0);
  halo(p, name, 600, start.x + inset(a), start.y, palette.ink ?? '');
  if (value !== '') halo(p, value, 400, two ? start.x + inset(b) : start.x + a + 6, two ? start.y + lineHeight : start.y, palette['ink-2'] ?? '');
  c.globalAlpha = 1;
}

// halo writes text with a rim of the ground, so that it is read over bodies.
function halo(p: Page, text: string, weight: number, x: number, y: number, colour: string) {
  const { c } = p;
  c.font = fontOf(sizeOfText, weight);
  c.lineJoin = 'round';
  c.lineWidth = 3.5;
  c.strokeStyle = p.palette.bg ?? '';
  c.strokeText(text, x, y);
  c.fillStyle = colour;
  c.fillText(text, x, y);
}

// forgetWidths is for when a font has come: words are as wide as it makes them.
export function forgetWidths(): void {
  widths.clear();
}

const widths = new Map<string, number>();
const widthsMost = 20_000;

export function widthOf(c: Pen, text: string, weight: number): number {
  const key = `${weight} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size > widthsMost) widths.clear();
  c.font = fontOf(sizeOfText, weight);
  const width = c.measureText(text).width;
  widths.set(key, width);
  return width;
}

function drawRing(p: Page) {
  const v = p.scene.selected;
  const at = v < 0 || p.scene.shape[v] === shapes.card ? null : onScreen(p, v);
  if (at === null) return;
  const tall = p.scene.glyph[v] === 'pill' ? 1.9 : 1;
  const r = 14 * Math.max(0.5, glyphSize(p.look.zoom));
  ring(p.c, p.palette, at.x - r, at.y - r * tall, 2 * r, 2 * r * tall, 7);
}

// drawCut draws the time up to which the replay has come.
function drawCut(p: Page) {
  const time = p.scene.cutTime;
  if (time === null) return;
  const x = Math.round(xOfTime(p.scene.placement, p.model.flow.tip.time ?? p.model.flow.time_to, time) * p.look.zoom + p.look.x) + 0.5;
  p.c.strokeStyle = p.palette.ink ?? '';
  p.c.lineWidth = 1.5;
  p.c.beginPath();
  p.c.moveTo(x, axisHeight - 2);
  p.c.lineTo(x, p.look.height);
  p.c.stroke();
}

// xOfTime is where a time stands along x: between two columns by its part.
export function xOfTime(pl: { tickTime: Float64Array; tickX: Float32Array; nowX: number }, now: number, time: number): number {
  const times = [...pl.tickTime, now];
  const xs = [...pl.tickX, pl.nowX];
  if (time <= times[0]!) return xs[0]!;
  for (let k = 1; k < times.length; k++) {
    if (time > times[k]!) continue;
    const span = times[k]! - times[k - 1]!;
    return span <= 0 ? xs[k]! : xs[k - 1]! + ((time - times[k - 1]!) / span) * (xs[k]! - xs[k - 1]!);
  }
  return pl.nowX;
}
