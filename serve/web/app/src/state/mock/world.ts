// A made-up theft for tests and for looking at pages: services, amounts and
// times are invented. Its sums are true: under every policy but poison what
// ends in the leaves is the theft.
import type { ExitKind, Policy, TraceResult } from '../api';
import type { Claim, Flow, FlowEdge, FlowNode, FlowPath } from '../../graph/flow';

export const policies: Policy[] = ['fifo', 'lifo', 'haircut', 'tiho', 'dirty_first', 'libr', 'pure', 'poison'];
export const bitcoin = 'bip122:000000000019d6689c085ae165831e93';
export const theft = 24_285_527_612n;
export const digest = 'sha256:91abd2' + '0'.repeat(54) + 'aa04';

const t0 = 1_546_300_800; // 1 Jan 2019 00:00:00 UTC
const hour = 3600;
const fee = 1_251_190n;

function hex(n: number): string {
  return n.toString(16).padStart(4, '0').repeat(16);
}

export const txid = hex;

interface Leaf {
  id: string;
  kind: ExitKind;
  from: string;
  at: number; // hours after the theft
  base: bigint;
  name?: string;
  category?: string;
  address?: string;
  outputs: number;
}

const leaves: Leaf[] = [
  { id: 'service:aa01', kind: 'service', from: 'peel:c4a1', at: 1.2, base: 310_000_000n, name: 'Birch Pay', category: 'payment', address: '3BirchMadeUpMadeUpMadeUpMadeUp4vKq', outputs: 61 },
  { id: 'rest:p1', kind: 'unspent', from: 'peel:c4a1', at: 1.4, base: 488_000_000n, outputs: 112 },
  { id: 'service:bb02', kind: 'service', from: `tx:${hex(7)}`, at: 15.7, base: 4_374_300_000n, name: 'Larch Exchange', category: 'exchange', address: 'bc1qlarchmadeupmadeupmadeupmadeup5e9a', outputs: 3 },
  { id: `unspent:${hex(7)}:1`, kind: 'unspent', from: `tx:${hex(7)}`, at: 15.7, base: 2_322_900_000n, address: 'bc1qmadeuprestmadeuprestmadeuprest77f1', outputs: 1 },
  { id: `unspent:${hex(6)}:1`, kind: 'unspent', from: `tx:${hex(6)}`, at: 9.2, base: 4_067_300_000n, address: 'bc1qanothermadeuprestmadeuprest0a10c', outputs: 1 },
  { id: 'mixer:cc03', kind: 'mixer', from: `tx:${hex(5)}`, at: 4.3, base: 4_893_000_000n, name: 'Willow rounds', category: 'mixer', outputs: 6 },
  { id: `unknown_input:${hex(9)}:0`, kind: 'unknown_input', from: `tx:${hex(5)}`, at: 6.7, base: 2_935_800_000n, outputs: 2 },
  { id: `undecoded:${hex(10)}:0`, kind: 'undecoded', from: `tx:${hex(5)}`, at: 3.3, base: 979_000_000n, outputs: 1 },
  { id: 'rest:f4', kind: 'unspent', from: `tx:${hex(5)}`, at: 2.1, base: 3_913_976_422n, outputs: 4 },
];

// What a policy takes from one leaf it gives to another, so sums stay.
const shifts: Record<Policy, bigint> = {
  fifo: 0n, lifo: -570_000_000n, haircut: -280_000_000n, tiho: 250_000_000n, dirty_first: 580_000_000n, libr: -790_000_000n, pure: -1_560_000_000n, poison: 2_330_000_000n,
};

function amountOf(l: Leaf, p: Policy): bigint {
  const shift = shifts[p];
  if (p === 'poison') return l.base + shift / 4n;
  if (l.id === 'service:bb02') return l.base + shift;
  if (l.id === `unspent:${hex(6)}:1`) return l.base - shift;
  return l.base;
}

const spread = theft - fee - leaves.reduce((s, l) => s + l.base, 0n);

/** The last leaf takes what makes the sum exact. */
function leafAmounts(l: Leaf): string[] {
  return policies.map((p) => String(amountOf(l, p) + (l.id === 'rest:f4' ? spread : 0n)));
}

function plus(a: string[], b: string[]): string[] {
  return a.map((x, i) => String(BigInt(x) + BigInt(b[i] ?? '0')));
}

const node = (id: string, kind: FlowNode['kind'], at: number, amounts: string[], more: Partial<FlowNode> = {}): FlowNode => ({
  id, kind, fold: null, fan: null, claim: null, txid: null, vout: null, account: null, address: null,
  first_time: t0 + Math.round(at * hour), last_time: t0 + Math.round(at * hour), first_height: 556_000 + Math.round(at * 6), last_height: 556_000 + Math.round(at * 6),
  hops: 1, amounts, started: null, ended: [], value: amounts[7] ?? '0', ...more,
});

function claimOf(l: Leaf): Claim | null {
  return l.name === undefined ? null : { name: l.name, category: l.category ?? '', source: 'made-up list, 2 Feb 2026', class: 'stated' };
}

function leafNode(l: Leaf): FlowNode {
  const amounts = leafAmounts(l);
  const outpoint = /^[a-z_]+:([0-9a-f]{64}):(\d+)$/.exec(l.id);
  const many = l.outputs > 1 && l.kind === 'unspent';
  return node(l.id, l.kind as FlowNode['kind'], l.at, amounts, {
    claim: claimOf(l), hops: 170 + Math.round(l.at), address: l.address ?? null,
    account: l.kind === 'service' || l.kind === 'mixer' ? '76a914' + l.id.slice(-4).repeat(10) + '88ac' : null,
    txid: outpoint?.[1] ?? null, vout: outpoint === null ? null : Number(outpoint[2]),
    ended: [{ kind: l.kind, amounts, count: l.outputs }],
    fold: many ? { kind: 'rest', count: l.outputs, txs: 1, opens_to: l.outputs, open: l.id, peels: null } : null,
  });
}

const bins = Array.from({ length: 173 }, (_, i) => String(((i * 7919) % 97) * 90_000 + 400_000));

function trunks(): FlowNode[] {
  const feeAmounts = policies.map(() => String(fee));
  const below = (...ids: string[]): string[] => leaves.filter((l) => ids.includes(l.from)).map(leafAmounts).reduce(plus, policies.map(() => '0'));
  const b = below(`tx:${hex(7)}`);
  const a = plus(b, below(`tx:${hex(6)}`));
  const fan = plus(a, below(`tx:${hex(5)}`));
  const peel = plus(plus(fan, below('peel:c4a1')), feeAmounts);
  return [
    node(`theft:${hex(1)}`, 'theft', 0, peel, { txid: hex(1), hops: 0, started: peel }),
    node('peel:c4a1', 'tx', 0.1, peel, {
      last_time: t0 + Math.round(1.3 * hour), last_height: 556_008, ended: [{ kind: 'fee', amounts: feeAmounts, count: 173 }],
      fold: { kind: 'peel', count: 173, txs: 173, opens_to: 13, open: 'peel:c4a1', peels: { chain: 'peel:c4a1', offset: 0, hops: 173, bins, peeled: '798139933', most: '9130000', start_value: '24280772760', end_value: '23486140489', blocks: 7 } },
    }),
    node(`tx:${hex(5)}`, 'tx', 2, fan, { txid: hex(5), hops: 174, fan: { way: 'out', count: 24, least: '970000000', most: '981000000', spread_basis_points: 114, opens_to: 0 } }),
    node(`tx:${hex(6)}`, 'tx', 9.2, a, { txid: hex(6), hops: 176, address: null }),
    node(`tx:${hex(7)}`, 'tx', 12.5, b, { txid: hex(7), hops: 178 }),
  ];
}

function edge(from: string, to: FlowNode, certainty: FlowEdge['certainty']): FlowEdge {
  return { id: `${from}>${to.id}`, from, to: to.id, amounts: to.amounts, value: to.value, count: to.ended[0]?.count ?? 1, first_time: to.first_time, last_time: to.last_time, certainty };
}

/** Rest folds open to their outputs, in equal parts; the first has what is left. */
function opened(n: FlowNode, open: readonly string[]): FlowNode[] {
  const count = n.fold?.kind === 'rest' && open.includes(n.id) ? Math.min(n.fold.count, 12) : 1;
  if (count === 1) return [n];
  return Array.from({ length: count }, (_, i) => {
    const amounts = n.amounts.map((a) => String(BigInt(a) / BigInt(count) + (i === 0 ? BigInt(a) % BigInt(count) : 0n)));
    return { ...n, id: `unspent:${hex(40)}:${i}`, fold: null, txid: hex(40), vout: i, amounts, ended: [{ kind: 'unspent', amounts, count: 1 }], value: amounts[7] ?? '0' };
  });
}

export function flowOf(open: readonly string[] = []): Flow {
  const trunk = trunks();
  const ends = leaves.flatMap((l) => opened(leafNode(l), open).map((n) => ({ n, from: l.from, kind: l.kind })));
  const nodes = [...trunk, ...ends.map((e) => e.n)].sort((a, b) => a.first_time - b.first_time);
  const [start, peel, fan, a, b] = trunk as [FlowNode, FlowNode, FlowNode, FlowNode, FlowNode];
  const edges = [
    edge(start.id, peel, 'chain'), edge(peel.id, fan, 'chain'), edge(fan.id, a, 'rule'), edge(a.id, b, 'rule'),
    ...ends.map((e) => edge(e.from, e.n, e.from === 'peel:c4a1' ? 'chain' : 'rule')),
  ];
  return {
    schema: 'clew.flow/1', class: 'rule', chain: bitcoin, result_digest: digest, backward: false, policies, theft: String(theft),
    tip: { height: 560_086, hash: hex(99), time: t0 + 17 * hour }, time_from: t0, time_to: t0 + Math.round(15.7 * hour),
    open: open.filter((o) => nodes.every((n) => n.id !== o)), small_below: '0', nodes, edges,
    folded: { nodes: 370 - ends.length, txs: 173 }, left_out: { nodes: 0, edges: 0, amounts: policies.map(() => '0'), total: nodes.length }, next: null,
    strip: stripOf(),
  };
}

/** The one way that leads to a node. */
export function pathOf(to: string, policy: number): FlowPath | undefined {
  const flow = flowOf();
  const nodes = [to];
  const edges: string[] = [];
  for (let e = flow.edges.find((one) => one.to === to); e !== undefined; e = flow.edges.find((one) => one.to === nodes[0])) {
    nodes.unshift(e.from);
    edges.unshift(e.id);
  }
  const times = nodes.map((id) => flow.nodes.find((n) => n.id === id)?.first_time ?? t0);
  return { policy: policies[policy] ?? 'fifo', node: to, hops: 170 + nodes.length, nodes, edges, times };
}

function stripOf(): NonNullable<Flow['strip']> {
  const apportion = policies.filter((p) => p !== 'poison');
  const kinds: ExitKind[] = ['service', 'mixer', 'unspent', 'undecoded', 'unknown_input', 'fee'];
  const times = [0, ...new Set(leaves.map((l) => l.at))].sort((x, y) => x - y);
  const steps = times.map((at) => {
    const ended = kinds.map((kind) =>
      apportion.map((_, i) => {
        if (kind === 'fee') return at > 0 ? String(fee) : '0';
        const there = leaves.filter((l) => l.kind === kind && l.at <= at);
        return there.reduce((s, l) => s + BigInt(leafAmounts(l)[i] ?? '0'), 0n).toString();
      }),
    );
    const moving = apportion.map((_, i) => String(theft - ended.reduce((s, e) => s + BigInt(e[i] ?? '0'), 0n)));
    return { time: t0 + Math.round(at * hour), moving, ended };
  });
  return { policies: apportion, kinds, steps };
}

export function resultOf(): TraceResult {
  const exits = leaves.map((l) => {
    const n = leafNode(l);
    return {
      kind: l.kind, account: n.account, address: n.address, outpoint: n.txid === null ? null : `${n.txid}:${n.vout}`, entity: l.name ?? null, category: l.category ?? null,
      amounts: Object.fromEntries(policies.map((p, i) => [p, n.amounts[i] ?? '0'])), count: l.outputs,
      first_time: new Date(n.first_time * 1000).toISOString(), last_time: new Date(n.last_time * 1000).toISOString(), hops: n.hops, path: null,
    };
  });
  const sums = policies.filter((p) => p !== 'poison').map((p) => [p, absorbersOf(p)] as const);
  return {
    schema: 'clew.trace/1', class: 'rule',
    input: {
      digest: 'sha256:' + hex(3), chain: bitcoin, first_height: 556_000, tip: { height: 560_086, hash: hex(99) }, source: 'ledger', rules: 1, label_set: 'sha256:' + hex(4),
      params: { policies, backward: false, min_value: '0', max_hops: null, until: null, stops: null, prices: null }, starts: [{ outpoint: `${hex(1)}:0`, amount: String(theft) }],
    },
    result_digest: digest, finalised: true, theft: String(theft), exits, assumed: { fee: 0, order: 0 }, left_out: [], counts: { txs: 203, outputs: 612, edges: 222 },
    policies: { ...Object.fromEntries(sums), poison: { reach_txs: 203, reach_value: '29000000000' } },
  };
}

function absorbersOf(p: Policy): { absorbers: { kind: ExitKind; amount: string; count: number }[]; sum: string } {
  const i = policies.indexOf(p);
  const byKind = new Map<ExitKind, { amount: bigint; count: number }>([['fee', { amount: fee, count: 173 }]]);
  for (const l of leaves) {
    const before = byKind.get(l.kind) ?? { amount: 0n, count: 0 };
    byKind.set(l.kind, { amount: before.amount + BigInt(leafAmounts(l)[i] ?? '0'), count: before.count + l.outputs });
  }
  return { absorbers: [...byKind].map(([kind, v]) => ({ kind, amount: String(v.amount), count: v.count })), sum: String(theft) };
}
