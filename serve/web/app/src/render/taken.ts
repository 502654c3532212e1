import { bendX } from '../layout/curve';
import { shapes } from '../layout/input';
import { glyphSize } from './atlas';
import { axisHeight, cardOf, cardWordsFit, restsOf, type Page } from './plate';
import { strength, type Scene } from './scene';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

// What a box on the screen is of. Words never lie on a glyph, on a card or on other
// words, nor on a line that would strike them through; a steep line may cross them
// where there is no other room, since their halo keeps them readable.
export const things = { mark: 1, level: 2, steep: 4 } as const;

interface Thing extends Box {
  thing: number;
  v: number; // the node whose mark it is; else -1
}

// In pixels: boxes are found by rows of the screen.
const rowHeight = 32;

export class Taken {
  private rows = new Map<number, Thing[]>();

  // free says whether a box lies on none of the things, which are bits; the mark of
  // the node `but` does not count.
  free(b: Box, things: number, but: number): boolean {
    for (let row = Math.floor(b.y / rowHeight); row <= Math.floor((b.y + b.height) / rowHeight); row++) {
      for (const o of this.rows.get(row) ?? []) {
        if ((o.thing & things) === 0 || (but >= 0 && o.v === but)) continue;
        if (b.x < o.x + o.width && o.x < b.x + b.width && b.y < o.y + o.height && o.y < b.y + b.height) return false;
      }
    }
    return true;
  }

  add(x: number, y: number, width: number, height: number, thing: number, v = -1): void {
    const b: Thing = { x, y, width, height, thing, v };
    for (let row = Math.floor(y / rowHeight); row <= Math.floor((y + height) / rowHeight); row++) {
      const list = this.rows.get(row);
      if (list === undefined) this.rows.set(row, [b]);
      else list.push(b);
    }
  }
}

// takenOf is what stands on the screen before there are words.
export function takenOf(p: Page): Taken {
  const taken = new Taken();
  addMarks(p, taken);
  addRests(p, taken);
  addBodies(p, taken);
  return taken;
}

// The two lines below a card, in pixels.
const cardWords = { width: 200, height: 34 };

// Near the size of a dot glyphs count no more.
const markLeast = 3;

function addMarks(p: Page, taken: Taken) {
  const { x, y } = p.scene.placement;
  const r = 9 * glyphSize(p.look.zoom);
  for (let v = 0; v < p.model.nodes.length; v++) {
    if (p.scene.shape[v] === shapes.card) {
      const c = cardOf(p, v);
      taken.add(c.x, c.y, c.width, c.height, things.mark, v);
      if (cardWordsFit(p, v)) taken.add(c.x, c.y + c.height, Math.min(c.width, cardWords.width), cardWords.height, things.mark, v);
      continue;
    }
    const [cx, cy] = [x[v]! * p.look.zoom + p.look.x, y[v]! * p.look.zoom + p.look.y];
    if (r < markLeast || cx < -r || cx > p.look.width + r || cy < -r || cy > p.look.height + r) continue;
    taken.add(cx - r, cy - r, 2 * r, 2 * r, things.mark, v);
  }
}

function addRests(p: Page, taken: Taken) {
  const { x, y, nowX } = p.scene.placement;
  const end = nowX * p.look.zoom + p.look.x;
  restsOf(p).forEach((v) => {
    if (p.scene.nodeStrength[v] === strength.later) return;
    const from = x[v]! * p.look.zoom + p.look.x;
    taken.add(from, y[v]! * p.look.zoom + p.look.y - 0.6, Math.max(0, end - from), 1.2, things.level);
  });
}

// With more bodies on the screen than this they are a texture; going through all of
// them in every frame would cost more than the words are worth.
const bodiesMost = 800;
// A body is looked at in this many pieces; a piece that goes down by less than this
// part of its length strikes words through.
const pieces = 10;
const levelSlope = 0.35;

function addBodies(p: Page, taken: Taken) {
  const s = p.scene;
  const shown: number[] = [];
  for (let b = 0; b < s.x0.length; b++) {
    if (s.bodyStrength[b] === strength.later || !onScreen(p, b)) continue;
    shown.push(b);
    if (shown.length > bodiesMost) return;
  }
  for (const b of shown) addBody(p, taken, b);
}

function onScreen({ scene: s, look }: Page, b: number): boolean {
  const [x0, x1] = [s.x0[b]! * look.zoom + look.x, s.x1[b]! * look.zoom + look.x];
  const [y0, y1] = [s.y0[b]! * look.zoom + look.y, s.y1[b]! * look.zoom + look.y];
  return Math.max(x0, x1) > 0 && Math.min(x0, x1) < look.width && Math.max(y0, y1) > axisHeight && Math.min(y0, y1) < look.height;
}

function addBody(p: Page, taken: Taken, b: number) {
  const { scene: s, look } = p;
  const half = Math.max(1.2, (Math.max(s.width0[b]!, s.width1[b]!) * look.zoom) / 2);
  // What carries nothing is drawn so faintly that it may lie under words.
  const level = s.bodyStrength[b] === strength.nothing ? things.steep : things.level;
  let last = spotOf(s, b, 0);
  for (let i = 1; i <= pieces + 1; i++) {
    const next = i > pieces ? { x: s.x1[b]!, y: s.y1[b]! } : spotOf(s, b, i / pieces);
    const [dx, dy] = [Math.abs(next.x - last.x), Math.abs(next.y - last.y)];
    const [x, y] = [Math.min(next.x, last.x) * look.zoom + look.x, Math.min(next.y, last.y) * look.zoom + look.y];
    if (dx + dy > 0) taken.add(x, y - half, dx * look.zoom, dy * look.zoom + 2 * half, dy <= dx * levelSlope ? level : things.steep);
    last = next;
  }
}

// spotOf is a place of the curve that the shader and the file draw: a cubic to where
// the body is level.
function spotOf(s: Scene, b: number, t: number): { x: number; y: number } {
  const [x0, y0, y1] = [s.x0[b]!, s.y0[b]!, s.y1[b]!];
  const bend = bendX(x0, s.x1[b]!);
  const [a, m, z] = [(1 - t) ** 3, 3 * t * (1 - t), t ** 3];
  return { x: a * x0 + m * ((x0 + bend) / 2) + z * bend, y: y0 * (a + m * (1 - t)) + y1 * (m * t + z) };
}
