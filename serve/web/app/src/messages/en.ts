import { views } from './en.views';

// The one catalogue. A message with a blank is a function, so that the compiler
// asks for what belongs into it; another language has the same shape (Messages).
// What the graph says is here, what pages say is in en.views.ts.
export const en = {
  product: 'Clew',
  flow: {
    label: 'Flow of the theft',
    theft: 'Theft',
    now: 'now',
    legendSolid: 'on chain or by id',
    legendDashed: 'inferred by rule',
    legendDotted: 'lead, not counted',
    legendTaint: 'taint 20 to 100 %',
    elastic: 'Elastic time',
    linear: 'Linear time',
    unfoldAll: 'Unfold all',
    fit: 'Fit',
    unfold: 'unfold',
    fold: 'fold',
    working: 'Placing the graph',
    failed: (why: string) => `The picture could not be drawn: ${why}`,
    noWebGL: 'This browser draws without WebGL: the picture does not move.',
    fromTo: (from: string, to: string) => `${from} to ${to}`,
    peelChain: 'Peel chain',
    hops: (n: number) => `${n} hops`,
    duration: (minutes: number) => (minutes < 120 ? `${minutes} min` : minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`),
    cadence: (hops: number, blocks: number) => (blocks > 0 ? `${Math.round((hops * 10) / blocks) / 10} hops a block` : ''),
    peeled: (amount: string) => `${amount} peeled off`,
    equalOutputs: (n: number) => `${n} equal outputs`,
    equalInputs: (n: number) => `${n} equal inputs`,
    within: (percent: string) => `within ${percent} %`,
    unspent: 'unspent',
    outputs: (n: number) => `${n} outputs`,
    deposits: (n: number) => `${n} addresses`,
    branches: (n: number) => (n === 1 ? '1 branch' : `${n} branches`),
    small: (n: number) => `${n} small`,
    notYet: 'Not yet',
    notReached: (n: number) => `${n} that this policy does not reach`,
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    kinds: {
      theft: 'Theft', tx: 'Transaction', mixed: 'Folded', service: 'Service', listed: 'On the list', mixer: 'Mixer',
      unspent: 'At rest', burn: 'Burned', cutoff: 'Beyond a limit', undecoded: 'Not decoded',
      unknown_input: 'Unknown input value', coinbase: 'Newly made',
    } as Record<string, string>,
  },
  views,
};

export type Messages = typeof en;
