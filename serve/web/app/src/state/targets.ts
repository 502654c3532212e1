// What a note is about, as the server writes it: tx:, out:, account: or case.
import type { FlowNode } from '../graph/flow';

/** The target of a node, or null of a fold, which stands for several things. */
export function targetOf(n: FlowNode): string | null {
  if (n.fold !== null) return null;
  if (n.account !== null && (n.kind === 'service' || n.kind === 'listed' || n.kind === 'mixer')) return `account:${n.account}`;
  if (n.txid !== null && n.vout !== null) return `out:${n.txid}:${n.vout}`;
  if (n.txid !== null) return `tx:${n.txid}`;
  return null;
}

/** What a trace from this node would start with, or null where that needs an unfolding. */
export function startOf(n: FlowNode): string | null {
  if (n.fold !== null) return null;
  if (n.txid !== null && n.vout !== null) return `${n.txid}:${n.vout}`;
  return n.txid ?? n.address;
}
