import type { FlowNode } from '../graph/flow';
import type { Messages } from '../messages';

// Label is what stands beside a node: what to read first, and the rest.
export interface Label {
  name: string;
  value: string;
}

const lengthMost = 40;

// plain makes text from outside harmless: marks that reverse or hide text are shown
// as such, and the length is bounded.
export function plain(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
  const signs = [...shown];
  return signs.length <= lengthMost ? shown : signs.slice(0, lengthMost - 1).join('') + '\u2026';
}

export function shortId(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 6)}\u2026${id.slice(-4)}`;
}

function kindName(n: FlowNode, say: Messages['flow']): string {
  return say.kinds[n.kind] ?? plain(n.kind);
}

function foldText(n: FlowNode, say: Messages['flow']): string {
  const f = n.fold;
  if (f === null) return '';
  if (f.kind === 'rest') return say.outputs(f.count);
  if (f.kind === 'service') return say.deposits(f.count);
  if (f.kind === 'branches') return say.branches(f.count);
  if (f.kind === 'small') return say.small(f.count);
  return say.hops(f.count);
}

// percentOf writes basis points as a percentage: 120 is 1.2.
function percentOf(points: number): string {
  return `${Math.floor(points / 100)}.${Math.floor((points % 100) / 10)}`;
}

// paceOf says how long a peel chain took, and how many hops fell into a block.
export function paceOf(n: FlowNode, say: Messages['flow']): string {
  const peels = n.fold?.peels;
  if (!peels) return '';
  const minutes = Math.round((n.last_time - n.first_time) / 60);
  return [say.duration(minutes), say.cadence(n.fold?.count ?? 0, peels.blocks)].filter((w) => w !== '').join(', ');
}

// labelOf says what a node is. The amount is what the policy of the index gives it;
// where that is nothing, the label has none.
export function labelOf(n: FlowNode, policy: number, amountText: (units: string) => string, say: Messages['flow']): Label {
  const units = n.amounts[policy] ?? '0';
  const amount = units === '0' ? '' : amountText(units);
  const fold = foldText(n, say);
  const withFold = [amount, fold].filter((t) => t !== '').join(', ');
  if (n.fan !== null) {
    const f = n.fan;
    return { name: f.way === 'out' ? say.equalOutputs(f.count) : say.equalInputs(f.count), value: say.within(percentOf(f.spread_basis_points)) };
  }
  if (n.fold?.kind === 'peel') return { name: say.peelChain, value: [say.hops(n.fold.count), paceOf(n, say)].filter((t) => t !== '').join(', ') };
  if (n.claim !== null && n.claim.name !== '') return { name: plain(n.claim.name), value: withFold };
  if (n.kind === 'unspent') return { name: amount === '' ? kindName(n, say) : amount, value: fold === '' ? say.unspent : fold };
  if (n.fold !== null) return { name: fold, value: amount };
  if (n.kind === 'tx' && n.txid !== null) return { name: shortId(n.txid), value: amount };
  return { name: kindName(n, say), value: amount };
}
