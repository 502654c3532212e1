import { policyIndex, type Model } from './model';

// Lengths on the screen, from 0 to 1. They are for drawing only: every figure that
// is read comes from the decimal string itself.

function part(amount: string | undefined, whole: number): number {
  const share = Number(amount) / whole;
  return share > 0 ? Math.min(1, share) : 0;
}

// Weights say how wide and how dark each edge is under a policy.
export interface Weights {
  share: Float32Array; // of the theft, by edge
  taint: Float32Array; // of the edge's own value, by edge
  node: Float32Array; // of the theft, by node
}

export function weigh(m: Model, policy: string): Weights {
  const p = policyIndex(m.flow, policy);
  const theft = Number(m.flow.theft);
  return {
    share: Float32Array.from(m.edges, (e) => part(e.amounts[p], theft)),
    taint: Float32Array.from(m.edges, (e) => part(e.amounts[p], Number(e.value))),
    node: Float32Array.from(m.nodes, (n) => part(n.amounts[p], theft)),
  };
}

// widest is the greatest share that any policy gives an edge. Places are made with
// it, so that another policy changes widths and leaves everything where it is.
export function widest(m: Model): Float32Array {
  const theft = Number(m.flow.theft);
  return Float32Array.from(m.edges, (e) => e.amounts.reduce((most, a) => Math.max(most, part(a, theft)), 0));
}
