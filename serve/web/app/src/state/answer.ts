// What a result says under a policy: the parts of the bar, the number by which
// the policies are compared, and the least and most of an amount among them.
import { compare, shares, sum, units } from './amount';
import type { ExitKind, Policy, TraceResult } from './api';
import { lookOf, rankOf, type Look } from './kinds';

export const policyOrder: readonly Policy[] = ['pure', 'libr', 'lifo', 'haircut', 'fifo', 'tiho', 'dirty_first', 'poison'];

export interface Part extends Look {
  amount: bigint;
  /** Outpoints; of fees transactions. */
  count: number;
  /** Thousandths of a percent of the whole; the parts sum to 100,000. */
  share: bigint;
}

export function policiesOf(r: TraceResult): Policy[] {
  return policyOrder.filter((p) => r.policies[p] !== undefined);
}

/**
 * What ended in each kind, in the order of the bar. Poison apportions nothing:
 * its parts are whole values, and may be more than the theft.
 */
export function partsOf(r: TraceResult, policy: Policy): Part[] {
  const byKind = new Map<ExitKind, { amount: bigint; count: number }>();
  const absorbers = r.policies[policy]?.absorbers;
  if (absorbers !== undefined) {
    for (const a of absorbers) byKind.set(a.kind, { amount: units(a.amount), count: a.count });
  } else {
    for (const e of r.exits) {
      const amount = units(e.amounts[policy] ?? '0');
      const before = byKind.get(e.kind) ?? { amount: 0n, count: 0 };
      if (amount > 0n) byKind.set(e.kind, { amount: before.amount + amount, count: before.count + e.count });
    }
  }
  const kinds = [...byKind.entries()].filter(([, v]) => v.amount > 0n).sort(([a], [b]) => rankOf(a) - rankOf(b));
  const parts = shares(kinds.map(([, v]) => v.amount));
  return kinds.map(([kind, v], i) => ({ ...lookOf(kind), kind, ...v, share: parts[i] ?? 0n }));
}

/** Whether the parts sum to the theft, to the base unit. Of poison: not asked. */
export function balanced(r: TraceResult, policy: Policy): boolean | null {
  if (policy === 'poison') return null;
  return sum(partsOf(r, policy).map((p) => p.amount)) === units(r.theft);
}

export type Measure = 'services' | 'origin' | 'minted' | 'rest' | 'reach';

const measures: Record<Measure, readonly ExitKind[]> = {
  services: ['service', 'listed'],
  rest: ['unspent'],
  minted: ['coinbase'],
  origin: ['unknown_input'],
  reach: [],
};

/** The first question that any policy answers with more than nothing. */
export function measureOf(r: TraceResult): Measure {
  const any = (kinds: readonly ExitKind[]): boolean =>
    r.exits.some((e) => kinds.includes(e.kind) && Object.values(e.amounts).some((a) => units(a) > 0n));
  const asked: Measure[] = r.input.params.backward ? ['services', 'minted', 'origin'] : ['services', 'rest'];
  return asked.find((m) => any(measures[m])) ?? 'reach';
}

export interface PolicyResult {
  policy: Policy;
  amount: bigint;
}

/** Each policy with its result, the least first; of equals in the order of the lists. */
export function policyResults(r: TraceResult, measure = measureOf(r)): PolicyResult[] {
  const kinds = measures[measure];
  return policiesOf(r)
    .map((policy) => ({
      policy,
      amount: sum(partsOf(r, policy).filter((p) => kinds.length === 0 || kinds.includes(p.kind)).map((p) => p.amount)),
    }))
    .sort((a, b) => compare(a.amount, b.amount) || ends(a.policy) - ends(b.policy));
}

// Pure and poison are the ends of the bracket, also where others equal them.
function ends(p: Policy): number {
  return p === 'pure' ? -1 : p === 'poison' ? 1 : 0;
}

export interface Range {
  least: bigint;
  most: bigint;
}

/** The least and the most among policies; poison is left out, it holds whole values. */
export function rangeOf(amounts: readonly string[], policies: readonly string[]): Range | null {
  const all = amounts.filter((_, i) => policies[i] !== 'poison').map(units);
  const first = all[0];
  if (first === undefined) return null;
  return all.reduce<Range>((r, a) => ({ least: a < r.least ? a : r.least, most: a > r.most ? a : r.most }), { least: first, most: first });
}

/** The policy that is shown when none was chosen: the first that was asked for. */
export function firstPolicy(r: TraceResult): Policy {
  return r.input.params.policies[0] ?? policiesOf(r)[0] ?? 'fifo';
}
