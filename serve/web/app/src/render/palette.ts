// Palette is what the tokens are in the theme of an element. tokens.css is the only
// place with colours; canvas and WebGL cannot read variables, so they are looked up.
export type Palette = Readonly<Record<string, string>>;

const tokens = [
  'bg', 'surface', 'sunken', 'line', 'line-2', 'line-3', 'ink', 'ink-2', 'ink-3', 'on-ink', 'harm', 'wait', 'waitf', 'restf2',
  'service', 'pass', 'mix', 't1', 't2', 't3', 't4', 't5', 'core',
] as const;

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const found: Record<string, string> = {};
  for (const t of tokens) found[t] = style.getPropertyValue(`--${t}`).trim();
  found.node = found.surface ?? '';
  return found;
}

// rgb reads a colour of tokens.css, #rrggbb, as parts from 0 to 1.
export function rgb(colour: string): [number, number, number] {
  const n = /^#[0-9a-f]{6}$/i.test(colour) ? parseInt(colour.slice(1), 16) : 0;
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}
