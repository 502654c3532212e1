// The question of a trace as a form holds it: text, as the flags of the
// command take it. What it means the server says.
import type { Asked, Policy, Question } from './api';

export interface Draft {
  /** What the case says beyond the form, such as its label files. */
  base: Partial<Question>;
  chain: string;
  starts: string;
  policies: readonly Policy[];
  asOf: string;
  until: string;
  minValue: string;
  maxHops: string;
  backward: boolean;
  stops: string;
  case: string;
}

export const allPolicies: readonly Policy[] = ['fifo', 'lifo', 'haircut', 'tiho', 'dirty_first', 'libr', 'pure', 'poison'];

// Backward asks by share or by reach; the others have no such reading.
export const backwardPolicies: readonly Policy[] = ['haircut', 'poison'];

export function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((l) => l !== '');
}

export function questionOf(d: Draft): Asked {
  const allowed = d.backward ? d.policies.filter((p) => backwardPolicies.includes(p)) : d.policies;
  const { labels, prices, stop_files, start_files, title } = d.base;
  const kept = Object.fromEntries(Object.entries({ labels, prices, stop_files, start_files, title }).filter(([, v]) => v !== undefined));
  const q: Asked = { ...kept, chain: d.chain, starts: linesOf(d.starts), policies: [...allowed] };
  if (d.asOf.trim() !== '') q.as_of = d.asOf.trim();
  if (d.until.trim() !== '' && !d.backward) q.until = d.until.trim();
  if (d.minValue.trim() !== '') q.min_value = d.minValue.trim();
  if (d.maxHops.trim() !== '') q.max_hops = d.maxHops.trim();
  if (d.backward) q.backward = true;
  if (d.stops.trim() !== '') q.stops = linesOf(d.stops);
  if (d.case !== '') q.case = d.case;
  return q;
}

export function draftOf(q: Partial<Question>): Draft {
  return {
    base: q,
    chain: q.chain ?? '',
    starts: (q.starts ?? []).join('\n'),
    policies: policiesOf(q.policies),
    asOf: q.as_of ?? '',
    until: q.until ?? '',
    minValue: q.min_value ?? '',
    maxHops: q.max_hops ?? '',
    backward: q.backward ?? false,
    stops: (q.stops ?? []).join('\n'),
    case: '',
  };
}

/** The policies that a question names; "all", or none: every one. */
function policiesOf(names: readonly string[] | undefined): readonly Policy[] {
  const known = allPolicies.filter((p) => names?.some((n) => n.split(',').map((one) => one.trim()).includes(p)));
  return known.length === 0 ? allPolicies : known;
}
