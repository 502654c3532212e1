// How each kind of end is shown, in the order of the bar: what can be asked,
// what waits, what is lost, what was left out.
import type { ExitKind } from './api';

/** A fill of the bar and the strip: a class of the style sheet, never a colour. */
export type Tone = 'service' | 'listed' | 'rest' | 'mix' | 'stripe' | 'hatch' | 'burn' | 'cut' | 'dilute' | 'over' | 'fee' | 'moving';

export type GlyphName =
  | 'theft' | 'addr' | 'service' | 'bridge' | 'swap' | 'mixer' | 'rest' | 'dark' | 'undec' | 'lead' | 'fold' | 'pill' | 'fee' | 'cutoff' | 'dilute';

export interface Look {
  kind: ExitKind;
  tone: Tone;
  glyph: GlyphName;
}

export const looks: readonly Look[] = [
  { kind: 'service', tone: 'service', glyph: 'service' },
  { kind: 'listed', tone: 'listed', glyph: 'service' },
  { kind: 'unspent', tone: 'rest', glyph: 'rest' },
  { kind: 'mixer', tone: 'mix', glyph: 'mixer' },
  { kind: 'undecoded', tone: 'stripe', glyph: 'undec' },
  { kind: 'unknown_input', tone: 'stripe', glyph: 'undec' },
  { kind: 'burn', tone: 'burn', glyph: 'cutoff' },
  { kind: 'cutoff', tone: 'cut', glyph: 'cutoff' },
  { kind: 'diluted', tone: 'dilute', glyph: 'dilute' },
  { kind: 'overlap', tone: 'over', glyph: 'dilute' },
  { kind: 'coinbase', tone: 'burn', glyph: 'addr' },
  { kind: 'fee', tone: 'fee', glyph: 'fee' },
];

/** A kind that this console does not know yet is shown as not decoded. */
export function lookOf(kind: ExitKind): Look {
  return looks.find((l) => l.kind === kind) ?? { kind, tone: 'stripe', glyph: 'undec' };
}

export function rankOf(kind: ExitKind): number {
  const at = looks.findIndex((l) => l.kind === kind);
  return at < 0 ? looks.length : at;
}
