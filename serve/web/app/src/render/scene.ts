import { asOf } from '../graph/cut';
import type { Model } from '../graph/model';
import { wayOf, wayTo, type Way } from '../graph/path';
import { weigh, type Weights } from '../graph/weight';
import { leaveX } from '../layout/curve';
import { shapes, widthMost } from '../layout/input';
import { cardDown, cardUp, type Placement } from '../layout/place';
import { glyphOf, type GlyphName } from './glyphs';

// How strongly something is drawn. Nothing is what the chosen policy gives no part
// of the theft, though another one does.
export const strength = { plain: 0, path: 1, dim: 2, later: 3, nothing: 4 } as const;
export const lines = { solid: 0, dashed: 1, dotted: 2 } as const;

// Scene is all that is drawn, in pixels at full size with y downwards; the screen
// and the exported file are drawn from the same one.
export interface Scene {
  placement: Placement;
  // By body: where it begins and ends, how wide, how dark (taint in fifths), which
  // line. The first are those of the edges, in their order; after them come those
  // inside the cards of cardBodies.
  x0: Float32Array; y0: Float32Array; x1: Float32Array; y1: Float32Array;
  width0: Float32Array;
  width1: Float32Array;
  taint: Uint8Array;
  line: Uint8Array;
  bodyStrength: Uint8Array;
  cardBodies: number[]; // nodes
  // By node.
  shape: Uint8Array;
  half: Float32Array; // half of the widest side of its bodies, in pixels
  glyph: GlyphName[];
  nodeStrength: Uint8Array;
  selected: number; // -1: none
  way: Way | null;
  cutTime: number | null;
}

export interface Choice {
  policy: string;
  selected: string | null;
  path: { nodes: string[]; edges: string[] } | null; // as the server has it; null: not yet, or nothing
  cutTime: number | null;
}

const widthLeast = 1.6;

export function sceneOf(m: Model, shape: Uint8Array, p: Placement, choice: Choice): Scene {
  const w = weigh(m, choice.policy);
  const cards = [...shape.keys()].filter((v) => shape[v] === shapes.card);
  const n = m.edges.length + cards.length;
  const width = new Float32Array(n);
  w.share.forEach((share, e) => { width[e] = share > 0 ? Math.max(widthLeast, share * widthMost) : 0; });
  const s: Scene = {
    placement: p,
    x0: new Float32Array(n), y0: new Float32Array(n), x1: new Float32Array(n), y1: new Float32Array(n),
    width0: width, width1: width.slice(),
    taint: new Uint8Array(n), line: new Uint8Array(n), bodyStrength: new Uint8Array(n),
    cardBodies: cards,
    shape,
    half: new Float32Array(m.nodes.length),
    glyph: m.nodes.map((v) => glyphOf(v.kind, v.fold?.kind ?? null, v.fan !== null)),
    nodeStrength: new Uint8Array(m.nodes.length),
    selected: choice.selected === null ? -1 : (m.at.get(choice.selected) ?? -1),
    way: null,
    cutTime: choice.cutTime,
  };
  m.edges.forEach((e, i) => {
    s.taint[i] = Math.min(5, Math.max(1, Math.ceil(w.taint[i]! * 5)));
    s.line[i] = e.certainty === 'lead' ? lines.dotted : e.certainty === 'rule' ? lines.dashed : lines.solid;
  });
  setPorts(m, s);
  cards.forEach((v, k) => setCardBody(m, s, v, m.edges.length + k));
  setStrengths(m, s, choice, w);
  return s;
}

// setPorts stacks bodies at each side of a node in the order of their slope, the
// nearest target outermost, so that those of one node do not cross.
function setPorts(m: Model, s: Scene) {
  const { x, endX, y } = s.placement;
  for (let e = 0; e < m.edges.length; e++) {
    const [u, v] = [m.from[e]!, m.to[e]!];
    s.x0[e] = m.flow.backward ? endX[u]! : leaveX(x[u]!, endX[u]!, x[v]!);
    s.x1[e] = x[v]!;
    s.y0[e] = y[u]!;
    s.y1[e] = y[v]!;
  }
  const slope = (e: number) => {
    const [u, v] = [m.from[e]!, m.to[e]!];
    return (y[v]! - y[u]!) / Math.max(30, x[v]! - endX[u]!);
  };
  for (let v = 0; v < m.nodes.length; v++) {
    const out = [...m.out.subarray(m.outAt[v]!, m.outAt[v + 1]!)].sort((a, b) => slope(a) - slope(b) || a - b);
    const into = [...m.into.subarray(m.intoAt[v]!, m.intoAt[v + 1]!)].sort((a, b) => slope(b) - slope(a) || a - b);
    if (s.shape[v] === shapes.card) cardPorts(s, v, out);
    else stack(s, out, s.y0);
    stack(s, into, s.y1);
    s.half[v] = Math.max(sum(s, out), sum(s, into)) / 2;
  }
}

const sum = (s: Scene, edges: number[]) => edges.reduce((all, e) => all + s.width0[e]!, 0);

function stack(s: Scene, edges: number[], at: Float32Array) {
  let y = -sum(s, edges) / 2;
  for (const e of edges) {
    at[e]! += y + s.width0[e]! / 2;
    y += s.width0[e]!;
  }
}

// The peels of a chain leave its card by the top and the bottom where they happened;
// those at its end leave where its bars are, above the body, and beside the body.
const peelPort = -66;
const peelPortStep = 12;

function cardPorts(s: Scene, v: number, out: number[]) {
  const trunk = s.placement.trunk[v]!;
  const [y, end] = [s.placement.y[v]!, s.placement.endX[v]!];
  const within = (e: number) => e !== trunk && s.x0[e]! < end;
  const rises = (e: number) => e !== trunk && s.y1[e]! < y;
  for (const e of out) if (within(e)) s.y0[e] = rises(e) ? y - cardUp + 4 : y + cardDown;
  const late = out.filter((e) => !within(e));
  late.filter(rises).forEach((e, i) => { s.y0[e]! += peelPort + Math.min(2, i) * peelPortStep; });
  stack(s, late.filter((e) => !rises(e)), s.y0);
}

// setCardBody is the body inside a card: as wide as what comes in on its left, and
// on its right as what goes on after all that was peeled off.
function setCardBody(m: Model, s: Scene, v: number, b: number) {
  const { x, endX, y } = s.placement;
  const trunk = s.placement.trunk[v]!;
  let [into, dark, sure] = [0, 1, lines.solid as number];
  for (let k = m.intoAt[v]!; k < m.intoAt[v + 1]!; k++) {
    const e = m.into[k]!;
    into += s.width0[e]!;
    dark = Math.max(dark, s.taint[e]!);
    sure = Math.max(sure, s.line[e]!);
  }
  s.x0[b] = x[v]!;
  s.x1[b] = endX[v]!;
  s.y0[b] = s.y1[b] = y[v]!;
  s.width0[b] = Math.max(widthLeast, into);
  s.width1[b] = trunk < 0 ? widthLeast : s.width0[trunk]!;
  s.taint[b] = dark;
  s.line[b] = Math.min(sure, lines.dashed);
}

function setStrengths(m: Model, s: Scene, choice: Choice, w: Weights) {
  if (s.selected >= 0) s.bodyStrength.fill(strength.dim);
  w.share.forEach((share, e) => { if (share === 0) s.bodyStrength[e] = strength.nothing; });
  w.node.forEach((share, v) => { if (share === 0) s.nodeStrength[v] = strength.nothing; });
  s.cardBodies.forEach((v, k) => { if (s.nodeStrength[v] === strength.nothing) s.bodyStrength[m.edges.length + k] = strength.nothing; });
  if (s.selected >= 0) setWay(m, s, choice);
  const there = asOf(m, choice.cutTime);
  there.edges.forEach((yes, e) => { if (!yes) s.bodyStrength[e] = strength.later; });
  s.cardBodies.forEach((v, k) => { if (!there.nodes[v]) s.bodyStrength[m.edges.length + k] = strength.later; });
  there.nodes.forEach((yes, v) => { if (!yes) s.nodeStrength[v] = strength.later; });
}

function setWay(m: Model, s: Scene, choice: Choice) {
  const known = choice.path === null ? null : wayOf(m, choice.path.nodes, choice.path.edges);
  s.way = known ?? wayTo(m, s.selected, choice.policy);
  for (const e of s.way.edges) s.bodyStrength[e] = strength.path;
  for (const v of s.way.nodes) s.nodeStrength[v] = strength.path;
  s.cardBodies.forEach((v, k) => { if (s.nodeStrength[v] === strength.path) s.bodyStrength[m.edges.length + k] = strength.path; });
}

// How opaque bodies, centre lines, glyphs and what lies below them are at each strength.
export const bodyAlpha = [1, 1, 0.6, 0.06, 0];
export const coreAlpha = [1, 1, 0.5, 0.06, 0.3];
export const nodeAlpha = [1, 1, 1, 0.06, 0.4];
export const groundAlpha = [1, 1, 1, 0.06, 0.4];
