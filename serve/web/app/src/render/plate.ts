import type { Model } from '../graph/model';
import { cardDown, cardUp } from '../layout/place';
import { shapes } from '../layout/input';
import type { Messages } from '../messages';
import type { Look } from './camera';
import { paceOf } from './label';
import type { Pen } from './pen';
import type { Palette } from './palette';
import { groundAlpha, strength, type Scene } from './scene';
import { axisPad, clockOf, ticksOf, type Tick } from './tick';

// What is drawn on canvas below the graph: hairlines of time, lines of value at
// rest, cards of peel chains. One function a thing; each takes a Page.
export interface Page {
  c: Pen;
  look: Look;
  model: Model;
  scene: Scene;
  palette: Palette;
  say: Messages['flow'];
  amountText(units: string): string;
}

export const axisHeight = 24;

const X = (p: Page, x: number) => x * p.look.zoom + p.look.x;
const Y = (p: Page, y: number) => y * p.look.zoom + p.look.y;

export function fontOf(px: number, weight = 400): string {
  return `${weight} ${px}px "IBM Plex Sans", system-ui, sans-serif`;
}

export function drawGround(p: Page): void {
  const { c, look } = p;
  c.clearRect(0, 0, look.width, look.height);
  c.fillStyle = p.palette.bg ?? '';
  c.fillRect(0, 0, look.width, look.height);
  c.strokeStyle = p.palette.line ?? '';
  c.lineWidth = 1;
  for (const x of [...axisOf(p).map((t) => t.x), X(p, p.scene.placement.nowX)]) line(c, Math.round(x) + 0.5, axisHeight, Math.round(x) + 0.5, look.height);
  drawRests(p);
  drawCards(p);
}

// nowText says up to when the ledger was read.
function nowText(p: Page): string {
  const now = p.model.flow.tip.time;
  return now === null ? p.say.now : `${p.say.now} ${clockOf(now)}`;
}

function axisOf(p: Page): Tick[] {
  const wide = (t: Tick) => textWidth(p, t.day, 600) + (t.day === '' ? 0 : 4) + textWidth(p, t.clock, 400);
  const end = Math.min(p.look.width, X(p, p.scene.placement.nowX)) - textWidth(p, nowText(p), 400) - 2 * axisPad;
  return ticksOf(p.scene.placement, (x) => X(p, x), wide, end);
}

function textWidth(p: Page, text: string, weight: number): number {
  p.c.font = fontOf(axisText, weight);
  return text === '' ? 0 : p.c.measureText(text).width;
}

const axisText = 11.5;

// drawAxis goes over the graph and has its own ground, so that what is moved under
// it does not show.
export function drawAxis(p: Page): void {
  const { c, palette, look } = p;
  c.fillStyle = palette.bg ?? '';
  c.fillRect(0, 0, look.width, axisHeight - 2);
  c.textBaseline = 'alphabetic';
  c.textAlign = 'left';
  for (const t of axisOf(p)) {
    const [day, clock] = [textWidth(p, t.day, 600), textWidth(p, t.clock, 400)];
    const gap = day === 0 ? 0 : 4;
    const left = Math.max(axisPad, t.x - (day + gap + clock) / 2);
    axisWords(p, t.day, 600, left, palette['ink-2'] ?? '');
    axisWords(p, t.clock, 400, left + day + gap, palette['ink-3'] ?? '');
  }
  const right = Math.min(look.width - axisPad, X(p, p.scene.placement.nowX) + axisPad);
  axisWords(p, nowText(p), 400, right - textWidth(p, nowText(p), 400), palette['ink-3'] ?? '');
}

function axisWords(p: Page, text: string, weight: number, x: number, colour: string) {
  p.c.font = fontOf(axisText, weight);
  p.c.fillStyle = colour;
  p.c.fillText(text, x, 15);
}

function line(c: Pen, x0: number, y0: number, x1: number, y1: number) {
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}

// restsShown is how many lines to now are drawn: of more, only those of the path.
const restsShown = 400;

// restsOf lists the nodes that have a line to now on the screen: something of the
// theft lies there under the policy that is shown.
export function restsOf({ model, scene, look }: Pick<Page, 'model' | 'scene' | 'look'>): number[] {
  const rests: number[] = [];
  model.nodes.forEach((n, v) => { if (n.kind === 'unspent' && scene.nodeStrength[v] !== strength.nothing) rests.push(v); });
  const shown = rests.length <= restsShown ? rests : rests.filter((v) => scene.nodeStrength[v] === strength.path);
  return shown.filter((v) => {
    const at = scene.placement.y[v]! * look.zoom + look.y;
    return at >= axisHeight && at <= look.height;
  });
}

function drawRests(p: Page) {
  const { c, scene, palette } = p;
  const { x, y, nowX } = scene.placement;
  c.strokeStyle = palette.waitf ?? '';
  for (const v of restsOf(p)) {
    const at = Y(p, y[v]!);
    c.globalAlpha = groundAlpha[scene.nodeStrength[v]!]!;
    c.lineWidth = 1.2;
    line(c, X(p, x[v]!) + 10, at, X(p, nowX), at);
    c.lineWidth = 2;
    line(c, X(p, nowX), at - 5, X(p, nowX), at + 5);
  }
  c.globalAlpha = 1;
}

// cardOf is the rectangle of a card on the screen.
export function cardOf(p: Pick<Page, 'look' | 'scene'>, v: number): { x: number; y: number; width: number; height: number } {
  const { x, endX, y } = p.scene.placement;
  const z = p.look.zoom;
  return { x: x[v]! * z + p.look.x, y: (y[v]! - cardUp + 4) * z + p.look.y, width: (endX[v]! - x[v]!) * z, height: (cardUp - 4 + cardDown) * z };
}

// Below this zoom a card is too small for its words, which then stand beside it.
const cardWordsZoom = 0.55;

export function cardWordsFit(p: Pick<Page, 'look' | 'scene'>, v: number): boolean {
  return p.look.zoom >= cardWordsZoom && cardOf(p, v).width > 120;
}

const barsUp = 30;
const barHeight = 24;

function drawCards(p: Page) {
  p.model.nodes.forEach((_, v) => {
    if (p.scene.shape[v] !== shapes.card) return;
    const box = cardOf(p, v);
    if (box.x > p.look.width || box.x + box.width < 0 || box.y > p.look.height || box.y + box.height < 0) return;
    p.c.globalAlpha = groundAlpha[p.scene.nodeStrength[v]!]!;
    drawCard(p, v, box);
    p.c.globalAlpha = 1;
  });
}

function drawCard(p: Page, v: number, box: { x: number; y: number; width: number; height: number }) {
  const { c, palette } = p;
  c.fillStyle = palette.surface ?? '';
  c.strokeStyle = palette['line-2'] ?? '';
  c.lineWidth = 1;
  c.beginPath();
  c.roundRect(box.x + 0.5, box.y + 0.5, box.width, box.height, 8 * Math.min(1, p.look.zoom));
  c.fill();
  c.stroke();
  if (v === p.scene.selected) ring(c, palette, box.x - 3, box.y - 3, box.width + 6, box.height + 6, 11);
  drawBars(p, v, box);
  if (cardWordsFit(p, v)) drawCardWords(p, v, box);
}

export function ring(c: Pen, palette: Palette, x: number, y: number, width: number, height: number, corner: number) {
  c.strokeStyle = palette.ink ?? '';
  c.lineWidth = 2;
  c.beginPath();
  c.roundRect(x, y, width, height, corner);
  c.stroke();
}

// The barcode: a bar a peel, as high as its value beside the greatest. Where there
// are more bars than pixels, those that meet show the greatest of them.
function drawBars(p: Page, v: number, box: { x: number; width: number }) {
  const peels = p.model.nodes[v]?.fold?.peels;
  const most = Number(peels?.most ?? 0);
  if (!peels || !(most > 0)) return;
  const z = p.look.zoom;
  const base = Y(p, p.scene.placement.y[v]!) - barsUp * z;
  const room = Math.max(1, box.width - 16 * z);
  const columns = new Float32Array(Math.min(peels.bins.length, Math.max(1, Math.floor(room))));
  peels.bins.forEach((b, i) => {
    const k = Math.floor((i * columns.length) / peels.bins.length);
    columns[k] = Math.max(columns[k]!, Math.min(1, Number(b) / most));
  });
  p.c.strokeStyle = p.palette.core ?? '';
  p.c.lineWidth = 0.85;
  p.c.beginPath();
  columns.forEach((height, k) => {
    const x = box.x + 8 * z + ((k + 0.5) * room) / columns.length;
    p.c.moveTo(x, base);
    p.c.lineTo(x, base - (2 + height * (barHeight - 2)) * z);
  });
  p.c.stroke();
}

function drawCardWords(p: Page, v: number, box: { x: number; y: number; width: number }) {
  const { c, palette, say } = p;
  const n = p.model.nodes[v]!;
  const y = Y(p, p.scene.placement.y[v]!);
  c.textAlign = 'left';
  c.font = fontOf(12, 600);
  c.fillStyle = palette.ink ?? '';
  c.fillText(say.peelChain, box.x + 10, box.y + 17);
  const name = c.measureText(say.peelChain).width;
  c.font = fontOf(12);
  c.fillStyle = palette['ink-2'] ?? '';
  c.fillText(say.hops(n.fold?.count ?? 0), box.x + 16 + name, box.y + 17);
  c.textAlign = 'right';
  if (box.width > 190) c.fillText(say.unfold, box.x + box.width - 10, box.y + 17);
  c.textAlign = 'left';
  const peels = n.fold?.peels;
  if (!peels) return;
  c.fillText(paceOf(n, say), box.x + 10, y + 50 * p.look.zoom);
  c.fillText(say.peeled(p.amountText(peels.peeled)), box.x + 10, y + 50 * p.look.zoom + 15);
}
