// The way from the theft to a node, and what hangs below each node.
import { modelOf } from '../graph/model';
import { wayTo } from '../graph/path';
import { units } from './amount';
import type { Flow, FlowNode, FlowPath } from '../graph/flow';

/**
 * The nodes from the theft to a node, by the way that the server knows if it is one
 * to this node; empty where nothing shown leads there.
 */
export function pathTo(flow: Flow, id: string, policy: string, known: FlowPath | null = null): FlowNode[] {
  if (known !== null && known.policy === policy && known.nodes[known.nodes.length - 1] === id) {
    const byId = new Map(flow.nodes.map((n) => [n.id, n]));
    const nodes = known.nodes.flatMap((one) => byId.get(one) ?? []);
    if (nodes.length === known.nodes.length) return nodes;
  }
  const model = modelOf(flow);
  const at = model.at.get(id);
  if (at === undefined) return [];
  const nodes = wayTo(model, at, policy).nodes.flatMap((i) => model.nodes[i] ?? []);
  return nodes[0]?.kind === 'theft' ? nodes : [];
}

/** The nodes that come after a node, the greatest first; for the tree. */
export function childrenOf(flow: Flow, policy: string): Map<string, FlowNode[]> {
  const i = flow.policies.indexOf(policy);
  const nodes = new Map(flow.nodes.map((n) => [n.id, n]));
  const best = new Map<string, { from: string; amount: bigint }>();
  for (const e of flow.edges) {
    const [from, to] = flow.backward ? [e.to, e.from] : [e.from, e.to];
    const amount = units(e.amounts[i] ?? '0');
    const before = best.get(to);
    if (before === undefined || amount > before.amount) best.set(to, { from, amount });
  }
  const children = new Map<string, FlowNode[]>();
  for (const [to, { from }] of best) {
    const node = nodes.get(to);
    if (node === undefined || to === from) continue;
    const all = children.get(from) ?? [];
    all.push(node);
    children.set(from, all);
  }
  const amountOf = (n: FlowNode): bigint => units(n.amounts[i] ?? '0');
  for (const all of children.values()) {
    all.sort((a, b) => (amountOf(a) === amountOf(b) ? (a.id < b.id ? -1 : 1) : amountOf(a) > amountOf(b) ? -1 : 1));
  }
  return children;
}
