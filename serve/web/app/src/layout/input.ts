import type { FlowNode } from '../graph/flow';
import type { Model } from '../graph/model';
import { widest } from '../graph/weight';

export type TimeScale = 'elastic' | 'linear' | 'hop';

// What a node needs room for.
export const shapes = { dot: 0, glyph: 1, rest: 2, card: 3 } as const;

// widthMost is the width of a body that carries the whole theft, in pixels.
export const widthMost = 38;

// Input is all that a layout depends on. Every list is a typed array, so that it
// goes to the worker without being copied.
export interface Input {
  start: Float64Array; // by node: when it begins, unix seconds
  end: Float64Array; // when it ends; later than start only for cards
  shape: Uint8Array; // by node, of shapes
  label: Float32Array; // by node: width of the words beside it, in pixels; 0: none
  from: Int32Array; // by edge
  to: Int32Array;
  share: Float32Array; // by edge: of the theft, 0 to 1
  backward: boolean;
  scale: TimeScale;
  now: number; // the time up to which what rests is drawn
  width: number; // of the view, in pixels: what is narrower is spread to it
  height: number; // what is higher is packed closer
}

// restsMax is how many lines of value at rest get a lane of their own up to now.
// With more of them the picture would be lanes and nothing else.
const restsMax = 64;

function shapeOf(n: FlowNode): number {
  if (n.fold?.kind === 'peel') return shapes.card;
  if (n.kind === 'unspent') return shapes.rest;
  return n.kind === 'tx' && n.fan === null && n.fold === null ? shapes.dot : shapes.glyph;
}

// Places where value ended stand at the last time that it came, so that every edge
// goes with time; all others stand at the first.
function startOf(m: Model, i: number): number {
  const n = m.nodes[i]!;
  const ends = m.outAt[i] === m.outAt[i + 1];
  return ends && shapeOf(n) !== shapes.card ? n.last_time : n.first_time;
}

// inputOf asks labelWidth how wide the words of a node are.
export function inputOf(
  m: Model,
  view: { scale: TimeScale; width: number; height: number },
  labelWidth: (n: FlowNode) => number,
): Input {
  const shape = Uint8Array.from(m.nodes, shapeOf);
  const rests = shape.reduce((sum, s) => sum + (s === shapes.rest ? 1 : 0), 0);
  if (rests > restsMax) shape.forEach((s, i) => { if (s === shapes.rest) shape[i] = shapes.glyph; });
  return {
    start: Float64Array.from(m.nodes, (_, i) => startOf(m, i)),
    end: Float64Array.from(m.nodes, (n, i) => (shape[i] === shapes.card ? n.last_time : startOf(m, i))),
    shape,
    label: Float32Array.from(m.nodes, labelWidth),
    from: m.from.slice(),
    to: m.to.slice(),
    share: widest(m),
    backward: m.flow.backward,
    scale: view.scale,
    now: Math.max(m.flow.tip.time ?? 0, m.flow.time_to),
    width: view.width,
    height: view.height,
  };
}

export function buffersOf(input: Input): ArrayBuffer[] {
  const lists = [input.start, input.end, input.shape, input.label, input.from, input.to, input.share];
  return lists.map((l) => l.buffer as ArrayBuffer);
}
