import { createElement, type ReactElement } from 'react';
import type { FlowNode } from '../../graph/flow';
import { messages } from '../../messages';
import { glyphOf as drawnAs, glyphs, marks, type GlyphName as Drawn, type MarkName, type Shape } from '../../render/glyphs';
import type { GlyphName } from '../../state/kinds';

const outline = { fill: 'node', stroke: 'ink-2', 'stroke-width': '1.5' };
const stroke = { fill: 'none', stroke: 'ink-2', 'stroke-width': '1.5', 'stroke-linecap': 'round' };

// What ends without a place has no glyph in the picture, but one in words about it.
const placeless: Readonly<Record<Exclude<GlyphName, Drawn>, readonly Shape[]>> = {
  fee: [['rect', { x: '-6', y: '-6', width: '12', height: '12', rx: '2', fill: 'line-3' }]],
  cutoff: [['circle', { r: '8', ...outline }], ['path', { d: 'M-4.5 4.5 4.5-4.5', ...stroke }]],
  dilute: [['circle', { cx: '-3', r: '6', ...outline }], ['circle', { cx: '3', r: '6', ...outline }]],
};

const all: Readonly<Record<GlyphName, readonly Shape[]>> = { ...glyphs, ...placeless };

const paints = new Set(['fill', 'stroke']);

function painted(value: string): string {
  if (value === 'none' || value === 'currentColor') return value;
  return value === 'node' ? 'var(--surface)' : `var(--${value})`;
}

function drawn([tag, attributes, text]: Shape, key: number): ReactElement {
  const props = Object.entries(attributes).map(([name, value]) => [
    name.replace(/-([a-z])/g, (_, c: string) => c.toUpperCase()),
    paints.has(name) ? painted(value) : value,
  ]);
  return createElement(tag, { key, ...Object.fromEntries(props) }, text);
}

/** The picture of a kind. It is named only where no word beside it says the same. */
export function Glyph({ name, size = 20, named = false }: { name: GlyphName; size?: number; named?: boolean }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="-12 -12 24 24" {...(named ? { role: 'img', 'aria-label': messages.views.glyphs[name] } : { 'aria-hidden': true })}>
      {all[name].map(drawn)}
    </svg>
  );
}

/** The mark of a class of facts, in the colour of the text beside it. */
export function MarkShape({ name }: { name: MarkName }) {
  return (
    <svg width="11" height="11" viewBox="0 0 12 12" role="img" aria-label={messages.views.classes[name]}>
      {marks[name].map(drawn)}
    </svg>
  );
}

export function glyphOf(n: Pick<FlowNode, 'kind' | 'fold' | 'fan'>): GlyphName {
  return drawnAs(n.kind, n.fold?.kind ?? null, n.fan !== null);
}
