import { createElement } from 'react';
import { glyphs, type GlyphName } from './glyphs';

const camel: Readonly<Record<string, string>> = {
  'stroke-width': 'strokeWidth', 'stroke-linecap': 'strokeLinecap', 'stroke-linejoin': 'strokeLinejoin',
  'stroke-dasharray': 'strokeDasharray', 'text-anchor': 'textAnchor', 'font-size': 'fontSize', 'font-weight': 'fontWeight',
};

function paint(value: string): string {
  return value === 'none' ? value : `var(--${value === 'node' ? 'surface' : value})`;
}

// GlyphShapes are the shapes of a glyph around 0,0, to be put into an svg. They say
// nothing to a screen reader: the name stands beside them.
export function GlyphShapes({ name }: { name: GlyphName }) {
  return glyphs[name].map(([tag, attributes, text], i) => {
    const props: Record<string, string | number> = { key: i };
    for (const [k, v] of Object.entries(attributes)) props[camel[k] ?? k] = k === 'fill' || k === 'stroke' ? paint(v) : v;
    return createElement(tag, props, text);
  });
}
