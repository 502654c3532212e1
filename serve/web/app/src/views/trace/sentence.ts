// The answer in one sentence: what reached whom, what rests, what cannot be
// followed. Of what is not there nothing is said.
import { messages } from '../../messages';
import { cut, grouped, sum, units } from '../../state/amount';
import { partsOf, type Part } from '../../state/answer';
import type { ExitKind, Policy, TraceResult } from '../../state/api';
import { plain } from '../../state/plain';

const text = messages.views.trace;
const digits = 3;

export function sentenceOf(r: TraceResult, policy: Policy): string {
  const parts = partsOf(r, policy);
  const backward = r.input.params.backward;
  const theft = units(r.theft);
  if (policy === 'poison') {
    const p = r.policies.poison;
    return text.poison(cut(units(p?.reach_value ?? '0'), digits), grouped(p?.reach_txs ?? 0));
  }
  const rest = parts.find((p) => p.kind === 'unspent');
  if (!backward && rest !== undefined && rest.amount === theft) return text.noExits(cut(theft, digits), rest.count);
  const said = [
    services(r, policy, parts),
    say(parts, ['listed'], (a) => text.listed(a, places(r, policy, 'listed'))),
    say(parts, ['unspent'], text.rests),
    say(parts, ['mixer'], (a) => text.mixed(a, places(r, policy, 'mixer'))),
    say(parts, ['undecoded', 'unknown_input'], (a) => text.lost(a)),
    say(parts, ['diluted'], (a) => text.diluted(a)),
    say(parts, ['coinbase'], (a) => text.minted(a)),
    say(parts, ['cutoff'], (a) => text.cut(a)),
  ].filter((s) => s !== '');
  return said.length === 0 ? text.nothing : said.slice(0, 3).join('; ') + '.';
}

function say(parts: readonly Part[], kinds: readonly ExitKind[], words: (amount: string, count: number) => string): string {
  const those = parts.filter((p) => kinds.includes(p.kind));
  const amount = sum(those.map((p) => p.amount));
  return amount === 0n ? '' : words(cut(amount, digits), those.reduce((n, p) => n + p.count, 0));
}

function places(r: TraceResult, policy: Policy, kind: ExitKind): number {
  return r.exits.filter((e) => e.kind === kind && units(e.amounts[policy] ?? '0') > 0n).length;
}

function services(r: TraceResult, policy: Policy, parts: readonly Part[]): string {
  const names = new Set<string>();
  let unnamed = 0;
  for (const e of r.exits) {
    if (e.kind !== 'service' || units(e.amounts[policy] ?? '0') === 0n) continue;
    if (e.entity === null || e.entity === '') unnamed++;
    else names.add(e.entity);
  }
  const only = names.size === 1 && unnamed === 0 ? [...names][0] : undefined;
  const words = r.input.params.backward ? text.cameFrom : text.reached;
  return say(parts, ['service'], (a) =>
    only !== undefined && !r.input.params.backward ? text.reachedOne(a, plain(only)) : words(a, names.size + unnamed),
  );
}
