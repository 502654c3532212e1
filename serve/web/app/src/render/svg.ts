import { bendX } from '../layout/curve';
import { shapes } from '../layout/input';
import { glyphs, svgOf } from './glyphs';
import { grown } from './atlas';
import type { Look } from './camera';
import { SvgPen } from './pen';
import { drawGround, fontOf, type Page } from './plate';
import { bodyAlpha, coreAlpha, lines, nodeAlpha, strength, type Scene } from './scene';
import { drawWords, type Words } from './words';

const n = (v: number) => String(Math.round(v * 100) / 100);

// Drawing is a file: its text, and how large it is in pixels.
export interface Drawing {
  text: string;
  width: number;
  height: number;
}

const captionLine = 18;
const captionPad = 10;

// svgOfFlow draws the whole picture at full size, with lines of words above it that
// say what it is of. It holds no script, no style sheet and no address.
export function svgOfFlow(page: Omit<Page, 'c' | 'look'>, words: Words, caption: string[]): Drawing {
  const { width, height } = page.scene.placement;
  const top = caption.length === 0 ? 0 : caption.length * captionLine + 2 * captionPad;
  const look: Look = { zoom: 1, x: 0, y: 0, width, height };
  const ruler = typeof CanvasRenderingContext2D === 'undefined' ? null : document.createElement('canvas').getContext('2d');
  const ground = new SvgPen(ruler);
  drawGround({ ...page, look, c: ground });
  const over = new SvgPen(ruler);
  drawWords({ ...page, look, c: over }, words);
  const parts = [...ground.out, ...bodies(page), ...cores(page), ...nodes(page), ...over.out];
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height + top)}" viewBox="0 0 ${n(width)} ${n(height + top)}">`
    + captionOf(page, caption, width, top)
    + `<g transform="translate(0 ${top})">${parts.join('')}</g></svg>`;
  return { text, width, height: height + top };
}

function captionOf(page: Omit<Page, 'c' | 'look'>, caption: string[], width: number, top: number): string {
  const pen = new SvgPen(null);
  if (top === 0) return '';
  pen.fillStyle = page.palette.surface ?? '';
  pen.fillRect(0, 0, width, top);
  caption.forEach((text, i) => {
    pen.font = fontOf(i === 0 ? 14 : 12, i === 0 ? 600 : 400);
    pen.fillStyle = page.palette[i === 0 ? 'ink' : 'ink-2'] ?? '';
    pen.fillText(text, 12, captionPad + (i + 1) * captionLine - 5);
  });
  return pen.out.join('');
}

// curveOf is the line of a body: a cubic within the bend, then level.
export function curveOf(s: Scene, b: number): string {
  const [x0, y0, x1, y1] = [s.x0[b]!, s.y0[b]!, s.x1[b]!, s.y1[b]!];
  const bend = bendX(x0, x1);
  const half = (x0 + bend) / 2;
  return `M${n(x0)} ${n(y0)}C${n(half)} ${n(y0)} ${n(half)} ${n(y1)} ${n(bend)} ${n(y1)}${bend === x1 ? '' : `H${n(x1)}`}`;
}

function bodies({ scene: s, palette }: Omit<Page, 'c' | 'look'>): string[] {
  const all: string[] = [];
  for (let b = 0; b < s.x0.length; b++) {
    if (s.line[b] === lines.dotted || s.bodyStrength[b] === strength.nothing) continue;
    const paint = palette[`t${s.taint[b]}`] ?? '';
    const alpha = opacity(bodyAlpha[s.bodyStrength[b]!]!);
    const [w0, w1] = [s.width0[b]!, s.width1[b]!];
    if (w0 === w1) {
      all.push(`<path d="${curveOf(s, b)}" fill="none" stroke="${paint}" stroke-width="${n(w0)}"${alpha}/>`);
    } else {
      const [x0, x1, y] = [s.x0[b]!, s.x1[b]!, s.y0[b]!];
      all.push(`<path d="M${n(x0)} ${n(y - w0 / 2)}L${n(x1)} ${n(y - w1 / 2)}V${n(y + w1 / 2)}L${n(x0)} ${n(y + w0 / 2)}z" fill="${paint}"${alpha}/>`);
    }
  }
  return all;
}

function cores({ scene: s, palette }: Omit<Page, 'c' | 'look'>): string[] {
  const all: string[] = [];
  for (let b = 0; b < s.x0.length; b++) {
    const dotted = s.line[b] === lines.dotted;
    const dash = dotted ? ' stroke-dasharray="0.1 5" stroke-linecap="round"' : s.line[b] === lines.dashed ? ' stroke-dasharray="6 4"' : '';
    const wide = dotted ? 1.8 : s.bodyStrength[b] === strength.path ? 2 : 1.2;
    const paint = palette[dotted ? 'ink-3' : 'core'] ?? '';
    all.push(`<path d="${curveOf(s, b)}" fill="none" stroke="${paint}" stroke-width="${wide}"${dash}${opacity(coreAlpha[s.bodyStrength[b]!]!)}/>`);
  }
  return all;
}

function nodes({ scene: s, palette }: Omit<Page, 'c' | 'look'>): string[] {
  const used = new Set(s.glyph);
  const defs = (Object.keys(glyphs) as (keyof typeof glyphs)[]).filter((g) => used.has(g));
  const all = [`<defs>${defs.map((g) => `<g id="glyph-${g}">${svgOf(g, (t) => palette[t] ?? '')}</g>`).join('')}</defs>`];
  s.glyph.forEach((g, v) => {
    if (s.shape[v] === shapes.card) return;
    const at = `translate(${n(s.placement.x[v]!)} ${n(s.placement.y[v]!)})${grown(g) === 1 ? '' : ` scale(${grown(g)})`}`;
    const ground = g === 'pill' ? '' : `<circle r="${g === 'addr' ? 8 : 13}" fill="${palette.bg}"/>`;
    all.push(`<g transform="${at}"${opacity(nodeAlpha[s.nodeStrength[v]!]!)}>${ground}<use href="#glyph-${g}"/></g>`);
  });
  return all;
}

const opacity = (a: number) => (a === 1 ? '' : ` opacity="${a}"`);

