import type { Label } from './label';
import { shapes } from '../layout/input';
import { glyphSize } from './atlas';
import { axisHeight, cardWordsFit, drawAxis, fontOf, ring, type Page } from './plate';
import type { Pen } from './pen';
import { strength } from './scene';
import { boxOf, gapOfWords, inside, into, lineHeight, placeOf, spotsOf, type Size, type Spot } from './spots';
import { takenOf, things, type Box, type Taken } from './taken';

// What is drawn on canvas above the graph: labels, the ring of what is selected,
// the line of the replay.

interface Candidate {
  v: number;
  rank: number; // greater is placed first
}

// labelsMost bounds the work of a frame; more would not be read.
const labelsMost = 300;
const triesMost = 600;
const sizeOfText = 12;

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
  const taken = takenOf(p);
  let drawn = 0;
  for (const { v } of candidatesOf(p, w).slice(0, triesMost)) {
    if (drawn >= labelsMost) break;
    if (drawLabel(p, w, v, taken)) drawn++;
  }
  drawAxis(p);
  drawCut(p);
}

function seen(p: Page, v: number): boolean {
  if (p.scene.shape[v] === shapes.card) return !cardWordsFit(p, v);
  const at = placeOf(p, v);
  return at.x > -40 && at.x < p.look.width + 40 && at.y > axisHeight - 6 && at.y < p.look.height + 10;
}

const mustShow = (p: Page, w: Words, v: number) => v === p.scene.selected || v === w.hovered || w.pinned.has(v);

// What comes later, and what nothing of the theft is in, has its label only when asked.
function candidatesOf(p: Page, w: Words): Candidate[] {
  const list: Candidate[] = [];
  for (let v = 0; v < p.model.nodes.length; v++) {
    const level = p.scene.nodeStrength[v]!;
    if (!seen(p, v) || (level >= strength.later && !mustShow(p, w, v))) continue;
    const boost = v === w.hovered ? 4 : v === p.scene.selected ? 3 : w.pinned.has(v) ? 2 : level === strength.path ? 1 : 0;
    const { kind, fan, fold } = p.model.nodes[v]!;
    const quiet = kind === 'tx' && fan === null && fold === null ? -2 : 0;
    list.push({ v, rank: boost + quiet + w.weight[v]! });
  }
  return list.sort((a, b) => b.rank - a.rank || a.v - b.v);
}

interface Written extends Label {
  spot: Spot;
}

// drawLabel writes name and value, or the name alone, or nothing.
function drawLabel(p: Page, w: Words, v: number, taken: Taken): boolean {
  const label = w.label(v);
  const all = things.mark | things.level | things.steep;
  const alone = { name: label.name, value: '' };
  const open = roomFor(p, v, label, taken, all) ?? roomFor(p, v, alone, taken, all) ?? roomFor(p, v, alone, taken, things.mark | things.level);
  const found = open ?? (w.weight[v]! >= weighty ? roomFor(p, v, alone, taken, things.mark) : null) ?? (mustShow(p, w, v) ? forced(p, v, label) : null);
  if (found === null) return false;
  const b = boxOf(found.spot, sizeOf(p.c, found));
  taken.add(b.x, b.y, b.width, b.height, things.mark);
  if (open === null) plate(p, b);
  write(p, found, p.scene.nodeStrength[v]!);
  return true;
}

// What holds this part of the theft or more is named, over lines if need be.
const weighty = 0.01;

// plate takes away what is under a label that has to stand on lines.
function plate(p: Page, b: Box) {
  p.c.fillStyle = p.palette.bg ?? '';
  p.c.fillRect(b.x - 2, b.y, b.width + 4, b.height);
}

// roomFor finds the best place for words that keeps off the things, which are bits.
// What would touch a curve goes without its value first: the name alone may cross one.
function roomFor(p: Page, v: number, words: Label, taken: Taken, keepOff: number): Written | null {
  const size = sizeOf(p.c, words);
  const spot = spotsOf(p, v, size).find((s) => inside(p, boxOf(s, size)) && taken.free(airy(boxOf(s, size)), keepOff, v));
  return spot === undefined ? null : { ...words, spot };
}

// airy is a box with the air that words need around them, in pixels.
function airy(b: Box): Box {
  return { x: b.x - 2, y: b.y - 1, width: b.width + 4, height: b.height + 2 };
}

// What is selected, pinned or pointed at says all of it, over whatever is there.
function forced(p: Page, v: number, label: Label): Written {
  const size = sizeOf(p.c, label);
  return { ...label, spot: into(p, spotsOf(p, v, size)[0]!, size) };
}

function sizeOf(c: Pen, { name, value }: Label): Size {
  return { name: widthOf(c, name, 600), value: value === '' ? 0 : widthOf(c, value, 400) };
}

function write(p: Page, { spot, name, value }: Written, level: number) {
  const size = sizeOf(p.c, { name, value });
  const { width } = boxOf(spot, size);
  const inset = (own: number) => (spot.align === 'right' ? width - own : spot.align === 'middle' ? (width - own) / 2 : 0);
  p.c.globalAlpha = level === strength.later ? 0.06 : 1;
  p.c.textAlign = 'left';
  halo(p, name, 600, spot.x + (spot.two ? inset(size.name) : 0), spot.y, p.palette.ink ?? '');
  const [x, y] = spot.two ? [spot.x + inset(size.value), spot.y + lineHeight] : [spot.x + size.name + gapOfWords, spot.y];
  if (value !== '') halo(p, value, 400, x, y, p.palette['ink-2'] ?? '');
  p.c.globalAlpha = 1;
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
  if (v < 0 || p.scene.shape[v] === shapes.card || !seen(p, v)) return;
  const at = placeOf(p, v);
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
