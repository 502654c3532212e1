// What nodes are called. Names come from lists of strangers and are made plain.
import { messages } from '../../messages';
import { cut, grouped, units } from '../../state/amount';
import type { ExitKind } from '../../state/api';
import type { FlowNode } from '../../graph/flow';
import { plain, shortened } from '../../state/plain';

const text = messages.views.trace;

/** The name and what stands behind it. */
export function nodeName(n: FlowNode): string {
  if (n.kind === 'theft') return text.theftNode;
  const claimed = n.claim !== null && n.claim.name !== '' ? plain(n.claim.name) : null;
  if (n.fold !== null) return foldName(n, claimed);
  if (claimed !== null) return claimed;
  if (n.fan !== null) return text.fan(grouped(n.fan.count), n.fan.way);
  if (n.kind === 'tx') return shortened(n.txid ?? n.id);
  return placeName(n.kind as ExitKind);
}

function foldName(n: FlowNode, claimed: string | null): string {
  const fold = n.fold;
  if (fold === null) return '';
  const count = grouped(fold.count);
  if (fold.kind === 'peel') return text.folds.peel(count);
  if (fold.kind === 'service') return text.folds.service(claimed ?? placeName(n.kind as ExitKind), count);
  if (fold.kind === 'rest') return text.folds.rest(count);
  if (fold.kind === 'small') return text.folds.small(count);
  if (n.kind === 'tx' || n.kind === 'mixed') return text.folds.branches(count);
  return `${claimed ?? placeName(n.kind as ExitKind)}, ${count}`;
}

export function placeName(kind: ExitKind): string {
  return text.place[kind] ?? plain(kind);
}

export function roleOf(n: FlowNode): string {
  return (text.roles as Record<string, string>)[n.kind] ?? plain(n.kind);
}

/** A node in one line for the tree, the path and the live region. */
export function nodeLine(n: FlowNode, policyAt: number): string {
  const amount = units(n.amounts[policyAt] ?? '0');
  return amount === 0n ? `${nodeName(n)}, ${text.notReached}` : `${nodeName(n)}, ${messages.views.amount(cut(amount, 3))}`;
}
