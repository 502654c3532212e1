// The rows of the exits table, from the same folded nodes that the picture
// shows, so that a row and a glyph are one thing.
import { sum, units } from './amount';
import { rangeOf, type Range } from './answer';
import type { ExitKind } from './api';
import type { Flow, FlowNode } from '../graph/flow';
import { rankOf } from './kinds';

export interface ExitRow {
  id: string;
  /** The node that the row selects; null: what has no place of its own, such as fees. */
  node: FlowNode | null;
  kind: ExitKind;
  count: number;
  received: bigint | null;
  theft: bigint;
  range: Range | null;
  last: number | null;
  /** How the value came: null where nothing is drawn that came. */
  link: 'chain' | 'rule' | 'lead' | null;
}

// Fees, dilution and overlap happen in transactions, which are no places.
const placeless: readonly ExitKind[] = ['fee', 'diluted', 'overlap'];

export function indexOf(flow: Flow, policy: string): number {
  return flow.policies.indexOf(policy);
}

function at(amounts: readonly string[] | null, i: number): bigint {
  return units(amounts?.[i] ?? '0');
}

export function exitRows(flow: Flow, policy: string): ExitRow[] {
  const i = indexOf(flow, policy);
  const links = linksOf(flow);
  const rows: ExitRow[] = [];
  const loose = new Map<ExitKind, { count: number; amounts: bigint[] }>();
  for (const node of flow.nodes) {
    for (const { kind: name, ...ended } of node.ended) {
      const kind = name as ExitKind;
      if (placeless.includes(kind)) {
        const all = loose.get(kind) ?? { count: 0, amounts: flow.policies.map(() => 0n) };
        all.count += ended.count;
        all.amounts = all.amounts.map((a, p) => a + at(ended.amounts, p));
        loose.set(kind, all);
        continue;
      }
      rows.push({
        id: `${node.id}/${kind}`,
        node,
        kind,
        count: ended.count,
        received: node.ended.length === 1 ? units(node.value) : null,
        theft: at(ended.amounts, i),
        range: rangeOf(ended.amounts, flow.policies),
        last: node.last_time,
        link: links.get(node.id) ?? null,
      });
    }
  }
  for (const [kind, all] of loose) {
    const amounts = all.amounts.map(String);
    rows.push({ id: kind, node: null, kind, count: all.count, received: null, theft: at(amounts, i), range: rangeOf(amounts, flow.policies), last: null, link: 'rule' });
  }
  // A place that this policy does not reach is no row of its answer.
  return rows.filter((r) => r.theft > 0n).sort((a, b) => byTheft(a, b));
}

function byTheft(a: ExitRow, b: ExitRow): number {
  if (a.theft !== b.theft) return a.theft > b.theft ? -1 : 1;
  return rankOf(a.kind) - rankOf(b.kind) || (a.id < b.id ? -1 : 1);
}

function linksOf(flow: Flow): Map<string, 'chain' | 'rule' | 'lead'> {
  const links = new Map<string, 'chain' | 'rule' | 'lead'>();
  for (const e of flow.edges) {
    const end = flow.backward ? e.from : e.to;
    const before = links.get(end);
    if (before === undefined || before === 'chain') links.set(end, e.certainty);
  }
  return links;
}

/** What ended in nodes that are not in this document. */
export function leftOutOf(flow: Flow, policy: string): bigint {
  return at(flow.left_out.amounts, indexOf(flow, policy));
}

export function rowsSum(rows: readonly ExitRow[]): bigint {
  return sum(rows.map((r) => r.theft));
}
