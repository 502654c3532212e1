import type { Certainty, Ended, Flow, FlowEdge, FlowNode, Fold, NodeKind } from '../graph/flow';

// Maker puts made-up flows together: the document of a server that is not there.
// A policy's amounts are given as parts of the first one's, in thousandths.
export class Maker {
  readonly nodes: FlowNode[] = [];
  readonly edges: FlowEdge[] = [];

  constructor(readonly policies: string[], private readonly thousandths: number[]) {}

  amounts(units: bigint): string[] {
    return this.policies.map((_, i) => String((units * BigInt(this.thousandths[i] ?? 1000)) / 1000n));
  }

  node(id: string, kind: NodeKind, time: number, units: bigint, more: Partial<FlowNode> = {}): FlowNode {
    const amounts = this.amounts(units);
    const ends: Ended[] = kind === 'tx' || kind === 'theft' || kind === 'mixed' ? [] : [{ kind, amounts, count: 1 }];
    const n: FlowNode = {
      id, kind, fold: null, fan: null, claim: null, txid: null, vout: null, account: null, address: null,
      first_time: time, last_time: time, first_height: 0, last_height: 0, hops: 0,
      amounts, started: kind === 'theft' ? amounts : null, ended: ends, value: String(units), ...more,
    };
    this.nodes.push(n);
    return n;
  }

  edge(from: string, to: string, time: number, units: bigint, certainty: Certainty = 'chain', value: bigint = units): FlowEdge {
    const e: FlowEdge = {
      id: `${from}>${to}`, from, to, amounts: this.amounts(units), value: String(value), count: 1,
      first_time: time, last_time: time, certainty,
    };
    this.edges.push(e);
    return e;
  }

  flow(theft: bigint, tip: number): Flow {
    const nodes = [...this.nodes].sort((a, b) => a.first_time - b.first_time);
    const times = nodes.map((n) => n.last_time);
    return {
      schema: 'clew.flow/1', class: 'rule', chain: 'bitcoin', result_digest: 'made', backward: false, policies: this.policies,
      theft: String(theft), tip: { height: 0, hash: '', time: tip },
      time_from: nodes[0]?.first_time ?? tip, time_to: times.reduce((a, b) => Math.max(a, b), 0), open: [], small_below: '0',
      nodes, edges: this.edges, folded: { nodes: 0, txs: 0 },
      left_out: { nodes: 0, edges: 0, amounts: this.policies.map(() => '0'), total: nodes.length }, next: null,
    };
  }
}

export function foldOf(kind: Fold['kind'], count: number, more: Partial<Fold> = {}): Fold {
  return { kind, count, txs: count, opens_to: count, open: `${kind}:00`, peels: null, ...more };
}

export function claimOf(name: string): FlowNode['claim'] {
  return { name, category: 'exchange', source: 'made up', class: 'stated' };
}

// Random numbers from a seed (mulberry32): the same picture each time.
export function dice(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
