// Node glyphs, centred on 0,0 in a box of 24. Colours are names of tokens, so that
// one definition serves the page, the atlas of a theme and an exported file.
// 'node' is the plane a hollow glyph is filled with.

export type GlyphName =
  | 'theft' | 'addr' | 'service' | 'bridge' | 'swap' | 'mixer' | 'rest' | 'dark' | 'undec' | 'lead' | 'fold' | 'pill';

export const glyphBox = 24;

type Tag = 'path' | 'circle' | 'rect' | 'text';
export type Shape = readonly [tag: Tag, attributes: Readonly<Record<string, string>>, text?: string];

const mark = (d: string, stroke: string, width: string, more: Record<string, string> = {}): Shape => [
  'path',
  { d, fill: 'none', stroke, 'stroke-width': width, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', ...more },
];

const plate = (half: number, corner: number, fill: string, more: Record<string, string> = {}): Shape => [
  'rect',
  { x: `${-half}`, y: `${-half}`, width: `${2 * half}`, height: `${2 * half}`, rx: `${corner}`, fill, ...more },
];

const outline = { stroke: 'ink-2', 'stroke-width': '1.5' };

export const glyphs: Readonly<Record<GlyphName, readonly Shape[]>> = {
  theft: [['path', { d: 'M0-11L11 0 0 11-11 0z', fill: 'harm' }], mark('M0-4.5v5.5M0 4v.3', 'on-ink', '2')],
  addr: [['circle', { r: '5.5', fill: 'node', ...outline }]],
  service: [plate(10, 4, 'service'), mark('M-5 0H3.5M.5-3.5 4 0 .5 3.5M5.5-5v10', 'on-ink', '1.7')],
  bridge: [['path', { d: 'M-10 7V1.5a10 10 0 0 1 20 0V7h-4.5V3a5.5 5.5 0 0 0-11 0v4z', fill: 'pass' }]],
  swap: [['circle', { r: '10', fill: 'pass' }], mark('M-5-2.5h9M1.5-5 4-2.5M5 2.5h-9M-1.5 5-4 2.5', 'on-ink', '1.6')],
  mixer: [
    ['path', { d: 'M-5.8-10H5.8L11.5 0 5.8 10H-5.8L-11.5 0z', fill: 'mix' }],
    mark('M-6-3.5C0-3.5 0 3.5 6 3.5M-6 3.5C0 3.5 0-3.5 6-3.5', 'on-ink', '1.6'),
  ],
  rest: [['circle', { r: '9', fill: 'node', stroke: 'waitf', 'stroke-width': '2.2' }], mark('M-2.5-3.5v7M2.5-3.5v7', 'wait', '2')],
  dark: [plate(10, 4, 'ink'), mark('M-10 4 4-10M-10 10 10-10M-4 10 10-4', 'on-ink', '1.4', { opacity: '.75' })],
  undec: [
    plate(9, 4, 'node', { stroke: 'ink-3', 'stroke-width': '1.5', 'stroke-dasharray': '3 2.5' }),
    ['text', { 'text-anchor': 'middle', y: '4', 'font-size': '12', 'font-weight': '600', fill: 'ink-2' }, '?'],
  ],
  lead: [['circle', { r: '8', fill: 'none', stroke: 'ink-3', 'stroke-width': '1.5', 'stroke-dasharray': '1.5 3', 'stroke-linecap': 'round' }]],
  fold: [plate(9, 4, 'node', outline), mark('M-4-4h8M-4 0h8M-4 4h8', 'ink-2', '1.5')],
  pill: [
    ['rect', { x: '-6', y: '-11.5', width: '12', height: '23', rx: '4', fill: 'node', ...outline }],
    mark('M-2.5-7h5M-2.5-3.5h5M-2.5 0h5M-2.5 3.5h5M-2.5 7h5', 'ink-2', '1.3'),
  ],
};

// Class marks, in a box of 12; they take the colour of the text beside them.
export type MarkName = 'chain' | 'logs' | 'stated' | 'rule' | 'lead' | 'missing';

export const marks: Readonly<Record<MarkName, readonly Shape[]>> = {
  chain: [['circle', { cx: '6', cy: '6', r: '4.5', fill: 'currentColor' }]],
  logs: [['rect', { x: '1.5', y: '1.5', width: '9', height: '9', rx: '1.5', fill: 'currentColor' }]],
  stated: [
    ['path', {
      d: 'M1 9.5V6C1 3.5 2.5 2 4.5 1.5v1.6C3.6 3.5 3.2 4.2 3.2 5h1.6v4.5zM6.8 9.5V6c0-2.5 1.5-4 3.5-4.5v1.6c-.9.4-1.3 1.1-1.3 1.9h1.6v4.5z',
      fill: 'currentColor',
    }],
  ],
  rule: [mark('M6 1 11 10H1z', 'currentColor', '1.5')],
  lead: [['circle', { cx: '6', cy: '6', r: '4.5', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5', 'stroke-dasharray': '1.8 1.75' }]],
  missing: [mark('M2 10 10 2', 'currentColor', '1.3'), ['circle', { cx: '6', cy: '6', r: '4', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.3' }]],
};

const glyphOfKind: Readonly<Record<string, GlyphName>> = {
  theft: 'theft', tx: 'addr', service: 'service', listed: 'service', mixer: 'mixer', unspent: 'rest',
  burn: 'dark', cutoff: 'undec', undecoded: 'undec', unknown_input: 'undec', coinbase: 'addr', mixed: 'fold',
};

// glyphOf says what a node is drawn as; a kind this console does not know is drawn
// as not decoded. fold and fan are whether it has one.
export function glyphOf(kind: string, fold: string | null, fan: boolean): GlyphName {
  if (fan) return 'pill';
  if (fold === 'peel' || ((kind === 'tx' || kind === 'mixed') && fold !== null)) return 'fold';
  return glyphOfKind[kind] ?? 'undec';
}

const paintNames = ['fill', 'stroke'] as const;

// svgOf draws a glyph as SVG text with the colours that colour gives for a token.
export function svgOf(name: GlyphName, colour: (token: string) => string): string {
  return glyphs[name].map(([tag, attributes, text]) => {
    const all = { ...attributes } as Record<string, string>;
    for (const p of paintNames) {
      const token = all[p];
      if (token !== undefined && token !== 'none') all[p] = colour(token);
    }
    const list = Object.entries(all).map(([k, v]) => ` ${k}="${v}"`).join('');
    return text === undefined ? `<${tag}${list}/>` : `<${tag}${list} font-family="IBM Plex Sans, sans-serif">${text}</${tag}>`;
  }).join('');
}
