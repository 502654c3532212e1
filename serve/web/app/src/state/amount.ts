// Amounts are integers in base units, and travel as decimal text, since a
// number of JavaScript keeps 53 bits. They are cut, never rounded, so that no
// figure on screen is more than what is there.

import { messages } from '../messages';

// A narrow gap that does not break, between a number and its unit.
export const thinGap = '\u202f';

/** The decimals of the asset. All chains so far count in one. */
export const coinDecimals = messages.views.coin.decimals;

const digitsMax = 60;

/** Reads base units; text that is none is an error, never 0. */
export function units(text: string): bigint {
  if (text.length > digitsMax || !/^\d+$/.test(text)) {
    throw new Error(`not an amount in base units: ${JSON.stringify(text.slice(0, digitsMax))}`);
  }
  return BigInt(text);
}

/** Reads base units where there may be none: what is missing stays missing. */
export function unitsOrNull(text: string | null | undefined): bigint | null {
  return text === null || text === undefined ? null : units(text);
}

/** Groups digits in threes: 25118201 is 25,118,201. */
export function grouped(n: bigint | number | string): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

// So many digits say something where the decimals asked for would all be 0.
const digitsLeast = 3;

/**
 * Coins with a number of decimals, cut. An amount that is too small for them
 * keeps three digits that say something, as 0.000412: 0.00 would read as nothing.
 * Nothing is 0.
 */
export function cut(amount: bigint, digits: number, decimals = coinDecimals): string {
  if (amount === 0n) return '0';
  const sign = amount < 0n ? '\u2212' : '';
  const abs = amount < 0n ? -amount : amount;
  const scale = 10n ** BigInt(decimals);
  const fraction = (abs % scale).toString().padStart(decimals, '0');
  let shown = Math.min(digits, decimals);
  if (abs !== 0n && abs < scale) {
    const first = fraction.search(/[1-9]/);
    if (first >= shown) shown = Math.min(decimals, first + digitsLeast);
  }
  const tail = shown === 0 ? '' : '.' + fraction.slice(0, shown);
  return sign + grouped(abs / scale) + tail;
}

/**
 * Amounts in order, each cut to so many digits that neighbours which differ read
 * differently, as far as texts of room characters can tell them apart. The others
 * keep the digits asked for.
 */
export function apart(amounts: readonly bigint[], digits: number, room: number): string[] {
  const texts = amounts.map((a) => cut(a, digits));
  for (let from = 0, to = 0; from < amounts.length; from = to) {
    while (to < amounts.length && texts[to] === texts[from]) to++;
    const run = amounts.slice(from, to);
    texts.splice(from, run.length, ...told(run, digits, room));
  }
  return texts;
}

// told writes amounts that read the same with digits with as few more as tell all of
// them apart, else with as few as tell most of them apart.
function told(run: readonly bigint[], digits: number, room: number): string[] {
  const different = new Set(run).size;
  let best = run.map((a) => cut(a, digits));
  for (let d = digits + 1; d <= coinDecimals && new Set(best).size < different; d++) {
    const next = run.map((a) => cut(a, d));
    if (next.some((t) => t.length > room)) break;
    if (new Set(next).size > new Set(best).size) best = next;
  }
  return best;
}

/**
 * An amount in base units as the picture shows it. What a policy brings nothing to
 * carries no amount, so nothing is the empty text, not 0.
 */
export function flowAmount(base: string): string {
  const amount = units(base);
  return amount === 0n ? '' : cut(amount, 2);
}

/** Every decimal of an amount. */
export function whole(amount: bigint, decimals = coinDecimals): string {
  return cut(amount, decimals, decimals);
}

/** The part of a whole as a number from 0 to 1, for lengths on screen only. */
export function ratio(part: bigint, all: bigint): number {
  if (all <= 0n || part <= 0n) return 0;
  const millionths = (part * 1_000_000n) / all;
  return millionths > 1_000_000n ? 1 : Number(millionths) / 1e6;
}

/** "18.0 %": a share of its base, cut to one decimal. */
export function percent(part: bigint, all: bigint): string {
  if (all <= 0n) return '';
  const tenths = (part * 1000n) / all;
  if (tenths === 0n && part > 0n) return `<0.1${thinGap}%`;
  return `${grouped(tenths / 10n)}.${tenths % 10n}${thinGap}%`;
}

/**
 * The shares of parts in thousandths of a percent. They sum to 100.000 %: what
 * cutting leaves goes to the largest remainders, of equals to the first.
 */
export function shares(parts: bigint[]): bigint[] {
  const all = parts.reduce((a, b) => a + b, 0n);
  if (all <= 0n) return parts.map(() => 0n);
  const full = 100_000n;
  const floors = parts.map((p) => (p * full) / all);
  let rest = full - floors.reduce((a, b) => a + b, 0n);
  const order = parts
    .map((p, i) => ({ i, remainder: (p * full) % all }))
    .sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1));
  for (const { i } of order) {
    if (rest === 0n) break;
    floors[i] = (floors[i] ?? 0n) + 1n;
    rest--;
  }
  return floors;
}

/** Thousandths of a percent as text: 18000 is "18.000 %". */
export function shareText(thousandths: bigint): string {
  const fraction = (thousandths % 1000n).toString().padStart(3, '0');
  return `${thousandths / 1000n}.${fraction}${thinGap}%`;
}

export function sum(all: Iterable<bigint>): bigint {
  let total = 0n;
  for (const a of all) total += a;
  return total;
}

export function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
